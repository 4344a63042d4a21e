"""The tables of `alarm.db` and how the file is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edge.wire.rows import Row

USER_VERSION = 1
BUSY_S = 1.0
CHECKPOINT_PAGES = 256
PAGE_BYTES = 4096
LOG_BYTES = CHECKPOINT_PAGES * PAGE_BYTES

TABLES = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- never reset, never used twice
    prio INTEGER NOT NULL,                  -- 0 life safety, 1 fault or security, 2 records
    acked INTEGER NOT NULL DEFAULT 0,       -- 0 pending, 1 the broker has it; the row leaves at the last ack
    hist INTEGER NOT NULL,                  -- 1 committed while offline, or before this boot
    cls TEXT NOT NULL,
    id TEXT NOT NULL,                       -- UUIDv7; no second index: rows are found by seq
    crc INTEGER NOT NULL,                   -- of body: a flipped bit must not be sent as news
    body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS image (
    n INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, component TEXT NOT NULL, path TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS episode (
    episode TEXT PRIMARY KEY, data TEXT NOT NULL, bootid TEXT NOT NULL, monoms INTEGER NOT NULL  -- when it was raised
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command (
    n INTEGER PRIMARY KEY AUTOINCREMENT, cmdid TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS boot (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
"""


class Damaged(sqlite3.DatabaseError):
    """The file opens, but is not whole or not ours."""


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is bad (malformed, not a database), rather than the disk full, failing or read-only.

    SQLite's CORRUPT and NOTADB arrive as plain DatabaseError, everything about the disk as its OperationalError.
    """
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)


def check(db: sqlite3.Connection) -> None:
    """Raises Damaged where the file is not whole or its tables are not ours."""
    if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise Damaged(found)
    for table in ("event", "image", "episode", "command", "boot", "sqlite_sequence"):
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            raise Damaged(f"table {table} is missing")


def open_for_writing(path: Path) -> sqlite3.Connection:
    """A checked connection in WAL mode, every commit synced. Raises sqlite3.Error; see `is_damage`."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, check_same_thread=False)
    db.text_factory = _text
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, USER_VERSION):
            raise Damaged(f"schema version {version}, this program knows {USER_VERSION}")
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # counts for a new file only
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {USER_VERSION}; COMMIT;")
        check(db)
        _lay_out_log(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _lay_out_log(db: sqlite3.Connection, path: Path) -> None:
    """Let the log have its final size before it is needed: a commit that overwrites took about 0.6 of one that appends.

    SQLite deletes the log when it closes the file in good order, so this is at each orderly start.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size >= LOG_BYTES:
        return
    db.execute("PRAGMA synchronous = NORMAL")
    for number in range(CHECKPOINT_PAGES):
        db.execute(f"PRAGMA application_id = {number}")  # one page each, and always the same one
    db.execute("PRAGMA wal_checkpoint(RESTART)")


def open_for_reading(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    """A read-only connection; `immutable` for a file on a read-only disk, without its log. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?{'immutable=1' if immutable else 'mode=ro'}"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S, check_same_thread=False)
    db.text_factory = _text
    return db


def read_rows(db: sqlite3.Connection, where: str, values: tuple[int, ...] = ()) -> Iterator[tuple[Row, bool, int]]:
    """(row, whether the broker has it, its checksum as stored) of each event that `where` asks for."""
    for seq, prio, acked, hist, cls, id_, crc, body in db.execute(
        f"SELECT seq, prio, acked, hist, cls, id, crc, body FROM event {where}", values
    ):
        yield Row(seq, prio, bool(hist), str(cls), str(id_), body if isinstance(body, bytes) else b""), bool(acked), crc


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")  # a flipped bit is found by checksum, not by a decoder's exception
