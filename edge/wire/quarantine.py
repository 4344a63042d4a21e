"""A damaged database is put aside, never deleted at once, and what can still be read of it is carried over."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from edge.wire.rows import Episode, Outcome, Row
from edge.wire.schema import open_for_reading, read_rows
from edge.wire.store import Store

T = TypeVar("T")
KEPT = 3  # bad files; more would let a dying card fill itself


@dataclass
class Salvage:
    """What was readable. `last_seq` is the highest number seen in it."""

    rows: dict[int, tuple[Row, bool]] = field(default_factory=dict)
    images: list[tuple[str, str, str]] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    commands: list[tuple[str, Outcome]] = field(default_factory=list)
    boot_id: str | None = None
    last_seq: int = 0

    def restore(self, store: Store) -> None:
        """Write it into a fresh store. Raises sqlite3.Error."""
        with store.transaction(durable=True):
            if self.boot_id is not None:
                store.enter_boot(self.boot_id)
            for _, (row, acked) in sorted(self.rows.items()):
                store.add(row, acked=acked)
            for image in self.images:
                store.add_image(*image)
            for episode in self.episodes:
                store.open_episode(episode)
            for cmdid, outcome in self.commands:
                store.set_command(cmdid, outcome)


def put_aside(path: Path, wall: float) -> Path:
    """Rename the file, and its log with it, to `.bad-<time>`; returns the new name. Raises OSError."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(wall))
    bad = path.with_name(f"{path.name}.bad-{stamp}")
    count = 1
    while bad.exists():
        count += 1
        bad = path.with_name(f"{path.name}.bad-{stamp}-{count}")
    for tail in ("-wal", "-shm", ""):
        if (part := path.with_name(path.name + tail)).exists():
            os.replace(part, bad.with_name(bad.name + tail))
    files = [file for file in path.parent.glob(f"{path.name}.bad-*") if not file.name.endswith(("-wal", "-shm"))]
    for old in sorted(files, key=lambda file: (file.stat().st_mtime, file.name))[:-KEPT]:
        for tail in ("", "-wal", "-shm"):
            old.with_name(old.name + tail).unlink(missing_ok=True)
    return bad


def salvage(bad: Path, *, immutable: bool = False) -> Salvage:
    """Everything that can still be read and whose checksum holds. Never raises: nothing readable is an answer."""
    found = Salvage()
    try:
        db = open_for_reading(bad, immutable=immutable)
    except sqlite3.Error:
        return found
    with closing(db):
        # Reading stops at the first broken page, so come from both ends.
        for order in ("ORDER BY seq", "ORDER BY seq DESC"):
            for row, acked, crc in _readable(read_rows(db, order)):
                if row.crc == crc:
                    found.last_seq = max(found.last_seq, row.seq)
                    found.rows[row.seq] = row, acked
        for (seq,) in _readable(_select(db, "SELECT seq FROM sqlite_sequence WHERE name = 'event'")):
            if isinstance(seq, int):
                found.last_seq = max(found.last_seq, seq)
        for (boot_id,) in _readable(_select(db, "SELECT id FROM boot")):
            found.boot_id = boot_id
        found.images = list(_readable(_select(db, "SELECT event_id, component, path FROM image ORDER BY n")))
        for row in _readable(_select(db, "SELECT episode, data, bootid, monoms FROM episode")):
            found.episodes.append(Episode(*row))
        for cmdid, status, reason in _readable(_select(db, "SELECT cmdid, status, reason FROM command ORDER BY n")):
            found.commands.append((cmdid, Outcome(status, reason)))
    return found


def _select(db: sqlite3.Connection, query: str) -> Iterator[Any]:
    yield from db.execute(query)


def _readable(rows: Iterator[T]) -> Iterator[T]:
    try:
        yield from rows
    except (sqlite3.Error, TypeError, ValueError, OverflowError):
        return  # the rest of this table is lost
