"""One voice, one worker: the newest request wins, nothing overlaps, nobody waits."""

from __future__ import annotations

import logging
from queue import Empty, SimpleQueue
from typing import Protocol

from edge.core.clock import Clock
from edge.core.messages import Reading
from edge.core.supervisor import Beat, Post, Worker

log = logging.getLogger(__name__)
_BUSY_S, _IDLE_S = 0.02, 0.25


class Voice(Protocol):
    """A driver: called only from the announcer's worker; a trouble is a `fault`, not an exception."""

    @property
    def busy(self) -> bool:
        """Whether it wants to be ticked often: something plays or is still to be prepared."""

    @property
    def fault(self) -> str | None:
        """Why it cannot speak (all) its prompts, and the cure; None when all is well."""

    def say(self, name: str) -> None:
        """Speak this prompt now, cutting short another one; one that is being spoken goes on."""

    def stop(self) -> None:
        """Be silent now."""

    def tick(self) -> None:
        """A little housekeeping: watch what plays, prepare one prompt, try a lost device again."""

    def close(self) -> None:
        """Be silent and give the device back."""


class Announcer:
    """Speaks prompts by name. Posts its health on change: `Reading(name, True, at)` or `(name, None, at, fault)`."""

    def __init__(self, name: str, voice: Voice, clock: Clock, post: Post) -> None:
        self.name = name
        self._voice, self._clock, self._post = voice, clock, post
        self._requests: SimpleQueue[str | None] = SimpleQueue()
        self._told = False
        self._fault: str | None = None

    def say(self, name: str) -> None:
        """Ask for a prompt; it replaces whatever was asked before. Never blocks."""
        self._requests.put(name)

    def stop(self) -> None:
        """Ask for silence. Never blocks."""
        self._requests.put(None)

    def worker(self) -> Worker:
        """The thread that speaks. Its longest step is the synthesis of one prompt (about 0.1 s, at most 10 s)."""
        return Worker(self.name, self._run, max_silence_s=20.0)

    def _run(self, beat: Beat) -> None:
        try:
            while not beat.stopping:
                beat()
                self._serve()
        finally:
            self._voice.close()

    def _serve(self) -> None:
        try:
            request = self._requests.get(timeout=_BUSY_S if self._voice.busy else _IDLE_S)
            while not self._requests.empty():
                request = self._requests.get()
        except Empty:
            pass
        else:
            if request is None:
                self._voice.stop()
            else:
                self._voice.say(request)
        self._voice.tick()
        self._tell(self._voice.fault)

    def _tell(self, fault: str | None) -> None:
        if self._told and fault == self._fault:
            return
        if fault is not None:
            log.warning("%s: %s", self.name, fault, extra={"EVENT": "speaker.fault", "COMPONENT": self.name})
        elif self._fault is not None:
            log.info("%s: recovered", self.name, extra={"EVENT": "speaker.recovered", "COMPONENT": self.name})
        self._told, self._fault = True, fault
        self._post(Reading(self.name, None if fault else True, self._clock.now(), fault))
