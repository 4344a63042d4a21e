"""What is to be sent next: by priority, then by seq; read ahead in small portions."""

from __future__ import annotations

from collections import deque

from edge.wire.reader import Reader
from edge.wire.rows import Row

AHEAD = 32
PRIORITIES = (0, 1, 2)


class Backlog:
    """A cursor per priority over the outbox. `wake` after every commit; `rewind` to send all that waits once more."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.rewind()

    def rewind(self) -> None:
        """From the start, as on every new connection."""
        self._recoveries = self._reader.recoveries
        self._after = dict.fromkeys(PRIORITIES, 0)
        self._ahead: dict[int, deque[Row]] = {prio: deque() for prio in PRIORITIES}
        self._more = set(PRIORITIES)

    def wake(self) -> None:
        """There may be more now."""
        self._more = set(PRIORITIES)
        if self._reader.recoveries != self._recoveries:  # rows may have been passed over meanwhile
            self.rewind()

    def next(self) -> Row | None:
        """The next row, or None where everything was given out."""
        for prio in PRIORITIES:
            ahead = self._ahead[prio]
            if not ahead and prio in self._more:
                rows, self._after[prio] = self._reader.events(prio, self._after[prio], AHEAD)
                ahead.extend(rows)
                if len(rows) < AHEAD:
                    self._more.discard(prio)
            if ahead:
                return ahead.popleft()
        return None
