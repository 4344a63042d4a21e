"""The durable outbox: commit before publish. One thread writes; whoever puts never waits."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from edge.core.clock import Clock
from edge.core.messages import Json, Resumed
from edge.core.supervisor import Beat, Worker
from edge.wire.entries import (
    Claim,
    Claimed,
    Commanded,
    Doubt,
    Entry,
    Flush,
    Leave,
    LeaveImage,
    Mark,
    Put,
    PutImage,
    Request,
)
from edge.wire.events import Sealed
from edge.wire.ledger import Fault, Ledger
from edge.wire.options import OutboxOptions
from edge.wire.reader import Reader
from edge.wire.rows import Outcome, Row

LAZY_S = 0.2  # acks wait for a pause this long: they are many, and losing one only means sending again
GROUP_MAX = 512
Woken = Callable[[tuple[int, ...]], None]  # seqs of the life-safety events that were just committed


class Outbox:
    """`alarm.db` in `folder`: prio 0–2, kept until the last ack. Any thread may call; nothing blocks but `flush`.

    `online` is set by the uplink: what is committed while it is False is history (`hist`). `on_fault` hears of
    `storage` trouble and of its end, on the writer's thread.
    """

    def __init__(
        self,
        folder: Path,
        options: OutboxOptions,
        clock: Clock,
        boot_id: str,
        on_fault: Fault = lambda component, text: None,
    ) -> None:
        self._queue: SimpleQueue[Request] = SimpleQueue()
        self._ledger = Ledger(folder, int(options.alarm_mib * 1024 * 1024), clock, boot_id, on_fault)
        self._clock, self._boot_id = clock, boot_id
        self._woken: Woken = lambda alarms: None
        self.online = False
        self.worker = Worker("outbox", self._run, max_silence_s=20.0)  # a memory card may stall for seconds

    # ── put ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def put(self, sealed: Sealed) -> None:
        """Store an event for sending."""
        self._queue.put(sealed)

    def image(self, event_id: str, component: str, path: Path) -> None:
        """Store that the JPEG at `path` is to be sent. The file itself stays where it is."""
        self._queue.put(PutImage(event_id, component, path))

    def claim(self, cmdid: str, tell: Claimed) -> None:
        """Take a command id, once for ever; `tell` is called on the writer's thread when that is durable: with None if
        it was new, else with its earlier outcome."""
        self._queue.put(Claim(cmdid, tell))

    def finish(self, cmdid: str, outcome: Outcome) -> None:
        """How a claimed command ended."""
        self._queue.put(Commanded(cmdid, outcome))

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything put before is durable; False where it is not (in time)."""
        done = threading.Event()
        self._queue.put(Flush(done))
        return done.wait(timeout_s) and not self._ledger.held.entries

    # ── acknowledgements ──────────────────────────────────────────────────────────────────────────────────────────
    def mark(self, seqs: Iterable[int]) -> None:
        """The broker has these; they stay until a receiver acknowledges."""
        self._queue.put(Mark(tuple(seqs)))

    def leave(self, seqs: Iterable[int]) -> None:
        """These got their last ack and are deleted."""
        self._queue.put(Leave(tuple(seqs)))

    def leave_image(self, n: int, dropped: str | None = None) -> None:
        """This picture was sent, or dropped for a reason that is counted."""
        self._queue.put(LeaveImage(n, dropped))

    # ── read ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def open_episodes(self) -> list[Resumed]:
        """The episodes that an earlier run opened and nobody closed. Ask before the worker starts."""
        now, boot_id = self._clock.now(), self._boot_id
        return [
            Resumed(it.episode, _memory(it.data), now - it.monoms / 1000 if it.bootid == boot_id else None)
            for it in self._ledger.episodes
        ]

    def reader(self) -> Reader:
        """A view for one other thread."""
        return Reader(self._ledger, lambda: self._queue.put(Doubt()))

    def on_commit(self, woken: Woken) -> None:
        """Whom to wake after a commit (or after the disk refused one: then memory has it)."""
        self._woken = woken

    @property
    def last_seq(self) -> int:
        """The last sequence number given out."""
        return self._ledger.numbers.last

    @property
    def generation(self) -> int:
        """Changes whenever the file is another one; row numbers of pictures then start again."""
        return self._ledger.generation

    @property
    def dropped(self) -> Counter[str]:
        """What was lost since the start, by reason."""
        return Counter(self._ledger.dropped)

    # ── the writer ────────────────────────────────────────────────────────────────────────────────────────────────
    def _run(self, beat: Beat) -> None:
        lazy: list[Entry] = []
        while not beat.stopping or not self._queue.empty():
            beat()
            requests = self._take()
            entries = [entry for request in requests for entry in self._enter(request)]
            urgent = [entry for entry in entries if entry.durable]
            lazy.extend(entry for entry in entries if not entry.durable)
            flushed = any(isinstance(request, Flush) for request in requests)
            if urgent or flushed or not requests or len(lazy) >= GROUP_MAX:
                self._ledger.write([*urgent, *lazy])
                lazy = []
            self._tell(requests, [entry.row for entry in urgent if isinstance(entry, Put)])
            self._ledger.note()
        self._ledger.write(lazy)
        self._ledger.note()
        self._ledger.close()

    def _take(self) -> list[Request]:
        """Everything that waits, so that it shares one sync; empty where nothing came for a while."""
        try:
            requests = [self._queue.get(timeout=LAZY_S)]
        except Empty:
            return []
        while len(requests) < GROUP_MAX and not self._queue.empty():  # nobody else takes
            requests.append(self._queue.get_nowait())
        return requests

    def _enter(self, request: Request) -> list[Entry]:
        match request:
            case Sealed():
                seq, hist = self._ledger.numbers.next(), not self.online
                return [Put(Row(seq, request.prio, hist, request.cls, request.id, request.body), request)]
            case Claim():
                request.earlier = self._ledger.commands.claim(request.cmdid)
                return [] if request.earlier else [Commanded(request.cmdid, Outcome())]
            case Commanded():
                return [request] if self._ledger.commands.finish(request.cmdid, request.outcome) else []
            case LeaveImage():
                if request.dropped:
                    self._ledger.count(request.dropped)
                return [request]
            case Doubt():
                self._ledger.check()
                return []
            case Flush():
                return []
            case PutImage() | Mark() | Leave():
                return [request]

    def _tell(self, requests: list[Request], rows: list[Row]) -> None:
        for request in requests:
            if isinstance(request, Claim):
                request.tell(request.earlier)
            elif isinstance(request, Flush):
                request.done.set()
        if rows or any(isinstance(request, PutImage) for request in requests):
            self._woken(tuple(row.seq for row in rows if row.prio == 0))


def _memory(data: str) -> Json:
    try:
        memory: Any = json.loads(data)
    except ValueError:  # a damaged file; the episode itself still counts
        return {}
    return memory if isinstance(memory, dict) else {}
