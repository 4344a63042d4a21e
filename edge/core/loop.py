"""The owner thread: one inbox, one decision at a time, outputs first, words after."""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from edge.core.clock import Clock
from edge.core.messages import Message, Stop, Tick, WorkerDied
from edge.core.node import Recorder, Wiring
from edge.core.supervisor import Supervisor

log = logging.getLogger(__name__)
S = TypeVar("S")
W = TypeVar("W")
TICK_S = 0.1


class Loop(Generic[S, W]):
    """Runs a wired node until it is told to stop. SimpleQueue, because its put is safe in a signal handler."""

    def __init__(
        self,
        wiring: Wiring[S, W],
        inbox: SimpleQueue[Message],
        clock: Clock,
        recorder: Recorder,
        supervisor: Supervisor,
    ) -> None:
        self._wiring, self._inbox, self._clock = wiring, inbox, clock
        self._recorder, self._supervisor = recorder, supervisor
        self._state = wiring.state

    def run(self) -> int:
        """Decide until stopped; returns the exit code: 0 asked to stop, 1 a worker died. Leaves outputs safe."""
        try:
            ticked_at = self._clock.now()
            while True:
                try:
                    message = self._inbox.get(timeout=TICK_S)
                except Empty:
                    message = Tick()
                if isinstance(message, Stop):
                    log.info("stopping: %s", message.reason, extra={"EVENT": "node.stopping"})
                    return 0
                if isinstance(message, WorkerDied):
                    log.error(
                        "worker %s died (%s): ending with outputs safe",
                        message.worker,
                        message.error,
                        extra={"EVENT": "node.failed", "COMPONENT": message.worker},
                    )
                    return 1
                self.handle(message)
                if self._clock.now() - ticked_at >= TICK_S:  # a busy inbox must not starve time nor the watchdog
                    ticked_at = self._clock.now()
                    if not isinstance(message, Tick):
                        self.handle(Tick())
                    self._supervisor.feed()
        finally:
            self._wiring.outputs.safe()

    def handle(self, message: Message) -> None:
        """One decision: 1 outputs, 2 durable, 3 network."""
        now = self._clock.now()
        decision = self._wiring.step(self._state, message, now)
        self._state = decision.state
        for applied in self._wiring.outputs.converge(decision.wanted):
            self._inbox.put(applied)
        for event in decision.events:
            self._wiring.outputs.keep(self._recorder.event(event), event)
        for reply in decision.replies:
            self._recorder.reply(reply)
        for component, state in self._wiring.report(self._state, now).items():
            self._recorder.state(component, state)
