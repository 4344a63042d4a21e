"""GPIO chips by label, straight through lgpio: no gpiozero, so that `safe` is quick in a fresh process."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge.core.errors import DeviceError


def _import_lgpio() -> Any:
    """Import lgpio inside a throw-away folder.

    On import it makes a named pipe in its working folder (a hardened unit's is read-only, and two processes in one
    folder take each other's pipe: joan2937/lg issues 12 and 22), and with LG_WD set it changes the folder of the whole
    process. Both ends of the pipe are open once the import returns, so its folder may go.
    """
    if "lgpio" in sys.modules:
        return sys.modules["lgpio"]
    here, before = os.getcwd(), os.environ.get("LG_WD")
    with tempfile.TemporaryDirectory(prefix="edge-gpio-") as folder:
        os.environ["LG_WD"] = folder
        try:
            import lgpio
        finally:
            os.chdir(here)
            if before is None:
                del os.environ["LG_WD"]
            else:
                os.environ["LG_WD"] = before
    return lgpio


lgpio = _import_lgpio()


def find_chip(label: str) -> int:
    """The number, today, of the GPIO chip labelled `label`. Raises DeviceError listing the labels that were found."""
    found: dict[str, int] = {}
    refused: list[str] = []
    for number in _chip_numbers():
        there = _label(number)
        if there is None:
            refused.append(f"/dev/gpiochip{number}")
        else:
            found.setdefault(there, number)
    if label not in found:
        raise DeviceError(_absent(label, sorted(found), refused))
    return found[label]


def drive_line(label: str, pin: int, level: bool) -> None:
    """Claim one line as an output that starts at `level`; it stays claimed until the process ends. Raises DeviceError
    for the chip, lgpio.error for the line."""
    lgpio.gpio_claim_output(lgpio.gpiochip_open(find_chip(label)), pin, int(level))


def _absent(label: str, found: list[str], refused: list[str]) -> str:
    text = f"gpio.chip: no GPIO chip is labelled {label!r}; found: {', '.join(found) or 'none'}."
    if refused:
        text += f" Not allowed to open {', '.join(refused)}: add the service's user to the group `gpio`."
    return text


def _chip_numbers() -> Iterator[int]:
    names = (re.fullmatch(r"gpiochip(\d+)", path.name) for path in Path("/dev").glob("gpiochip*"))
    return iter(sorted(int(name[1]) for name in names if name))


def _label(number: int) -> str | None:
    try:
        handle = lgpio.gpiochip_open(number)
    except lgpio.error:
        return None
    try:
        _, _, _, label = lgpio.gpio_get_chip_info(handle)
    finally:
        lgpio.gpiochip_close(handle)
    return str(label)
