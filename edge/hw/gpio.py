"""GPIO pins through gpiozero. The configuration names the driver; nothing is found by luck and nothing falls back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError, EdgeError
from edge.core.options import Options
from edge.core.supervisor import Worker
from edge.hw.sim.pins import SimOptions

if TYPE_CHECKING:  # gpiozero is a third of a second on a Pi: only those who open pins pay for it
    from gpiozero import Factory


class LgpioOptions(Options):
    """A real GPIO chip, chosen by its label: chip numbers differ between boards, kernels and boots."""

    driver: Literal["lgpio"]
    chip: str = Field(
        min_length=1,
        description="Label of the chip: pinctrl-rp1 on a Raspberry Pi 5, pinctrl-bcm2711 on a 4, "
        "pinctrl-bcm2835 on older ones (`gpiodetect` lists them)",
    )


GpioOptions = Annotated[LgpioOptions | SimOptions, Field(discriminator="driver")]


def open_pins(options: GpioOptions, clock: Clock) -> Factory:
    """The pin factory that `options` names, to be passed on explicitly; `Device.pin_factory` is never touched.

    Raises DeviceError when the library or the chip is missing, ConfigError when a simulated scenario is wrong.
    """
    with reported("gpio", "Check `gpio:` in the configuration."):
        if isinstance(options, SimOptions):
            from edge.hw.sim.mock import SimFactory

            return SimFactory(options, clock)
        from edge.hw.gpio_lgpio import open_chip

        return open_chip(options.chip)


def pin_workers(factory: Factory) -> Sequence[Worker]:
    """The workers that the pins need: the physics of simulated ones; none for real ones."""
    return tuple(getattr(factory, "workers", ()))


@contextmanager
def reported(place: str, cure: str) -> Iterator[None]:
    """Turn whatever the GPIO libraries raise into one DeviceError: `place: what went wrong. cure`, a full sentence."""
    try:
        yield
    except EdgeError:
        raise
    except ImportError as cause:
        raise DeviceError(f"{place}: {cause}. Install it: pip install 'edge-node[pi]'.") from cause
    except Exception as cause:
        if not isinstance(cause, _library_errors()):
            raise
        raise DeviceError(f"{place}: {getattr(cause, 'value', cause)}. {cure}") from cause


def _library_errors() -> tuple[type[Exception], ...]:
    import sys

    known: list[type[Exception]] = [OSError]
    for module, error in (("gpiozero", "GPIOZeroError"), ("lgpio", "error")):
        if module in sys.modules:
            known.append(getattr(sys.modules[module], error))
    return tuple(known)
