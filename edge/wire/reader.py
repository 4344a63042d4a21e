"""The uplink's view of the outbox: a read-only connection of its own, so that it never waits for a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from edge.wire.ledger import Ledger
from edge.wire.rows import ImageRow, Row
from edge.wire.schema import is_damage, open_for_reading, read_rows

T = TypeVar("T")


@dataclass(frozen=True)
class Depth:
    """How much waits: events by prio 0, 1, 2, pictures, and events that only memory has."""

    events: tuple[int, int, int] = (0, 0, 0)
    images: int = 0
    held: int = 0


class Reader:
    """Reads rows of the file and of memory alike. For one thread.

    What cannot be read now is empty, and `doubt` is called where the file seems damaged: then the writer looks.
    `recoveries` counts how often reading worked again after it had failed: then rows may have been passed over.
    """

    def __init__(self, ledger: Ledger, doubt: Callable[[], None]) -> None:
        self._ledger, self._doubt = ledger, doubt
        self._db: sqlite3.Connection | None = None
        self._generation = -1
        self._failed = False
        self.recoveries = 0

    def events(self, prio: int, after: int, limit: int) -> tuple[list[Row], int]:
        """Up to `limit` rows of one priority with `seq > after`, in order, and up to which `seq` these are all."""
        # In this order, so that what arrives or moves from memory to the file meanwhile is seen twice, never missed.
        held = self._ledger.held.rows
        seen = max((row.seq for row in held), default=0)
        for (last,) in self._select("SELECT max(seq) FROM event"):
            seen = max(seen, last or 0)
        rows = {row.seq: row for row in held if row.prio == prio and row.seq > after}
        rows.update(
            {row.seq: row for row in self._rows("prio = ? AND seq > ? ORDER BY seq LIMIT ?", prio, after, limit)}
        )
        found = [rows[seq] for seq in sorted(rows)][:limit]
        return found, found[-1].seq if len(found) == limit else max(seen, after)

    def event(self, seq: int) -> Row | None:
        """One row, or None where it has left."""
        rows = [*self._rows("seq = ?", seq), *(row for row in self._ledger.held.rows if row.seq == seq)]
        return rows[0] if rows else None

    def alarms(self) -> list[int]:
        """The `seq` of every life-safety event that waits for its ack."""
        return [seq for (seq,) in self._select("SELECT seq FROM event WHERE prio = 0")]

    def image(self, after: int) -> ImageRow | None:
        """The next picture with `n > after`."""
        query = "SELECT n, event_id, component, path FROM image WHERE n > ? ORDER BY n LIMIT 1"
        for n, event_id, component, path in self._select(query, after):
            return ImageRow(n, event_id, component, Path(path))
        return None

    def depth(self) -> Depth:
        """Counted, not estimated."""
        counts = dict(self._select("SELECT prio, count(*) FROM event GROUP BY prio"))
        (images,) = next(iter(self._select("SELECT count(*) FROM image")), (0,))
        return Depth((counts.get(0, 0), counts.get(1, 0), counts.get(2, 0)), images, len(self._ledger.held.rows))

    def close(self) -> None:
        """Let go of the file; the next question opens it again."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None

    def _select(self, query: str, *values: int) -> list[Any]:
        return self._ask(lambda db: db.execute(query, values))

    def _rows(self, where: str, *values: int) -> list[Row]:
        found = self._ask(lambda db: read_rows(db, f"WHERE {where}", values))
        if any(row.crc != crc for row, _, crc in found):
            self._doubt()
        return [row for row, _, crc in found if row.crc == crc]

    def _ask(self, question: Callable[[sqlite3.Connection], Iterator[T]]) -> list[T]:
        if self._generation != self._ledger.generation:
            self.close()
            self._generation = self._ledger.generation
        try:
            if self._db is None:
                self._db = open_for_reading(self._ledger.path)
            answer = list(question(self._db))
        except sqlite3.Error as error:
            self.close()
            self._failed = True
            if is_damage(error):
                self._doubt()
            return []
        self.recoveries += self._failed
        self._failed = False
        return answer
