"""A relay on a GPIO line, with a lease in software and a heartbeat for a dead-man circuit.

What frees the output, from the inside out: `set(False)`; this module's worker when the main thread no longer renews the
lease; the service manager's watchdog and `ExecStopPost` when the process is dead or frozen; and, where one is wired, an
external retriggerable one-shot on `heartbeat_pin` when everything else is gone. Raspberry Pi kernels keep a released
line at its last level (raspberrypi/linux pull request 6117) unless config.txt says `dtparam=strict_gpiod`, so a killed
process does not free the line by itself.
"""

from __future__ import annotations

import logging
import traceback
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.messages import Applied
from edge.core.options import Options, Pin
from edge.core.supervisor import Beat, Post, Worker
from edge.hw.gpio import GpioOptions, LgpioOptions, reported
from edge.hw.safe_lines import Step

if TYPE_CHECKING:
    from gpiozero import Factory

log = logging.getLogger(__name__)
WATCH_S = 0.05  # lease looked at, heartbeat toggled: 10 Hz on the heartbeat pin


class GpioRelayOptions(Options):
    """A relay (its transistor or opto-coupler) on a GPIO line."""

    driver: Literal["gpio"]
    pin: Pin
    active_high: bool = True
    lease_s: Annotated[float, Field(ge=0.3, le=2, description="Off when not renewed for this long")] = 1.0
    heartbeat_pin: Pin | None = Field(
        default=None, description="Toggles at 10 Hz while the relay is rightly on: feed it to a retriggerable one-shot"
    )


def off_steps(options: GpioRelayOptions, gpio: GpioOptions) -> list[Step]:
    """The one line that must be at its resting level."""
    level = int(not options.active_high)
    if isinstance(gpio, LgpioOptions):
        return [{"driver": "lgpio", "chip": gpio.chip, "pin": options.pin, "level": level}]
    trace = str(gpio.trace.resolve()) if gpio.trace else None
    return [{"driver": "sim", "trace": trace, "pin": options.pin, "level": level}]


class LeasedRelay:
    """One output that is on only while `set(True)` keeps being called at least every `lease_s`."""

    def __init__(
        self, name: str, options: GpioRelayOptions, pins: Factory, clock: Clock, post: Post | None = None
    ) -> None:
        """Claim the line, off from its first instant. Raises DeviceError."""
        self.name, self.options = name, options
        self._pins, self._clock, self._post = pins, clock, post
        self._lock = Lock()
        self._until: float | None = None  # the lease; None: nobody wants it on
        self._on: bool | None = None  # the line as driven; None: unknown, drive it again
        self._device: Any = None
        self._heart: Any = None
        self._quiet = False
        self._drive(False)
        if options.heartbeat_pin is not None:
            self._heart = self._claim(options.heartbeat_pin, active_high=True)

    def set(self, on: bool) -> bool:
        """Drive the line; `on` renews the lease. True when the line really changed.

        Raises DeviceError when the line cannot be driven; it is then given back as an input, the heartbeat stops, and
        the next call claims it anew.
        """
        with self._lock:
            self._until = self._clock.now() + self.options.lease_s if on else None
            if self._on == on:
                return False
            try:
                self._drive(on)
            except DeviceError:
                self._until = None
                self._let_go()
                raise
            return True

    def safe(self) -> None:
        """Off, whatever is believed about the line. Idempotent; never raises."""
        with self._lock:
            self._until = None
            try:
                self._drive(False)
                self._beat_heart(False)
            except Exception:  # every exit path comes through here; ExecStopPost tries again from a fresh process
                log.exception("%s: cannot be driven off", self.name, extra=self._extra("relay.failed"))
                self._let_go()

    def close(self) -> None:
        """Off, and the lines given back. Never raises."""
        self.safe()
        for device in (self._device, self._heart):
            if device is not None:
                device.close()
        self._device = self._heart = self._on = None

    def worker(self) -> Worker:
        """Drops the line when the lease runs out (the main thread hangs) and beats the external heart meanwhile."""

        def run(beat: Beat) -> None:
            while not beat.wait(WATCH_S):
                self.watch()

        return Worker(f"{self.name} lease", run, max_silence_s=1.0)

    def watch(self) -> None:
        """Look at the lease once."""
        with self._lock:
            valid = self._until is not None and self._clock.now() < self._until
            try:
                if self._until is not None and not valid:
                    self._expire()
                self._beat_heart(valid and self._on is True)
                self._quiet = False
            except DeviceError as error:  # looking again in a moment is all that helps; a dead worker helps nobody
                level = logging.DEBUG if self._quiet else logging.ERROR
                self._quiet = True
                log.log(level, "%s", error, extra=self._extra("relay.failed"))

    def _expire(self) -> None:
        text = f"the lease ran out: not renewed for {self.options.lease_s:g} s, so the output was dropped"
        if self._on is not False:
            try:
                self._drive(False)
            except DeviceError:
                self._let_go()
                raise
            log.error("%s: %s", self.name, text, extra=self._extra("relay.lease_expired"))
            if self._post is not None:
                self._post(Applied(self.name, False, self._clock.now(), fault=text))
        self._until = None

    def _drive(self, on: bool) -> None:
        with reported(self._place(self.options.pin), "The output is treated as off: check the GPIO chip and the pin."):
            if self._device is None:
                self._device = self._claim(self.options.pin, self.options.active_high)
            self._on = None
            self._device.value = on
            self._on = on

    def _beat_heart(self, alive: bool) -> None:
        if self._heart is not None:
            with reported(self._place(self.options.heartbeat_pin), "The dead-man circuit will drop the output."):
                self._heart.value = alive and not self._heart.value

    def _claim(self, pin: int, active_high: bool) -> Any:
        try:
            with reported(self._place(pin), "Is the pin used twice, or held by another program (`gpioinfo`)?"):
                from gpiozero import OutputDevice

                return OutputDevice(pin, active_high=active_high, initial_value=False, pin_factory=self._pins)
        except DeviceError as error:
            if error.__cause__ is not None:  # its frames hold the half-made device, and with it the pin's reservation
                traceback.clear_frames(error.__cause__.__traceback__)
            raise

    def _let_go(self) -> None:
        """Last resort: make the line an input, so that the relay's own resistor decides; claim it anew later."""
        device, self._device, self._on = self._device, None, None
        try:
            if device is not None:
                device.pin.function = "input"
                device.close()
        except Exception as error:  # noqa: BLE001 - already failing, and already reported as such
            log.debug("%s: could not be given back: %s", self.name, error)

    def _place(self, pin: int | None) -> str:
        return f"{self.name} (GPIO {pin})"

    def _extra(self, event: str) -> dict[str, str]:
        return {"EVENT": event, "COMPONENT": self.name}
