"""How this process and its machine are, for the `health` topic."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from edge.core.clock import Clock
from edge.wire.outbox import Outbox
from edge.wire.reader import Reader

THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")


def health(outbox: Outbox, reader: Reader, clock: Clock) -> dict[str, Any]:
    """Queue depth by priority, what was dropped since the start, clock quality, memory, temperature if there is one."""
    depth = reader.depth()
    report: dict[str, Any] = {
        "queue": {"prio_0": depth.events[0], "prio_1": depth.events[1], "prio_2": depth.events[2]},
        "images": depth.images,
        "held": depth.held,
        "dropped": dict(outbox.dropped),
        "seq": outbox.last_seq,
        "clockq": clock.quality(),
        "rss_mib": round(rss_bytes() / 1024**2, 1),
    }
    if (celsius := temperature_celsius()) is not None:
        report["temperature_c"] = celsius
    return report


def rss_bytes() -> int:
    """Resident memory of this process (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def temperature_celsius(path: Path = THERMAL) -> float | None:
    """Of the processor; None on a machine without a sensor."""
    try:
        return round(int(path.read_text()) / 1000, 1)
    except (OSError, ValueError):
        return None
