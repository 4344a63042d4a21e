"""What the outbox holds, as plain values."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One event in the outbox. `hist`: it was committed while the uplink was down, or before this boot."""

    seq: int
    prio: int
    hist: bool
    cls: str
    id: str
    body: bytes

    @property
    def crc(self) -> int:
        """Over all that must not change while it waits: a flipped bit must not be sent as news."""
        return zlib.crc32(
            self.body, zlib.crc32(f"{self.seq} {self.prio} {self.cls} {self.id}".encode(errors="replace"))
        )


@dataclass(frozen=True)
class ImageRow:
    """One picture that waits: a JPEG file and the event that it belongs to."""

    n: int
    event_id: str
    component: str
    path: Path


@dataclass(frozen=True)
class Episode:
    """Something raised that is not closed yet: what a restart is told. Raised at `monoms` of the boot `bootid`."""

    episode: str
    data: str
    bootid: str
    monoms: int


@dataclass(frozen=True)
class Outcome:
    """How far a command came: `status` is empty while it is being executed."""

    status: str = ""
    reason: str = ""
