"""Evidence: what is written, what bounds it, what a bad disk costs."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from edge.core.clock import ManualClock, Quality
from edge.core.messages import Detection
from edge.core.supervisor import Beat
from edge.vision import picture
from edge.vision.drawer import Drawer
from edge.vision.evidence import REST_S, WAITING, Evidence, EvidenceOptions
from edge.vision.picture import AMBER, RED
from tests.vision.scenes import bicycle, car

pytestmark = pytest.mark.req("EL-8")
EBIKE = (Detection("ebike", 0.9, (0.25, 0.25, 0.75, 0.75)),)


class Bench:
    """An evidence worker on a bench: its thread runs, its clock is moved by hand."""

    def __init__(self, folder: Path, drawer: Drawer | None = None, **options: object) -> None:
        self.clock = ManualClock()
        self.written: list[tuple[str, Path]] = []
        self.evidence = Evidence(
            EvidenceOptions.model_validate(options),
            folder,
            self.clock,
            lambda *of: self.written.append(of),
            drawer,
        )
        self.beat = Beat(self.clock)
        self.thread = threading.Thread(target=self.evidence.run, args=(self.beat,), daemon=True)

    def start(self) -> None:
        self.thread.start()

    def finish(self) -> None:
        """Ask it to leave; what waits is written first."""
        self.beat.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()

    def frames(self, count: int, step_s: float = 0.2, value: int | None = None) -> None:
        for n in range(count):
            self.clock.advance(step_s)
            image = np.full((48, 64, 3), (n * 10) % 250 if value is None else value, np.uint8)
            self.evidence.offer(image, EBIKE, self.clock.now())


def _has_written(one: Bench, count: int) -> bool:
    return len(one.written) == count


def wait_until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**options: object) -> Bench:
        made.append(Bench(tmp_path / "evidence", **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        if one.thread.is_alive():
            one.finish()


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not met():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_an_event_keeps_its_picture_and_the_moments_around_it(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    one = bench(pre_frames=2, post_frames=2, spacing_s=0.5)
    one.start()
    one.frames(20)
    assert one.evidence.keep("event-1", one.clock.now())
    one.frames(20)
    one.finish()
    kept = names(tmp_path / "evidence")
    assert kept == ["event-1-post1.jpg", "event-1-post2.jpg", "event-1-pre1.jpg", "event-1-pre2.jpg", "event-1.jpg"]
    assert one.written == [("event-1", tmp_path / "evidence" / "event-1.jpg")]
    grey = {name: int(picture.read(tmp_path / "evidence" / name)[45, 2, 0]) for name in kept}
    assert grey["event-1-pre2.jpg"] < grey["event-1-pre1.jpg"] < grey["event-1.jpg"]  # frames grow brighter with time
    assert grey["event-1.jpg"] == pytest.approx(190, abs=3)
    assert one.evidence.lost == 0


def test_the_picture_has_boxes_also_those_of_the_picture_model(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    one = bench(drawer=Drawer("ssd_oid"), pre_frames=0, post_frames=0, max_kb=500)
    one.start()
    image = bicycle(car())
    one.evidence.offer(image, (), one.clock.now())
    one.evidence.keep("event", one.clock.now(), EBIKE)
    one.finish()
    drawn = picture.read(tmp_path / "evidence" / "event.jpg").astype(int)
    assert np.abs(drawn[240, 160] - RED).max() < 60  # the eye's box
    left = round(0.1295 * 639)  # the picture model's bicycle
    assert np.abs(drawn[300, left - 1 : left + 3] - AMBER).max(axis=1).min() < 60
    assert (image == bicycle(car())).all()


def test_the_picture_model_is_in_memory_only_while_pictures_are_due(bench: Callable[..., Bench]) -> None:
    drawer = Drawer("ssd_oid")
    one = bench(drawer=drawer, pre_frames=0, post_frames=0)
    one.start()
    for number in (1, 2):
        one.frames(1)
        one.evidence.keep(f"event-{number}", one.clock.now())
        wait_until(partial(_has_written, one, number))
        assert drawer.awake
        one.clock.advance(REST_S + 0.1)
        wait_until(lambda: not drawer.awake)
    one.finish()


def test_before_any_frame_there_is_nothing_to_keep(bench: Callable[..., Bench]) -> None:
    assert not bench().evidence.keep("event", 1.0)


@pytest.mark.req("EL-10")
def test_hard_negatives_are_counted_across_restarts(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    folder = tmp_path / "evidence" / "hard_negatives"
    for run, label in enumerate(("pram", "pram", "../../etc")):
        one = bench(pre_frames=0, post_frames=0)
        one.start()
        one.frames(1)
        one.evidence.keep(f"event-{run}", one.clock.now(), label=label)
        one.finish()
    assert one.evidence.hard_negatives() == {"pram": 2, "_.._etc": 1}
    assert names(folder) == ["_.._etc/event-2.jpg", "counts.json", "pram/event-0.jpg", "pram/event-1.jpg"]
    clean = picture.read(folder / "pram" / "event-0.jpg").astype(int)
    assert clean.max() - clean.min() < 4  # no boxes on what is there to learn from
    (folder / "pram" / "event-0.jpg").unlink()  # the count is of all that ever were
    again = bench()
    assert again.evidence.hard_negatives()["pram"] == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b'{"pram": "x"}', b"\xff\xfe"])
def test_damaged_counts_are_counted_anew(
    tmp_path: Path, bench: Callable[..., Bench], damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "evidence" / "hard_negatives" / "pram"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture.encode(car(64, 48)))
    (folder.parent / "counts.json").write_bytes(damage)
    one = bench()
    one.start()
    one.finish()
    assert one.evidence.hard_negatives() == {"pram": 1}
    assert "counted anew" in caplog.text


def test_the_folder_never_outgrows_its_bytes(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    one = bench(pre_frames=0, post_frames=0, max_mb=0.02)
    one.start()
    for n in range(40):
        one.frames(1, value=n * 5)
        one.evidence.keep(f"event-{n:02}", one.clock.now())
        until(lambda n=n: len(one.written) == n + 1)  # type: ignore[misc]
        os.utime(one.written[-1][1], (one.clock.wall() + n, one.clock.wall() + n))
        assert sum(path.stat().st_size for path in (tmp_path / "evidence").glob("*.jpg")) <= 20_000
    one.finish()
    kept = names(tmp_path / "evidence")
    assert 1 < len(kept) < 40
    assert kept == [f"event-{n:02}.jpg" for n in range(40 - len(kept), 40)]  # the oldest went


AGES = [("ntp", 31, False), ("ntp", 29, True), ("rtc", 31, False), ("unsynced", 4000, True)]


@pytest.mark.parametrize(("quality", "days", "stays"), AGES)
def test_age_is_bounded_when_the_clock_can_be_trusted(
    tmp_path: Path, bench: Callable[..., Bench], quality: Quality, days: int, stays: bool
) -> None:
    one = bench(max_days=30)
    one.clock.quality = lambda: quality  # type: ignore[method-assign]
    old = tmp_path / "evidence" / "old.jpg"
    old.parent.mkdir()
    old.write_bytes(b"x")
    os.utime(old, (one.clock.wall() - days * 86400,) * 2)
    one.start()
    one.finish()
    assert old.exists() == stays


def test_a_full_disk_is_said_once_counted_and_recovered_from(
    tmp_path: Path, bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    """A folder that is a file refuses every write, for root too."""
    caplog.set_level(logging.INFO)
    folder = tmp_path / "evidence"
    folder.write_text("in the way")
    one = bench(pre_frames=0, post_frames=0)
    one.start()
    for n in range(3):
        one.frames(1)
        one.evidence.keep(f"event-{n}", one.clock.now())
    until(lambda: one.evidence.lost == 3)
    assert one.thread.is_alive()
    folder.unlink()
    one.frames(1)
    one.evidence.keep("event-3", one.clock.now())
    one.finish()
    assert [path.name for _, path in one.written] == ["event-3.jpg"]
    loud = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.__dict__["EVENT"] for record in loud] == ["evidence.lost"]
    assert "evidence is written again" in caplog.text


def test_a_frame_that_cannot_be_packed_costs_one_picture(bench: Callable[..., Bench]) -> None:
    one = bench(pre_frames=0, post_frames=0)
    one.start()
    one.evidence.offer(np.zeros((48, 64, 2), np.uint8), (), one.clock.now())
    one.evidence.keep("odd", one.clock.now())
    one.frames(1)
    one.evidence.keep("good", one.clock.now())
    one.finish()
    assert [event for event, _ in one.written] == ["good"]
    assert one.evidence.lost == 1


def test_nobody_waits_for_a_stuck_disk(bench: Callable[..., Bench]) -> None:
    one = bench(pre_frames=0, post_frames=0)  # its thread is not started: nothing is taken from the queue
    one.frames(1)
    for n in range(WAITING + 5):
        one.evidence.keep(f"event-{n}", one.clock.now())
    assert one.evidence.lost == 5


def test_a_folder_full_of_rubbish_is_tolerated(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    folder = tmp_path / "evidence"
    (folder / "dir.jpg").mkdir(parents=True)
    (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
    (folder / ".tmp-half.jpg").write_bytes(b"half")
    (folder / "notes.txt").write_text("keep")
    (folder / "hard_negatives").write_text("not a folder")
    one = bench(pre_frames=0, post_frames=0)
    one.start()
    one.frames(1)
    one.evidence.keep("event", one.clock.now(), label="pram")
    one.finish()
    assert (folder / "event.jpg").exists()
    assert (folder / "notes.txt").exists()
    assert not (folder / ".tmp-half.jpg").exists()
    assert one.evidence.lost == 1  # the hard negative


def test_counts_are_plain_json(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    one = bench(pre_frames=0, post_frames=0)
    one.start()
    one.frames(1)
    one.evidence.keep("event", one.clock.now(), label="wheelchair")
    one.finish()
    assert json.loads((tmp_path / "evidence" / "hard_negatives" / "counts.json").read_text()) == {"wheelchair": 1}
