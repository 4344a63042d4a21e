"""The outbox with a damaged file: put aside, saved what can be read, and no number is used twice."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.wire.backlog import Backlog
from edge.wire.rows import Row
from edge.wire.sequence import BLOCK
from tests.wire.bench import Bench, bench, filled


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def torn(path: Path) -> None:
    os.truncate(path, 5000)


def garbled(path: Path) -> None:
    path.write_bytes(b"this is no database\n" * 1000)


def flipped_page(path: Path) -> None:
    """A page full of events in the middle of the table becomes noise."""
    page = path.read_bytes().find(b'"number":100}') // 4096
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(random.Random(1).randbytes(4096))


def removed(path: Path) -> None:
    path.unlink()


DAMAGE = [zeroed, emptied, truncated, torn, garbled, flipped_page, removed]


@pytest.mark.req("PL-1", "PL-8")
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_put_aside_and_numbers_go_on_above(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(filled(tmp_path))
    with bench(tmp_path) as one:
        assert any(one.faults)
        fresh = one.put()
        assert 200 < fresh.row.seq <= 200 + BLOCK + 1
        assert one.write(fresh)
        assert one.faults[-1] is None
        left = one.waiting()
        assert left[-1] == fresh.row.seq
        assert set(left[:-1]) <= set(range(1, 201))
    if damage not in (emptied, removed):
        assert list(tmp_path.glob("alarm.db.bad-*"))
    if damage is flipped_page:
        assert len(left) > 180, "what can be read is saved"


@pytest.mark.req("PL-8")
def test_any_bit_may_flip_and_the_outbox_starts_and_stores(tmp_path: Path) -> None:
    path = filled(tmp_path / "good", 60)
    chance = random.Random(7)
    for number in range(30):
        folder = tmp_path / str(number)
        shutil.copytree(tmp_path / "good", folder)
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice((1, 1, 50))):
            data[chance.randrange(120 if number % 2 else len(data))] ^= 1 << chance.randrange(8)
        (folder / path.name).write_bytes(data)
        good = _rows(tmp_path / "good")
        with bench(folder) as one:
            fresh = one.put()
            assert fresh.row.seq > 60
            assert one.write(fresh)
            for seq, row in _rows(folder).items():
                assert seq == fresh.row.seq or row.body == good[seq].body, "a damaged event is not sent"


def _rows(folder: Path) -> dict[int, Row]:
    with bench(folder) as one:
        return {row.seq: row for row in iter(Backlog(one.reader).next, None)}


@pytest.mark.req("PL-8")
def test_a_damaged_log_costs_events_but_no_number_is_used_again(tmp_path: Path) -> None:
    one = Bench(tmp_path)
    assert one.write(*(one.put() for _ in range(20)))
    crash = tmp_path / "crash"
    crash.mkdir()
    for file in ("alarm.db", "alarm.db-wal", "alarm.seq"):  # as kill -9 leaves them
        shutil.copy(tmp_path / file, crash)
    one.close()
    os.truncate(crash / "alarm.db-wal", 5000)
    with bench(crash) as after:
        assert "cut short" in str(after.faults[0])
        assert after.put().row.seq > 20


def test_damage_found_while_running_is_healed_with_the_same_numbers(tmp_path: Path) -> None:
    with bench(tmp_path) as one:
        assert one.write(*(one.put(data={"number": n}) for n in range(1, 201)))
        one.ledger._store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        flipped_page(tmp_path / "alarm.db")
        one.reader.close()
        one.waiting()
        assert one.doubts
        one.ledger.check()
        assert "put aside" in str(one.faults[0])
        assert one.write(one.put())
        assert one.faults[-1] is None
        assert one.waiting()[-1] == 201
        assert len(one.waiting()) > 100


def test_bad_files_do_not_fill_the_disk(tmp_path: Path) -> None:
    for _ in range(6):
        zeroed(filled(tmp_path, 5))
        with bench(tmp_path):
            pass
    assert len([file for file in tmp_path.glob("alarm.db.bad-*") if not file.name.endswith(("-wal", "-shm"))]) == 3
