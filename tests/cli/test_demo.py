"""`edge demo`: the README's command, whole; and what makes it fail."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from edge.cli.clip import AFTER_S, BEFORE_S, assemble, empties
from edge.cli.demo import line_is_on
from edge.cli.demo_desk import Desk, Heard
from edge.cli.demo_picture import Shot
from edge.core.errors import EdgeError, FrameError
from elevator_node.node import NODE

OWN = NODE.demo.clips / "ebike_visit"


@pytest.mark.req("PL-5", "EL-13")
def test_one_visit_is_played_and_acknowledged() -> None:
    command = [sys.executable, "-c", "from edge.cli.main import main; main()", "demo", "--once"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    for word in ("elevator.ebike.detected", "elevator.ebike.cleared", "frame → hold p50 / p95", "is now off"):
        assert word in done.stdout


def test_the_picture_shows_the_evidence_beside_the_table(tmp_path: Path) -> None:
    jpeg = cv2.imencode(".jpg", np.full((30, 40, 3), 90, np.uint8))[1].tobytes()
    shot, file = Shot(), tmp_path / "demo.svg"
    with pytest.raises(EdgeError, match="never held"):
        shot.write(file, jpeg, "edge demo")
    shot.offer("the door is held", held=True)
    shot.offer("free", held=False)
    with pytest.raises(EdgeError, match="no JPEG"):
        shot.write(file, b"", "edge demo")
    shot.write(file, jpeg, "edge demo")
    drawn = ElementTree.parse(file).getroot()
    image, terminal = drawn
    assert base64.b64decode(image.attrib["href"].partition(",")[2]) == jpeg
    assert float(image.attrib["width"]) / float(image.attrib["height"]) == pytest.approx(4 / 3, abs=0.01)
    words = "".join(terminal.itertext()).replace("\xa0", " ")
    assert "the door is held" in words
    assert "free" not in words


def heard(kind: str, *, acked: bool = True, image: bool = False, picture: bool = False) -> Heard:
    envelope = {"type": f"community.{kind}.v1", "data": {"image": "x"} if image else {}}
    return Heard(envelope, 1.0 if acked else None, b"jpeg" if picture else None)


LACKS = [
    ([], ["a.b", "a.c"]),
    ([heard("a.b"), heard("a.c")], []),
    ([heard("a.b"), heard("a.c", acked=False)], ["acknowledgement of a.c"]),
    ([heard("a.b", image=True), heard("a.c")], ["picture of a.b"]),
    ([heard("a.b", image=True, picture=True), heard("a.c"), heard("a.d", acked=False)], ["acknowledgement of a.d"]),
]


@pytest.mark.parametrize(("events", "lacks"), LACKS)
def test_what_is_missing_is_named(events: list[Heard], lacks: list[str]) -> None:
    desk = Desk("base", 1)
    desk.events = {str(number): event for number, event in enumerate(events)}
    assert desk.missing(("a.b", "a.c")) == lacks


def test_a_foreign_folder_is_played_between_empty_frames(tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.mkdir()
    for name in ("b.png", "a.JPG", "notes.txt"):
        (clip / name).write_bytes(b"x")
    count = assemble(clip, OWN, 5.0, tmp_path / "out")
    laid = sorted((tmp_path / "out").iterdir())
    before, after = round(BEFORE_S * 5), round(AFTER_S * 5)
    assert count == len(laid) == before + 2 + after
    assert [path.resolve().name for path in laid[before : before + 2]] == ["a.JPG", "b.png"]
    assert laid[0].resolve() in [path.resolve() for path in empties(OWN)]


def test_our_own_clip_is_played_as_it_is(tmp_path: Path) -> None:
    assert assemble(OWN, OWN, 5.0, tmp_path / "out") == len(list(OWN.glob("*.jpg")))


def test_a_video_is_split_at_the_demo_s_rate(tmp_path: Path) -> None:
    video = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for number in range(50):
        writer.write(np.full((48, 64, 3), number, np.uint8))
    writer.release()
    count = assemble(video, OWN, 5.0, tmp_path / "out")
    assert count == 10 + round(BEFORE_S * 5) + round(AFTER_S * 5)


def test_a_clip_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.mp4").write_bytes(b"no video")
    with pytest.raises(FrameError, match=r"empty: no \.jpg"):
        assemble(tmp_path / "empty", OWN, 5.0, tmp_path / "out1")
    with pytest.raises(FrameError, match=r"no\.mp4: not a folder"):
        assemble(tmp_path / "no.mp4", OWN, 5.0, tmp_path / "out2")


def test_the_line_is_what_the_trace_says_last(tmp_path: Path) -> None:
    trace = tmp_path / "pins.jsonl"
    assert line_is_on(trace, 17) is False
    lines = [{"pin": 17, "value": 0}, {"pin": 17, "value": 1}, {"pin": 4, "value": 0}]
    trace.write_text("\n".join(json.dumps(line) for line in lines) + '\n{"pin": 17, "val')
    assert line_is_on(trace, 17) is True
