"""Told inside unit-lab: the unit's life under a real systemd, from READY to a wrong configuration."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.lab import unit_bench as unit


def main(folder: Path) -> None:
    """One boot, one unit, many ends."""
    unit.install(folder / "frames")
    told: dict[str, Any] = {"ready": ready(), "stopped": stopped()}
    began = time.monotonic()
    unit.run("systemctl", "start", unit.UNIT)
    unit.wait_held(began)
    told["killed"] = ended_by(lambda: unit.signal_main(signal.SIGKILL))
    told["frozen"] = ended_by(lambda: unit.signal_main(signal.SIGSTOP))
    told["hung"] = hung()
    told["misconfigured"] = misconfigured()
    told["journal"] = unit.journal()
    (folder / "told.json").write_text(json.dumps(told))


def ready() -> dict[str, Any]:
    """`systemctl start` of a notify unit returns only at READY=1."""
    began = time.monotonic()
    unit.run("systemctl", "start", unit.UNIT)
    took_s = time.monotonic() - began
    state = unit.show()
    unit.wait_held(began)
    return {"took_s": took_s, **state}


def stopped() -> dict[str, Any]:
    """An orderly stop under a standing hold."""
    began = time.monotonic()
    unit.run("systemctl", "stop", unit.UNIT)
    return {"took_s": time.monotonic() - began, "levels": unit.levels(began), **unit.show()}


def ended_by(end: Callable[[], float]) -> dict[str, Any]:
    """Something ends or freezes the process under a standing hold; systemd sees to the door and to a new process."""
    before = unit.show()
    ended_at = end()
    unit.until(lambda: unit.show()["NRestarts"] != before["NRestarts"], 20, "no restart")
    unit.until(lambda: unit.show()["ActiveState"] == "active", 30, "not ready again")
    active_at, new_at = time.monotonic(), unit.started_at()
    off = [level for level in unit.levels(ended_at) if level.at < new_at]
    unit.wait_held(new_at)  # the bike is still there
    return {
        "levels_before_restart": [(level.at - ended_at, level.level) for level in off],
        "new_process_s": new_at - ended_at,
        "ready_s": active_at - ended_at,
    }


def hung() -> dict[str, Any]:
    """Inference never returns: the hold falls for want of a fresh look, the watchdog ends the process."""
    unit.hang_plug_in()
    began = time.monotonic()
    unit.run("systemctl", "restart", unit.UNIT)
    unit.wait_held(began)

    def hang() -> float:
        at = time.monotonic()
        unit.HANG.touch()
        return at

    before = unit.main_pid()

    def hang_until_gone() -> float:
        at = hang()
        unit.until(lambda: unit.main_pid() != before, 20, "the watchdog does not act")
        unit.HANG.unlink()
        return at

    return ended_by(hang_until_gone)


def misconfigured() -> dict[str, Any]:
    """A wrong key: exit 78, no second try."""
    unit.run("systemctl", "stop", unit.UNIT)
    unit.write_config(relai={"driver": "gpio"})
    before = unit.show()["NRestarts"]
    refused = unit.run("systemctl", "start", unit.UNIT, check=False)
    unit.until(lambda: unit.show()["ActiveState"] == "failed", 20, "not failed")
    failed_at = unit.started_at()
    time.sleep(3.0)  # several times RestartSec: nothing may happen
    again = unit.started_at() != failed_at
    line = next(n for n, text in enumerate(unit.CONFIG.read_text().splitlines(), 1) if text.startswith("relai"))
    return {"refused": refused, "restarts_before": before, "started_again": again, "line": line, **unit.show()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
