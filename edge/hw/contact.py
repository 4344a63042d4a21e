"""Dry contacts on GPIO: every edge as a Reading, lost edges healed by polling, a dead line told as unknown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.messages import Reading
from edge.core.options import Options, Pin
from edge.core.supervisor import Beat, Post, Worker
from edge.hw.gpio import reported

if TYPE_CHECKING:
    from gpiozero import Factory

POLL_S = 0.05
REPEAT_S = 1.0
_PULL_UP = {"up": True, "down": False, "none": None}  # as gpiozero counts


class ContactOptions(Options):
    """A dry contact between a GPIO pin and ground (`pull: up`, or `none` with an external pull-up), or between the pin
    and 3.3 V (`pull: down`)."""

    pin: Pin
    normally: Literal["open", "closed"] = Field(description="The contact at rest; a life-safety input is `closed`")
    pull: Literal["up", "down", "none"] = "up"
    settle_s: Annotated[float, Field(ge=0, le=10, description="How long better news must stand")] = 0.05


class Contact:
    """One contact. Its value is `asserted`: the contact left its rest.

    For a normally closed contact that means that the circuit is open: alarm or cut wire, the same thing on purpose.
    Readings are raw, bounce included: `edge.core.filters.Debounced` settles them where the rules are.
    """

    def __init__(self, name: str, options: ContactOptions, factory: Factory, post: Post, clock: Clock) -> None:
        """Claim the pin. Raises DeviceError."""
        self.name, self.options = name, options
        self._post, self._clock = post, clock
        self._lock = Lock()  # a poll and an edge must reach the inbox in the order in which they looked
        self._last: bool | None = None
        self._said_at = float("-inf")
        with reported(
            f"{name} (GPIO {options.pin})", "Is the pin used twice, or held by another program (`gpioinfo`)?"
        ):
            from gpiozero import DigitalInputDevice

            pull_up = _PULL_UP[options.pull]
            # Active means that the circuit is closed; no bounce_time: gpiozero's would swallow edges.
            self._device = DigitalInputDevice(
                options.pin,
                pull_up=pull_up,
                active_state=False if pull_up is None else None,
                pin_factory=factory,
            )
        self._device.when_activated = partial(self._edge, True)
        self._device.when_deactivated = partial(self._edge, False)

    def read(self) -> bool:
        """Whether the contact left its rest, now. Raises DeviceError."""
        with reported(f"{self.name} (GPIO {self.options.pin})", "The line cannot be read: check the GPIO chip."):
            return self._asserted(bool(self._device.is_active))

    def poll(self) -> None:
        """Look once: post what differs from what was last posted, and once a second in any case."""
        with self._lock:
            fault = None
            try:
                value: bool | None = self.read()
            except DeviceError as error:
                value, fault = None, str(error)
            now = self._clock.now()
            if value != self._last or now - self._said_at >= REPEAT_S:
                self._say(value, now, fault)

    def close(self) -> None:
        """Free the pin."""
        self._device.close()

    def _edge(self, closed: bool) -> None:
        # On the library's thread: enqueue and be gone.
        with self._lock:
            self._say(self._asserted(closed), self._clock.now(), None)

    def _say(self, value: bool | None, now: float, fault: str | None) -> None:
        self._last, self._said_at = value, now
        self._post(Reading(self.name, value, now, fault))

    def _asserted(self, closed: bool) -> bool:
        return closed == (self.options.normally == "open")


def contact_worker(contacts: Sequence[Contact]) -> Worker:
    """One worker that polls all contacts every 50 ms, so that a lost edge heals and a dead line is noticed."""

    def run(beat: Beat) -> None:
        while not beat.wait(POLL_S):
            for contact in contacts:
                contact.poll()

    return Worker("contacts", run, max_silence_s=1.0)
