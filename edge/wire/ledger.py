"""The writer's book-keeping: numbers for events, one commit for a group, and what to do when the disk refuses.

Runs on one thread. Local safety does not depend on it: an event that the disk refuses is kept in memory, still sent,
and written later under the same number.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from edge.core.clock import Clock
from edge.wire.commandbook import CommandBook
from edge.wire.entries import Entry
from edge.wire.held import Held
from edge.wire.quarantine import put_aside, salvage
from edge.wire.rows import Episode
from edge.wire.schema import is_damage
from edge.wire.sequence import Sequence as Numbers
from edge.wire.store import Store

log = logging.getLogger(__name__)
RETRY_S = 2.0

Fault = Callable[[str, "str | None"], None]  # component, text; None: it is over


class Ledger:
    """`alarm.db` in `folder`, come what may.

    `generation` changes whenever the file at `path` is another one. `dropped` counts what was lost, by reason.
    """

    def __init__(self, folder: Path, quota_bytes: int, clock: Clock, boot_id: str, on_fault: Fault) -> None:
        self.path = folder / "alarm.db"
        self._quota, self._clock, self._boot_id, self._on_fault = quota_bytes, clock, boot_id, on_fault
        with suppress(OSError):  # a read-only disk; opening the store says so
            folder.mkdir(parents=True, exist_ok=True)
        self.numbers = Numbers(folder / "alarm.seq")
        self.commands = CommandBook()
        self.episodes: list[Episode] = []
        self.held = Held()
        self.dropped: Counter[str] = Counter()
        self.generation = 0
        self._store: Store | None = None
        self._fault: str | None = None
        self._retry_at = float("-inf")
        if not self._try(self._opened):
            self._look()

    def write(self, entries: Sequence[Entry]) -> bool:
        """Commit a group, behind whatever still waits; False where it stays in memory for now. Never raises."""
        waiting = [*self.held.entries, *entries]
        if not waiting and self._fault is None:
            return True
        if self._fault is not None and self._clock.now() < self._retry_at:
            done = False
        else:
            done = self._try(lambda: self._commit(waiting))
        if done:
            self.held.clear()
            self._recovered()
        else:
            self._count(self.held.keep(entries), "the disk refuses and memory is full: dropped %s")
        return done

    def note(self) -> None:
        """Bring the hint up to date: after those who wait for the commit were told."""
        self.numbers.note(unsure=bool(self.held.entries))

    def check(self) -> None:
        """A reader met damage: look, and replace the file if it is so."""
        self._let_go()  # what this connection has in memory would hide what is on the disk
        self._try(self._opened)

    def count(self, why: str, number: int = 1) -> None:
        """Something was lost."""
        self._count(Counter({why: number}), "dropped %s")

    def close(self) -> None:
        """Nothing may be written afterwards."""
        self._let_go()
        self.numbers.close()

    # ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _commit(self, entries: Sequence[Entry]) -> None:
        store = self._opened()
        with store.transaction(durable=any(entry.durable for entry in entries)):
            for entry in entries:
                entry.write(store)
            if self.held.entries:
                store.raise_seq(self.numbers.last)  # memory may have dropped the highest row
            gone = store.evict(self._quota)
        self._count(gone, "the outbox is full: evicted %s")

    def _opened(self) -> Store:
        if self._store is None:
            store = Store(self.path)
            try:
                self._adopt(store)
            except BaseException:
                store.close()
                raise
            self._store = store
            self.generation += 1
        return self._store

    def _adopt(self, store: Store) -> None:
        whole = self.numbers.settle(store.last_seq())
        with store.transaction(durable=True):
            store.enter_boot(self._boot_id)
            store.raise_seq(self.numbers.last)
        self._weed(store)
        self.commands.learn(store.commands())
        self.episodes = store.episodes()
        if not whole:
            self._say(f"{self.path} was cut short: events are lost. Replace the storage card if this happens again.")

    def _weed(self, store: Store) -> None:
        if damaged := store.damaged():
            with store.transaction(durable=False):
                store.remove(damaged)
            self.count("damaged", len(damaged))
            self._say(
                f"{self.path}: {len(damaged)} events were damaged. Replace the storage card if this happens again."
            )

    def _replace(self, error: sqlite3.Error) -> None:
        """Put the damaged file aside and carry over what it still tells. Raises OSError."""
        self._let_go()
        bad = put_aside(self.path, self._clock.wall())
        found = salvage(bad)
        self.numbers.salvaged(found.last_seq)
        self._say(
            f"{self.path} is damaged ({error}): put aside as {bad.name}, {len(found.rows)} waiting events saved. "
            "Replace the storage card if this happens again."
        )
        try:
            store = Store(self.path)
            found.restore(store)
            store.close()
        except sqlite3.Error as cause:
            self.count("not_restored", len(found.rows))
            log.debug("what was saved cannot be written: %s", cause)

    def _let_go(self) -> None:
        if self._store is not None:
            with suppress(sqlite3.Error):
                self._store.close()
            self._store = None

    def _look(self) -> None:
        """The file cannot be written at start: at least read its numbers."""
        found = salvage(self.path, immutable=True)
        self.numbers.settle(found.last_seq)
        self.commands.learn(found.commands)
        self.episodes = found.episodes

    # ── when the disk refuses ─────────────────────────────────────────────────────────────────────────────────────
    def _try(self, work: Callable[[], object]) -> bool:
        """Do it; where the file turns out to be damaged, replace it and do it again. False where the disk refuses."""
        try:
            try:
                work()
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                self._replace(error)
                work()
        except (sqlite3.Error, OSError) as error:
            self._refused(error)
            return False
        return True

    def _recovered(self) -> None:
        if self._fault is not None:
            self._fault = None
            log.info("storage recovered", extra={"EVENT": "storage.recovered", "COMPONENT": "storage"})
            self._on_fault("storage", None)

    def _refused(self, error: Exception) -> None:
        self._retry_at = self._clock.now() + RETRY_S
        cure = "Free or replace the disk, or correct state_dir."
        self._say(f"{self.path} cannot be written ({error}). Events stay in memory and are sent. {cure}")

    def _say(self, fault: str) -> None:
        """Loud once; the same trouble again is quiet."""
        if self._fault is None:
            log.error("storage: %s", fault, extra={"EVENT": "storage.fault", "COMPONENT": "storage"})
            self._on_fault("storage", fault)
        else:
            log.debug("storage: %s", fault)
        self._fault = fault

    def _count(self, gone: Counter[str], text: str) -> None:
        if gone:
            self.dropped.update(gone)
            log.warning(text, dict(gone), extra={"EVENT": "storage.dropped", "COMPONENT": "storage"})
