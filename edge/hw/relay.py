"""Relays as leases: on only for as long as somebody keeps saying so.

The table of drivers. One whose hardware ends the pulse by itself (a Modbus board's flash-on) is one new file beside
`relay_gpio.py` and one row here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.core.clock import Clock
from edge.core.supervisor import Post, Worker
from edge.hw.gpio import GpioOptions
from edge.hw.relay_gpio import GpioRelayOptions, LeasedRelay, off_steps
from edge.hw.safe_lines import Step

if TYPE_CHECKING:
    from gpiozero import Factory

__all__ = ["LeasedRelay", "Relay", "RelayOptions", "open_relay", "safe_steps"]

RelayOptions = GpioRelayOptions  # the second driver makes this a union, told apart by `driver`


class Relay(Protocol):
    """What every relay driver gives."""

    def set(self, on: bool) -> bool:
        """Drive the output, renewing its lease when `on`; True when it really changed. Raises DeviceError."""

    def safe(self) -> None:
        """Off, now. Any number of times; never raises."""

    def worker(self) -> Worker:
        """Watches the lease."""

    def close(self) -> None:
        """Off, and the hardware given back. Never raises."""


def open_relay(name: str, options: RelayOptions, pins: Factory, clock: Clock, post: Post | None = None) -> LeasedRelay:
    """Open the relay that `options` names, off. A lease that runs out is posted as `Applied`. Raises DeviceError."""
    return LeasedRelay(name, options, pins, clock, post)


def safe_steps(options: RelayOptions, gpio: GpioOptions) -> list[Step]:
    """What `edge.hw.safe_lines` must drive for the relay to be off."""
    return off_steps(options, gpio)
