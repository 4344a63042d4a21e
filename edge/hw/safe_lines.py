"""Output lines to their safe level from a fresh process. Imports next to nothing: a frozen node's door waits for it.

A step is plain JSON, made by a driver's `safe_steps`, so that it can be kept on disk and driven without configuration:
`{"driver": "lgpio", "chip": "pinctrl-bcm2711", "pin": 17, "level": 0}` or `{"driver": "sim", "trace": "…", …}`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from edge.core.errors import DeviceError

Step = Mapping[str, Any]


def drive(steps: Iterable[Step]) -> None:
    """Drive every line, also when one of them fails. Raises DeviceError naming those that failed."""
    failed = [f"{_place(step)}: {error}" for step in steps if (error := _drive(step))]
    if failed:
        raise DeviceError("not driven to their safe level: " + "; ".join(failed))


def _place(step: object) -> str:
    return f"GPIO {step['pin']}" if isinstance(step, Mapping) and "pin" in step else f"step {step!r}"


def _drive(step: Step) -> Exception | None:
    try:
        if step["driver"] == "lgpio":
            from edge.hw.gpio_chip import drive_line

            drive_line(str(step["chip"]), int(step["pin"]), bool(step["level"]))
        elif step["driver"] == "sim":
            if step["trace"]:  # a simulated line is what its trace says
                line = {"at": round(time.monotonic(), 6), "pin": int(step["pin"]), "value": int(step["level"])}
                with open(step["trace"], "a", encoding="utf-8") as trace:
                    trace.write(json.dumps(line) + "\n")
        else:
            return DeviceError(f"unknown driver {step['driver']!r}")
    except Exception as error:  # noqa: BLE001 - the other lines must be driven all the same; drive() reports it
        return error
    return None
