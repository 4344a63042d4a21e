"""The outbox on a disk that is full or cannot be written. Alarms are sent all the same, and written later."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.wire.entries import Leave, Put, PutImage
from edge.wire.held import HELD_MAX, Held
from edge.wire.ledger import RETRY_S
from edge.wire.sequence import BLOCK
from tests.wire.bench import Bench, bench, filled


@contextmanager
def full_disk(limit: int = 4096) -> Iterator[None]:
    """No file of this process may grow or be written beyond `limit` bytes (SIGXFSZ is ignored by Python)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.req("PL-8")
def test_on_a_full_disk_events_stay_in_memory_are_read_and_written_later_with_the_same_seq(tmp_path: Path) -> None:
    with bench(tmp_path) as one:
        assert one.write(one.put(2))
        with full_disk():
            held = [one.put(), one.put(1), one.put(opens="visit")]
            assert not one.write(*held)
            assert "cannot be written" in str(one.faults[0])
            assert one.waiting() == [2, 4, 3, 1]
            one.ledger.write([Leave((2,))])  # it was sent and acknowledged meanwhile
            assert one.waiting() == [4, 3, 1]
            one.clock.advance(RETRY_S)
            assert not one.write(one.put(2))
        assert not one.write()  # not before its time
        one.clock.advance(RETRY_S)
        assert one.write()
        assert one.faults == [one.faults[0], None]
        assert one.waiting() == [4, 3, 1, 5]
        assert one.put().row.seq == 6
    with bench(tmp_path) as one:
        assert one.waiting() == [4, 3, 1, 5]
        assert one.ledger.episodes[0].episode == "visit"


@pytest.mark.req("PL-8")
def test_numbers_that_were_sent_from_memory_are_not_used_again_after_a_crash(tmp_path: Path) -> None:
    one = Bench(tmp_path)
    assert one.write(one.put())
    with full_disk():
        assert not one.write(one.put(), one.put())
    one.close()  # the process ends before the disk has room again
    with bench(tmp_path) as after:
        assert 3 < after.put().row.seq <= 3 + BLOCK + 1


@pytest.mark.req("PL-8")
def test_a_disk_that_cannot_be_written_at_start(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()  # a file where the folder should be: nothing can be opened
    with bench(tmp_path / "folder") as one:
        assert "cannot be written" in str(one.faults[0])
        assert not one.write(one.put(), one.put(2))
        assert one.waiting() == [1, 2]
        (tmp_path / "folder").unlink()
        (tmp_path / "folder").mkdir()
        one.clock.advance(RETRY_S)
        assert one.write(one.put())
        assert one.faults[-1] is None
        assert one.waiting() == [1, 3, 2]


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write in `folder`; root becomes nobody for as long."""
    root = os.geteuid() == 0
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.req("PL-8")
def test_a_read_only_disk_keeps_numbering_and_what_it_knows() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled(folder, 5)
        with read_only(folder):
            one = Bench(folder)
            assert any(one.faults)
            fresh = one.put()
            assert fresh.row.seq == 6
            assert one.ledger.episodes[0].episode == "visit"
            assert not one.write(fresh)
            assert fresh.row.seq in one.waiting()
        one.clock.advance(RETRY_S)
        assert one.write()
        assert one.faults[-1] is None
        assert one.waiting() == [1, 2, 3, 4, 5, 6]
        one.close()


def test_memory_is_bounded_and_what_concerns_life_goes_last(tmp_path: Path) -> None:
    held = Held()
    with bench(tmp_path) as one:
        first = one.put(0)
        many: list[Put] = [one.put(prio) for prio in (1, 2) for _ in range(HELD_MAX // 2)]
        assert held.keep([first, *many[:-1]]) == {}
        gone = held.keep([many[-1], PutImage("id", "car", tmp_path), *(one.put(0) for _ in range(10))])
        assert gone == {"image": 1, "prio_2": 11}
        assert len(held.entries) == HELD_MAX
        assert first.row in held.rows
        held.keep([Leave((first.row.seq,))])
        assert first.row not in held.rows
