"""Pins by name and label: what is configured or an error, never something else."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from edge.core.clock import ManualClock
from edge.core.errors import DeviceError
from edge.hw.gpio import GpioOptions, LgpioOptions, open_pins, pin_workers, reported
from tests.hw.support import sim_pins

CHIPS = {0: "pinctrl-bcm2711", 1: "brcmvirt-gpio", 3: "raspberrypi-exp-gpio"}


def test_the_driver_key_chooses_and_nothing_else_does() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(GpioOptions)
    assert adapter.validate_python({"driver": "lgpio", "chip": "pinctrl-rp1"}) == LgpioOptions(
        driver="lgpio", chip="pinctrl-rp1"
    )
    for wrong in ({}, {"driver": "rpigpio"}, {"driver": "lgpio"}, {"driver": "sim", "chip": "x"}):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


def test_the_global_pin_factory_stays_untouched() -> None:
    from gpiozero import Device

    pins = sim_pins(ManualClock())
    assert Device.pin_factory is None
    assert pin_workers(pins) == ()
    pins.close()


def test_options_load_without_the_gpio_libraries() -> None:
    code = (
        "import edge.hw.relay, edge.hw.contact, edge.hw.speaker, edge.hw.camera, sys;"
        "print([m for m in ('gpiozero', 'lgpio', 'numpy', 'cv2', 'serial') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(DeviceError, match=r"pip install 'edge-node\[pi\]'"), reported("gpio", "x"):
        importlib.import_module("no_such_gpio_library")


def test_a_foreign_error_is_not_dressed_up() -> None:
    with pytest.raises(KeyError), reported("gpio", "x"):
        raise KeyError("a bug of ours")


@pytest.fixture
def chips(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The lgpio driver with chips as a Pi 4 has them."""
    pytest.importorskip("lgpio")
    from edge.hw import gpio_chip

    real_error = gpio_chip.lgpio.error

    def opened(number: int) -> int:
        if number not in CHIPS:
            raise real_error("can not open gpiochip")
        return number

    fake = SimpleNamespace(
        error=real_error,
        gpiochip_open=opened,
        gpiochip_close=lambda handle: 0,
        gpio_get_chip_info=lambda handle: [0, 54, f"gpiochip{handle}", CHIPS[handle]],
    )
    monkeypatch.setattr(gpio_chip, "lgpio", fake)
    monkeypatch.setattr(gpio_chip, "_chip_numbers", lambda: iter([0, 1, 2, 3]))
    return gpio_chip


def test_an_unknown_label_lists_those_found(chips: Any) -> None:
    with pytest.raises(DeviceError) as caught:
        open_pins(LgpioOptions(driver="lgpio", chip="pinctrl-rp1"), ManualClock())
    text = str(caught.value)
    assert "no GPIO chip is labelled 'pinctrl-rp1'" in text
    assert all(label in text for label in CHIPS.values())
    assert "/dev/gpiochip2" in text
    assert "group `gpio`" in text


def test_the_chip_is_opened_by_the_number_behind_its_label(chips: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from edge.hw import gpio_lgpio

    opened: list[int] = []

    class Factory:
        board_info = "a board"

        def __init__(self, chip: int) -> None:
            opened.append(chip)

    monkeypatch.setattr(gpio_lgpio, "LGPIOFactory", Factory)
    factory: Any = open_pins(LgpioOptions(driver="lgpio", chip="raspberrypi-exp-gpio"), ManualClock())
    assert opened == [3]
    assert factory.pin_class is gpio_lgpio.SteadyPin


def test_importing_lgpio_leaves_no_pipe_and_the_working_folder_alone(tmp_path: Any) -> None:
    pytest.importorskip("lgpio")
    code = "import edge.hw.gpio_lgpio, os; print(os.getcwd(), os.environ.get('LG_WD'))"
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "TMPDIR": str(tmp_path / "t")}
    (tmp_path / "t").mkdir()
    environment.pop("LG_WD", None)
    work = tmp_path / "w"
    work.mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=work, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(work), "None"]
    assert list(tmp_path.rglob("*lgd*")) == []
    assert list((tmp_path / "t").iterdir()) == []


def test_without_a_gpio_chip_the_error_says_none() -> None:
    pytest.importorskip("lgpio")
    if os.path.exists("/dev/gpiochip0"):
        pytest.skip("this machine has a GPIO chip")
    with pytest.raises(DeviceError, match="found: none"):
        open_pins(LgpioOptions(driver="lgpio", chip="pinctrl-rp1"), ManualClock())
