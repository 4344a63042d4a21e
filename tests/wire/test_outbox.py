"""The outbox: order, numbers, quota, episodes, commands, and what a restart finds."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from edge.core.clock import ManualClock, SystemClock
from edge.core.messages import Resumed
from edge.core.supervisor import Supervisor
from edge.wire.backlog import Backlog
from edge.wire.commandbook import CommandBook
from edge.wire.events import Sealer
from edge.wire.options import OutboxOptions
from edge.wire.outbox import Outbox
from edge.wire.rows import Episode, Outcome, Row
from edge.wire.store import COMMANDS_KEPT, Store
from tests.wire.support import BOOT, event, site, until

SEALER = Sealer(site(), "elevator-3-2", SystemClock(), BOOT)


@contextmanager
def working(folder: Path, boot_id: str = BOOT) -> Iterator[Outbox]:
    """An outbox with its writer running."""
    clock = SystemClock()
    outbox = Outbox(folder, OutboxOptions(), clock, boot_id)
    supervisor = Supervisor(clock, lambda message: None, lambda state: None)
    supervisor.start([outbox.worker])
    try:
        yield outbox
    finally:
        supervisor.stop()


def everything(outbox: Outbox) -> list[Row]:
    backlog = Backlog(outbox.reader())
    return list(iter(backlog.next, None))


@pytest.mark.req("PL-1")
def test_rows_come_by_priority_then_seq_and_survive_a_restart(tmp_path: Path) -> None:
    with working(tmp_path) as outbox:
        sealed = [SEALER.seal(event(prio, n)) for n, prio in enumerate((2, 1, 0, 2, 1, 0))]
        for one in sealed:
            outbox.put(one)
        assert outbox.flush(5)
    with working(tmp_path) as outbox:
        rows = everything(outbox)
        assert [row.seq for row in rows] == [3, 6, 2, 5, 1, 4]
        assert {row.id for row in rows} == {one.id for one in sealed}
        assert outbox.last_seq == 6


@pytest.mark.req("PL-1")
def test_a_seq_is_never_used_twice_even_when_every_row_has_left(tmp_path: Path) -> None:
    for start in (1, 4, 7):
        with working(tmp_path) as outbox:
            for n in range(3):
                outbox.put(SEALER.seal(event(0, n)))
            assert outbox.flush(5)
            assert [row.seq for row in everything(outbox)] == [start, start + 1, start + 2]
            outbox.leave(range(start, start + 3))
            assert outbox.flush(5)
            assert everything(outbox) == []


def test_what_is_committed_offline_or_before_this_boot_is_history(tmp_path: Path) -> None:
    with working(tmp_path) as outbox:
        outbox.put(SEALER.seal(event(0, 0)))
        assert outbox.flush(5)
        outbox.online = True
        outbox.put(SEALER.seal(event(0, 1)))
        assert outbox.flush(5)
        assert [row.hist for row in everything(outbox)] == [True, False]
    with working(tmp_path) as outbox:  # the process came back within the same boot: its alarm is still news
        assert [row.hist for row in everything(outbox)] == [True, False]
    with working(tmp_path, "another boot") as outbox:
        assert [row.hist for row in everything(outbox)] == [True, True]


def test_everything_that_waits_shares_one_commit(tmp_path: Path) -> None:
    clock = SystemClock()
    outbox = Outbox(tmp_path, OutboxOptions(), clock, BOOT)
    woken: list[tuple[int, ...]] = []
    outbox.on_commit(woken.append)
    for n in range(100):
        outbox.put(SEALER.seal(event(n % 3, n)))
    supervisor = Supervisor(clock, lambda message: None, lambda state: None)
    supervisor.start([outbox.worker])
    assert outbox.flush(5)
    supervisor.stop()
    assert woken == [tuple(range(1, 101, 3))]


@pytest.mark.req("EL-4")
def test_an_open_episode_is_found_after_a_restart_until_it_is_closed(tmp_path: Path) -> None:
    with working(tmp_path) as outbox:
        assert outbox.open_episodes() == []
        outbox.put(SEALER.seal(event(opens="visit")))
        outbox.put(SEALER.seal(event(opens="other")))
        outbox.put(SEALER.seal(event(closes="other")))
        assert outbox.flush(5)
    with working(tmp_path) as outbox:
        (resumed,) = outbox.open_episodes()
        assert (resumed.episode, resumed.data) == ("visit", {"number": 0})
        assert resumed.age_s is not None
        assert 0 <= resumed.age_s < 60
    with working(tmp_path, "another boot") as outbox:
        assert outbox.open_episodes() == [Resumed("visit", {"number": 0}, None)]
        outbox.put(SEALER.seal(event(closes="visit")))
        assert outbox.flush(5)
    with working(tmp_path) as outbox:
        assert outbox.open_episodes() == []


@pytest.mark.req("PL-1")
def test_a_command_id_is_given_out_once_also_after_a_restart(tmp_path: Path) -> None:
    answers: SimpleQueue[Outcome | None] = SimpleQueue()

    def claim(outbox: Outbox, cmdid: str) -> Outcome | None:
        outbox.claim(cmdid, answers.put)
        return answers.get(timeout=5)

    with working(tmp_path) as outbox:
        assert claim(outbox, "a") is None
        assert claim(outbox, "a") == Outcome()
        outbox.finish("a", Outcome("done"))
        assert claim(outbox, "a") == Outcome("done")
        assert claim(outbox, "b") is None
    with working(tmp_path) as outbox:
        assert claim(outbox, "a") == Outcome("done")
        assert claim(outbox, "b") == Outcome()
        assert claim(outbox, "c") is None


def test_command_ids_are_bounded_in_memory_and_on_disk(tmp_path: Path) -> None:
    store, book = Store(tmp_path / "alarm.db"), CommandBook()
    with store.transaction(durable=False):
        for n in range(COMMANDS_KEPT + 10):
            assert book.claim(f"c{n}") is None
            store.set_command(f"c{n}", Outcome())
    assert len(store.commands()) == COMMANDS_KEPT
    assert store.commands()[0][0] == "c10"
    assert book.claim("c10") == Outcome()
    assert book.claim("c9") is None
    store.close()


def fill(store: Store, rows: list[tuple[int, bool]]) -> None:
    """(prio, acked) from seq 1, 4 KiB each."""
    with store.transaction(durable=False):
        for seq, (prio, acked) in enumerate(rows, 1):
            store.add(Row(seq, prio, False, "x", f"id{seq}", bytes(4000)), acked=acked)


EVICTION = [  # rows (prio, acked) and how many may stay → which seqs go
    ("nothing over quota", [(0, False)] * 3, 100, []),
    ("acked ones first", [(2, False), (1, True), (0, False)] * 10, 24, [2, 5, 8, 11, 14, 17, 20, 23, 26, 29]),
    ("then records, oldest first", [(1, False), (2, False), (0, False)] * 10, 24, list(range(2, 30, 3))),
    ("then faults", [(1, False), (0, False)] * 10, 14, list(range(1, 20, 2))),
    ("never an alarm that waits", [(0, False), (0, True)] * 10, 5, []),
]


@pytest.mark.req("PL-1")
@pytest.mark.parametrize(("rows", "stay", "gone"), [case[1:] for case in EVICTION], ids=[case[0] for case in EVICTION])
def test_eviction(
    tmp_path: Path, rows: list[tuple[int, bool]], stay: int, gone: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.wire.store.EVICT_ROWS", 100)
    store = Store(tmp_path / "alarm.db")
    empty = store.used_bytes()
    fill(store, rows)
    with store.transaction(durable=False):
        counted = store.evict(empty + stay * 4096)
    left = {seq for (seq,) in sqlite3.connect(tmp_path / "alarm.db").execute("SELECT seq FROM event")}
    assert sorted(set(range(1, len(rows) + 1)) - left) == gone
    assert sum(counted.values()) == len(gone)
    store.close()


@pytest.mark.req("PL-1")
def test_a_flood_of_records_stays_within_the_quota_is_counted_and_leaves_the_alarm(tmp_path: Path) -> None:
    clock = SystemClock()
    outbox = Outbox(tmp_path, OutboxOptions(alarm_mib=1), clock, BOOT)
    supervisor = Supervisor(clock, lambda message: None, lambda state: None)
    supervisor.start([outbox.worker])
    outbox.put(SEALER.seal(event(0, 0)))
    for n in range(1, 1001):
        outbox.put(SEALER.seal(event(2, n, data={"number": n, "curve": "x" * 3000})))
    assert outbox.flush(20)
    rows = everything(outbox)
    supervisor.stop()
    assert rows[0].seq == 1
    assert rows[-1].seq == 1001
    assert outbox.dropped == {"prio_2": 1001 - len(rows)}
    assert outbox.dropped["prio_2"] > 600
    assert (tmp_path / "alarm.db").stat().st_size < 4 * 1024 * 1024


def test_the_reader_passes_nothing_over_while_the_writer_writes(tmp_path: Path) -> None:
    with working(tmp_path) as outbox:
        backlog = Backlog(outbox.reader())
        outbox.on_commit(lambda alarms: None)
        seen: list[int] = []

        def drain() -> bool:
            backlog.wake()
            seen.extend(row.seq for row in iter(backlog.next, None))
            return len(seen) == 600

        def put() -> None:
            for n in range(600):
                outbox.put(SEALER.seal(event(n % 3, n)))

        putter = threading.Thread(target=put)
        putter.start()
        until(drain)
        putter.join()
        assert sorted(seen) == list(range(1, 601))


def test_an_episode_s_age_is_unknown_in_another_boot(tmp_path: Path) -> None:
    store = Store(tmp_path / "alarm.db")
    with store.transaction(durable=True):
        store.enter_boot(BOOT)
        store.open_episode(Episode("visit", "{}", BOOT, 990_000))
        store.open_episode(Episode("torn", "{not json", "other", 990_000))
    store.close()
    found = Outbox(tmp_path, OutboxOptions(), ManualClock(now=1000.0), BOOT).open_episodes()
    assert {it.episode: it.age_s for it in found} == {"visit": 10.0, "torn": None}
