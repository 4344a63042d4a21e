"""An outbox's ledger worked by hand, on one thread and by a clock that stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edge.core.clock import ManualClock
from edge.wire.backlog import Backlog
from edge.wire.entries import Entry, Put
from edge.wire.events import Sealer
from edge.wire.ledger import Ledger
from edge.wire.reader import Reader
from edge.wire.rows import Row
from tests.wire.support import BOOT, event, site

QUOTA = 16 * 1024 * 1024


class Bench:
    """A ledger worked by hand, on one thread."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.faults: list[str | None] = []
        self.doubts = 0
        self.ledger = Ledger(folder, QUOTA, self.clock, BOOT, lambda component, text: self.faults.append(text))
        self.reader = Reader(self.ledger, self._doubt)
        self.sealer = Sealer(site(), "elevator-3-2", self.clock, BOOT)

    def _doubt(self) -> None:
        self.doubts += 1

    def put(self, prio: int = 0, **more: Any) -> Put:
        sealed = self.sealer.seal(event(prio, **more))
        return Put(Row(self.ledger.numbers.next(), prio, False, sealed.cls, sealed.id, sealed.body), sealed)

    def write(self, *entries: Entry) -> bool:
        done = self.ledger.write(entries)
        self.ledger.note()
        return done

    def waiting(self) -> list[int]:
        return [row.seq for row in iter(Backlog(self.reader).next, None)]

    def close(self) -> None:
        self.reader.close()
        self.ledger.close()


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    one = Bench(folder)
    try:
        yield one
    finally:
        one.close()


def filled(folder: Path, rows: int = 200) -> Path:
    """An orderly outbox with as many rows, and an episode; returns the file."""
    with bench(folder) as one:
        assert one.write(one.put(opens="visit"), *(one.put(data={"number": n}) for n in range(2, rows + 1)))
    return folder / "alarm.db"
