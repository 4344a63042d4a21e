"""`alarm.db`, one statement a method: what the single writer may do to it. Every method raises sqlite3.Error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge.wire.rows import Episode, Outcome, Row
from edge.wire.schema import PAGE_BYTES, open_for_writing, read_rows

COMMANDS_KEPT = 2048
EVICT_ROWS = 64
# Who goes first when the quota is reached: what the broker has already, then records, then faults.
# A life-safety event (prio 0) that waits for its ack is in no row of this table.
EVICTION = ("prio > 0 AND acked = 1", "prio = 2", "prio = 1")


class Store:
    """One open file. Not for two threads at a time."""

    def __init__(self, path: Path) -> None:
        self._db = open_for_writing(path)
        self._durable: bool | None = None

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[None]:
        """All or nothing. `durable=False` leaves out the sync: for marks, whose loss only means sending again."""
        if durable != self._durable:
            self._durable = durable
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk makes SQLite roll back by itself
                self._db.execute("ROLLBACK")
            raise

    # ── events ────────────────────────────────────────────────────────────────────────────────────────────────────
    def add(self, row: Row, *, acked: bool = False) -> None:
        """Idempotent by `seq`: a commit that failed half-way may be repeated."""
        self._db.execute(
            "INSERT OR REPLACE INTO event (seq, prio, acked, hist, cls, id, crc, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row.seq, row.prio, acked, row.hist, row.cls, row.id, row.crc, row.body),
        )

    def mark(self, seqs: Sequence[int]) -> None:
        """The broker has these."""
        self._db.executemany("UPDATE event SET acked = 1 WHERE seq = ?", ((seq,) for seq in seqs))

    def remove(self, seqs: Sequence[int]) -> None:
        self._db.executemany("DELETE FROM event WHERE seq = ?", ((seq,) for seq in seqs))

    def last_seq(self) -> int:
        """The highest number ever given out in this file; 0 in a new one."""
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return int(found[0]) if found else 0

    def raise_seq(self, seq: int) -> None:
        """Never give out `seq` or anything below it again."""
        if self.last_seq() == 0:
            self._db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('event', ?)", (seq,))
        self._db.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'", (seq,))

    def damaged(self) -> list[int]:
        """The `seq` of every row whose checksum does not hold."""
        return [seq for row, _, crc in read_rows(self._db, "ORDER BY seq") for seq in [row.seq] if row.crc != crc]

    def used_bytes(self) -> int:
        """Bytes in use; freed pages, which the file keeps for the next rows, do not count."""
        return (self._pragma("page_count") - self._pragma("freelist_count")) * PAGE_BYTES

    def _pragma(self, name: str) -> int:
        return int(self._db.execute(f"PRAGMA {name}").fetchone()[0])

    def evict(self, quota_bytes: int) -> Counter[str]:
        """Make room, to 90 % of the quota, in the order of EVICTION; returns what went, counted by `prio_<n>`."""
        gone: Counter[str] = Counter()
        if self._pragma("page_count") * PAGE_BYTES <= quota_bytes or self.used_bytes() <= quota_bytes:
            return gone  # the first question is the cheap one, and is asked at every commit
        for which in EVICTION:
            while self.used_bytes() > quota_bytes * 0.9:
                rows = self._db.execute(
                    f"SELECT seq, prio FROM event WHERE {which} ORDER BY prio DESC, seq LIMIT {EVICT_ROWS}"
                ).fetchall()
                if not rows:
                    break
                self.remove([seq for seq, _ in rows])
                gone.update(f"prio_{prio}" for _, prio in rows)
        return gone

    # ── images, episodes, commands, boots ─────────────────────────────────────────────────────────────────────────
    def add_image(self, event_id: str, component: str, path: str) -> None:
        self._db.execute("INSERT INTO image (event_id, component, path) VALUES (?, ?, ?)", (event_id, component, path))

    def remove_image(self, n: int) -> None:
        self._db.execute("DELETE FROM image WHERE n = ?", (n,))

    def open_episode(self, it: Episode) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO episode VALUES (?, ?, ?, ?)", (it.episode, it.data, it.bootid, it.monoms)
        )

    def close_episode(self, episode: str) -> None:
        self._db.execute("DELETE FROM episode WHERE episode = ?", (episode,))

    def episodes(self) -> list[Episode]:
        return [Episode(*row) for row in self._db.execute("SELECT episode, data, bootid, monoms FROM episode")]

    def set_command(self, cmdid: str, outcome: Outcome) -> None:
        """Remember a command; the oldest beyond COMMANDS_KEPT are forgotten."""
        values = (outcome.status, outcome.reason, cmdid)
        if self._db.execute("UPDATE command SET status = ?, reason = ? WHERE cmdid = ?", values).rowcount == 0:
            added = self._db.execute("INSERT INTO command (status, reason, cmdid) VALUES (?, ?, ?)", values)
            self._db.execute("DELETE FROM command WHERE n <= ?", ((added.lastrowid or 0) - COMMANDS_KEPT,))

    def commands(self) -> list[tuple[str, Outcome]]:
        """Oldest first."""
        rows = self._db.execute("SELECT cmdid, status, reason FROM command ORDER BY n")
        return [(cmdid, Outcome(status, reason)) for cmdid, status, reason in rows]

    def enter_boot(self, boot_id: str) -> None:
        """What an earlier boot left behind is history from now on."""
        known = self._db.execute("SELECT id FROM boot").fetchone()
        if known is None or known[0] != boot_id:
            self._db.execute("UPDATE event SET hist = 1 WHERE hist = 0")
            self._db.execute("INSERT OR REPLACE INTO boot VALUES (1, ?)", (boot_id,))
