"""Which command ids were taken, and how each ended: in memory for the answer, in the database for the next start."""

from __future__ import annotations

from collections.abc import Iterable

from edge.wire.rows import Outcome
from edge.wire.store import COMMANDS_KEPT


class CommandBook:
    """The last COMMANDS_KEPT ids. Bounded by number and not by age, because wall time may jump by years."""

    def __init__(self) -> None:
        self._known: dict[str, Outcome] = {}

    def learn(self, known: Iterable[tuple[str, Outcome]]) -> None:
        """What the database remembers; what memory knows is newer."""
        self._known = {**dict(known), **self._known}

    def claim(self, cmdid: str) -> Outcome | None:
        """None: the id was new and is taken now; else its earlier outcome."""
        if (earlier := self._known.get(cmdid)) is not None:
            return earlier
        self._known[cmdid] = Outcome()
        if len(self._known) > COMMANDS_KEPT:
            del self._known[next(iter(self._known))]
        return None

    def finish(self, cmdid: str, outcome: Outcome) -> bool:
        """Note how it ended; False for an id that was never taken, or is long forgotten."""
        if cmdid not in self._known:
            return False
        self._known[cmdid] = outcome
        return True
