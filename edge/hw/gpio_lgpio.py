"""The `lgpio` driver: gpiozero over the kernel's GPIO character device, with two of gpiozero's traps defused."""

from __future__ import annotations

from edge.hw.gpio_chip import find_chip, lgpio  # first: it imports lgpio as it must be imported, gpiozero does not

# isort: split
from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin


class SteadyPin(LGPIOPin):  # type: ignore[misc, unused-ignore] # gpiozero has no types
    """An output that never shows a level nobody asked for, and is left at its first (resting) level when closed.

    gpiozero claims an output low and then sets it, so an active-low relay would click at every start; and it closes a
    pin to a floating input.
    """

    _rest: bool | None = None

    def output_with_state(self, state: bool) -> None:
        """Claim the line as an output that starts at `state`."""
        self._rest = bool(state)
        lgpio.gpio_claim_output(self.factory._handle, self._number, int(self._rest))

    def close(self) -> None:
        if self._rest is None or self.factory._handle is None:
            super().close()
        elif self.function == "output":
            lgpio.gpio_write(self.factory._handle, self._number, int(self._rest))


def open_chip(label: str) -> LGPIOFactory:
    """A gpiozero factory on the chip labelled `label`. Raises DeviceError listing the labels that were found."""
    factory = LGPIOFactory(chip=find_chip(label))
    factory.pin_class = SteadyPin
    try:
        _ = factory.board_info  # gpiozero knows pins by the board: say now, not at the first pin, that it is unknown
    except Exception:
        factory.close()
        raise
    return factory
