"""Sequence numbers that are never used twice, whatever becomes of the database.

The database knows the last one exactly. A hint beside it counts when the database was lost or went back in time (a
damaged log), or when numbers were given out while the disk refused to take them. The hint is overwritten in place,
which also works on a full disk, and synced only every BLOCK numbers.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

BLOCK = 256
_WIDTH = 64


class Sequence:
    """`last` is the last number given out."""

    def __init__(self, hint: Path) -> None:
        self._hint = hint
        self.last = 0
        self._bound, self._unsure = 0, False  # no number above the bound was ever used; unsure: the database lacks some
        used, bound = 0, 0
        with suppress(OSError, ValueError):  # no hint, or a damaged one: then the database alone counts
            used_text, bound_text, trust = hint.read_text(encoding="ascii").split()
            used, bound = int(used_text), int(bound_text)
            self._unsure = trust != "sure"
        self._used, self._bound = used, bound
        self._settled = False
        self._file: int | None = None
        self._noted = (used, self._unsure)

    def settle(self, known: int) -> bool:
        """Take what the database says. False where it forgot numbers: then we go on above all that may be used."""
        whole = True
        if not self._settled:
            whole = known >= self._used
            if not whole or self._unsure:
                known = max(known, self._bound)
            self._settled = True
        self.last = max(self.last, known)
        return whole

    def salvaged(self, known: int) -> None:
        """The database is gone; `known` was read of its remains and may be garbage: the bound says what is possible."""
        self.settle(min(known, self._bound) if self._bound else known)

    def next(self) -> int:
        """A number nobody ever had."""
        self.last += 1
        if self.last > self._bound:
            self._bound = self.last + BLOCK
            self._write(sync=True)
        return self.last

    def note(self, *, unsure: bool) -> None:
        """After a commit, or (`unsure`) after a failed one, when numbers are in use which the database lacks."""
        if (self.last, unsure) != self._noted:
            news, self._unsure = unsure != self._unsure, unsure
            self._used = self.last
            self._write(sync=news)
            self._noted = (self.last, unsure)

    def _write(self, *, sync: bool) -> None:
        text = f"{self._used} {self._bound} {'unsure' if self._unsure else 'sure'}".ljust(_WIDTH - 1) + "\n"
        with suppress(OSError):  # it is a hint: the commit beside it meets the same disk, and reports it
            if self._file is None:
                self._file = os.open(self._hint, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, text.encode("ascii"), 0)
            if sync:
                os.fdatasync(self._file)

    def close(self) -> None:
        """Let go of the hint's file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
