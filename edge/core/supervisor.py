"""Threads that cannot fail unseen: a dead worker ends the process, a hung one starves the watchdog."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.core.clock import Clock
from edge.core.messages import Message, WorkerDied

log = logging.getLogger(__name__)
Post = Callable[[Message], None]
FEED_EVERY_S = 0.5  # well under half of the shortest WatchdogSec of our units


class Beat:
    """A worker's line to its supervisor: call it at least every `max_silence_s`, and leave when `stopping`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stop = threading.Event()
        self.at = clock.now()

    def __call__(self) -> None:
        """I am alive."""
        self.at = self._clock.now()

    @property
    def stopping(self) -> bool:
        """Whether the worker is asked to leave."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Beat, then sleep up to `seconds`; True when asked to leave."""
        self()
        return self._stop.wait(seconds)

    def stop(self) -> None:
        """Ask the worker to leave."""
        self._stop.set()


@dataclass(frozen=True)
class Worker:
    """One blocking source as a thread: `run(beat)` works until `beat.stopping`, beating every `max_silence_s`."""

    name: str
    run: Callable[[Beat], None]
    max_silence_s: float = 5.0


class Notifier(Protocol):
    """sd_notify(3): `ready`, `watchdog`, `stopping`, each one datagram."""

    def __call__(self, state: str) -> None: ...


class Supervisor:
    """Starts the workers, passes a death on as a message, feeds the watchdog only while every worker beats."""

    def __init__(self, clock: Clock, post: Post, notify: Notifier) -> None:
        self._clock, self._post, self._notify = clock, post, notify
        self._running: list[tuple[Worker, Beat, threading.Thread]] = []
        self._groups: list[int] = []  # where each start() began in _running
        self._hung: frozenset[str] = frozenset()
        self._fed_at = float("-inf")

    def start(self, workers: Sequence[Worker]) -> None:
        """Start one thread for each worker; what is started together is stopped together, last group first."""
        self._groups.append(len(self._running))
        for worker in workers:
            beat = Beat(self._clock)
            thread = threading.Thread(target=self._guard, args=(worker, beat), name=worker.name, daemon=True)
            self._running.append((worker, beat, thread))
            thread.start()

    def _guard(self, worker: Worker, beat: Beat) -> None:
        try:
            worker.run(beat)
            error = "returned although nobody asked it to"
        except Exception as cause:  # the boss must hear of every death, whatever it died of
            log.exception("worker %s died", worker.name, extra={"EVENT": "worker.died", "COMPONENT": worker.name})
            error = f"{type(cause).__name__}: {cause}"
        if not beat.stopping:
            self._post(WorkerDied(worker.name, error))

    def hung(self) -> frozenset[str]:
        """Names of the workers that have been silent for longer than they may."""
        now = self._clock.now()
        return frozenset(w.name for w, beat, _ in self._running if now - beat.at > w.max_silence_s)

    def feed(self) -> None:
        """Ping systemd's watchdog, unless a worker hangs: then say which, once, and let the watchdog act."""
        hung = self.hung()
        for name in hung - self._hung:
            log.error(
                "worker %s hangs: watchdog no longer fed", name, extra={"EVENT": "worker.hung", "COMPONENT": name}
            )
        self._hung = hung
        now = self._clock.now()
        if not hung and now - self._fed_at >= FEED_EVERY_S:
            self._fed_at = now
            self._notify("WATCHDOG=1")

    def stop(self, timeout_s: float = 2.0) -> None:
        """Ask every worker to leave and wait `timeout_s` for each group; they are daemon threads, so none can hold up
        the exit. The group that was started last goes first, so that its last words still find the others at work."""
        while self._groups:
            group = self._running[self._groups.pop() :]
            del self._running[len(self._running) - len(group) :]
            for _, beat, _ in group:
                beat.stop()
            deadline = self._clock.now() + timeout_s
            for _, _, thread in group:
                thread.join(max(0.0, deadline - self._clock.now()))
