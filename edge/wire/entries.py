"""What the outbox's writer is asked for. An Entry knows how to write itself down; a group of them is one commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from edge.wire.events import Sealed
from edge.wire.rows import Outcome, Row
from edge.wire.store import Store


class Entry(Protocol):
    """One line of the writer's work."""

    durable: ClassVar[bool]  # whether it must survive a power cut, so that its commit is synced

    def write(self, store: Store) -> None:
        """Raises sqlite3.Error."""


@dataclass(frozen=True)
class Put:
    """An event, and the episode that it opens or closes, in one transaction."""

    durable: ClassVar[bool] = True
    row: Row
    sealed: Sealed

    def write(self, store: Store) -> None:
        store.add(self.row)
        if self.sealed.opens is not None:
            store.open_episode(self.sealed.opens)
        if self.sealed.closes is not None:
            store.close_episode(self.sealed.closes)


@dataclass(frozen=True)
class PutImage:
    """A picture's file name."""

    durable: ClassVar[bool] = True
    event_id: str
    component: str
    path: Path

    def write(self, store: Store) -> None:
        store.add_image(self.event_id, self.component, str(self.path))


@dataclass(frozen=True)
class Commanded:
    """A command's id, taken once for ever, and how it ended."""

    durable: ClassVar[bool] = True
    cmdid: str
    outcome: Outcome

    def write(self, store: Store) -> None:
        store.set_command(self.cmdid, self.outcome)


@dataclass(frozen=True)
class Mark:
    """The broker has these rows; a receiver's own ack is still due."""

    durable: ClassVar[bool] = False
    seqs: tuple[int, ...]

    def write(self, store: Store) -> None:
        store.mark(self.seqs)


@dataclass(frozen=True)
class Leave:
    """These rows got their last ack."""

    durable: ClassVar[bool] = False
    seqs: tuple[int, ...]

    def write(self, store: Store) -> None:
        store.remove(self.seqs)


@dataclass(frozen=True)
class LeaveImage:
    """This picture was sent, or cannot be; `dropped` says why not."""

    durable: ClassVar[bool] = False
    n: int
    dropped: str | None = None

    def write(self, store: Store) -> None:
        store.remove_image(self.n)


Claimed = Callable[["Outcome | None"], None]  # None: the id is yours; else what became of it earlier


@dataclass
class Claim:
    """Take a command's id; `tell` is called on the writer's thread once it is safe."""

    cmdid: str
    tell: Claimed
    earlier: Outcome | None = None


@dataclass(frozen=True)
class Doubt:
    """A reader met damage: look at the file."""


@dataclass(frozen=True)
class Flush:
    """Tell when everything before this is durable."""

    done: threading.Event


Request = Sealed | PutImage | Commanded | Mark | Leave | LeaveImage | Claim | Doubt | Flush
