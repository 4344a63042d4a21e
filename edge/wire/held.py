"""What the disk has not taken yet: entries in order, bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from edge.wire.entries import Entry, Leave, Put, PutImage
from edge.wire.rows import Row

HELD_MAX = 4096

# Who goes first when memory is full. What concerns life, and command ids, is not in this table.
_EXPENDABLE: tuple[Callable[[Entry], bool], ...] = (
    lambda entry: isinstance(entry, PutImage),
    lambda entry: isinstance(entry, Put) and entry.row.prio == 2,
    lambda entry: isinstance(entry, Put) and entry.row.prio == 1,
)


class Held:
    """`rows` are the events among the entries that still want an ack; a new tuple at each change, so any thread may
    read it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.rows: tuple[Row, ...] = ()

    def keep(self, entries: Sequence[Entry]) -> Counter[str]:
        """Take entries in; returns what had to go for them, counted."""
        self.entries.extend(entries)
        gone = self._bound()
        left = {seq for entry in self.entries if isinstance(entry, Leave) for seq in entry.seqs}
        self.rows = tuple(entry.row for entry in self.entries if isinstance(entry, Put) and entry.row.seq not in left)
        return gone

    def clear(self) -> None:
        """The disk has them."""
        self.entries, self.rows = [], ()

    def _bound(self) -> Counter[str]:
        gone: Counter[str] = Counter()
        for expendable in _EXPENDABLE:
            surplus = len(self.entries) - HELD_MAX
            if surplus <= 0:
                break
            going = [at for at, entry in enumerate(self.entries) if expendable(entry)][:surplus]
            for at in going:
                entry = self.entries[at]
                gone[f"prio_{entry.row.prio}" if isinstance(entry, Put) else "image"] += 1
            kept = set(going)
            self.entries = [entry for at, entry in enumerate(self.entries) if at not in kept]
        return gone
