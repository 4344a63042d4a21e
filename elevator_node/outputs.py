"""Wanted states → door-hold relay, voice, the eye's attention, kept pictures. Safe: relay off, voice silent."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.messages import Applied, Event, Message
from edge.hw.relay import Relay
from edge.hw.speaker import Announcer
from edge.vision.evidence import Evidence
from elevator_node.inputs import Eye
from elevator_node.state import Say, Wanted


class LiftOutputs:
    """Converges on what is wanted at every step; the relay's lease is renewed by that alone."""

    def __init__(self, relay: Relay, announcer: Announcer, eye: Eye, evidence: Evidence, clock: Clock) -> None:
        self._relay, self._announcer, self._eye, self._evidence = relay, announcer, eye, evidence
        self._clock = clock
        self._said: Say | None = None
        self._fault: str | None = None

    def converge(self, wanted: Wanted) -> Iterable[Message]:
        """Relay first; then what may take its time."""
        applied = self._hold(wanted.hold)
        self._eye.attention = wanted.attention
        if wanted.say != self._said:
            self._said = wanted.say
            if wanted.say:
                self._announcer.say(wanted.say.prompt)
            else:
                self._announcer.stop()
        return applied

    def _hold(self, on: bool) -> list[Message]:
        try:
            changed, fault = self._relay.set(on), None
        except DeviceError as error:
            changed, fault = False, str(error)
        if not changed and fault == self._fault:
            return []  # told once: a relay that stays broken must not fill the inbox
        self._fault = fault
        return [Applied("hold", on, self._clock.now(), fault)]

    def keep(self, event_id: str, event: Event) -> None:
        """The evidence of an event that asks for a picture; a release by staff makes it a labelled hard negative."""
        if event.picture:
            self._evidence.keep(event_id, self._clock.now(), label=event.data.get("hard_negative"))

    def safe(self) -> None:
        """Door free, voice silent."""
        self._relay.safe()
        self._announcer.stop()
