"""Told inside gpio-lab, without any broker: inputs beat the hold, and whatever stops frees the door."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.lab.bench import (
    CLOSED,
    FIRE,
    HEART,
    HOLD,
    INSPECTION,
    OPEN,
    Camera,
    Daemon,
    Lines,
    command,
    scratch_folder,
    told_in,
    write_config,
)

PRESSES = 10
ON_WITHIN_S = 20.0
BOUNCE_S = 0.003


def main(folder: Path) -> None:
    """One daemon from its start to its violent end."""
    lines, scratch = Lines(), scratch_folder()
    camera = Camera(folder / "frames", scratch)
    config = write_config(scratch, camera.pipe, broker_port=9)  # nobody listens there
    with told_in(folder, scratch) as told:
        daemon = Daemon(config, scratch / "daemon.log")
        told["ready_s"] = daemon.wait_ready()
        lines.pull(
            INSPECTION, CLOSED
        )  # once the daemon claimed it: gpio-sim lets the last pull win, the node's own too
        told["never_normal"] = never_normal(lines, camera)
        told["fire"] = presses(lines, FIRE, PRESSES)
        told["inspection"] = presses(lines, INSPECTION, PRESSES // 2)
        told["camera_stopped"] = camera_stopped(lines, camera)
        told["frozen"] = frozen(lines, daemon)
        told["killed"] = killed(lines, daemon)
        told["safe"] = made_safe(lines, config)
        told["stood_still_s"] = lines.lost_s()
    camera.process.kill()


def never_normal(lines: Lines, camera: Camera) -> dict[str, Any]:
    """The fire wire was never connected, only the node's own pull-up is there: a bike does not hold the door. Once the
    contact closes, the same bike does."""
    since = camera.show("ebike")
    while len(camera.shown("ebike", since)) < 15:
        time.sleep(0.05)
    withheld = lines.between(HOLD, 0.0, time.monotonic())
    closed_at = lines.pull(FIRE, CLOSED)
    on_at = lines.until(HOLD, 1, closed_at, ON_WITHIN_S)
    return {
        "bike_frames": len(camera.shown("ebike", since)),
        "edges_while_open": withheld,
        "on_after_s": on_at and on_at - closed_at,
    }


def presses(lines: Lines, pin: int, count: int) -> dict[str, Any]:
    """Open a normally closed contact under a standing hold (every second time with bounce); ms until the hold is off.

    The moments are spread over the frame interval, so that some meet an inference in full swing. A press during which
    the lab stood still is made again.
    """
    off_ms: list[float | None] = []
    again = 0
    while len(off_ms) < count and again < 2 * count:
        _settle_held(lines)
        time.sleep(0.31 + 0.2 * len(off_ms) / count)
        opened_at = lines.pull(pin, OPEN)
        if len(off_ms) % 2:
            for level in (CLOSED, OPEN):
                time.sleep(BOUNCE_S)
                lines.pull(pin, level)
        off_at = lines.until(HOLD, 0, opened_at, 5.0)
        steady = off_at is None or lines.steady(opened_at, off_at)
        time.sleep(0.3)
        back = lines.level(HOLD)  # a bounce must not bring the hold back
        lines.pull(pin, CLOSED)
        if steady:
            off_ms.append(None if off_at is None or back else (off_at - opened_at) * 1000)
        else:
            again += 1
    return {"off_ms": off_ms, "made_again": again}


def camera_stopped(lines: Lines, camera: Camera) -> dict[str, Any]:
    """SIGSTOP of the camera's process: no fresh frame. Then it goes on, and so does the hold."""
    _settle_held(lines)
    stopped_at = time.monotonic()
    camera.process.send_signal(signal.SIGSTOP)
    off_at = lines.until(HOLD, 0, stopped_at, 10.0)
    resumed_at = time.monotonic()
    camera.process.send_signal(signal.SIGCONT)
    on_at = lines.until(HOLD, 1, resumed_at, ON_WITHIN_S)
    return {"off_s": off_at and off_at - stopped_at, "on_again_s": on_at and on_at - resumed_at}


def frozen(lines: Lines, daemon: Daemon) -> dict[str, Any]:
    """SIGSTOP of the whole daemon: its lease thread is frozen too, so the line stays (systemd's watchdog is told of in
    unit_story); the heartbeat stops, which is what an external one-shot acts on."""
    _settle_held(lines)
    time.sleep(1.0)
    beating = len(lines.between(HEART, time.monotonic() - 1.0, time.monotonic()))
    stopped_at = daemon.signal(signal.SIGSTOP)
    time.sleep(2.0)
    after = lines.between(HEART, stopped_at, time.monotonic())
    held = lines.level(HOLD)
    resumed_at = daemon.signal(signal.SIGCONT)
    off_at = lines.until(HOLD, 0, resumed_at, 5.0)
    return {
        "beats_before": beating,
        "last_beat_s": max((edge.at - stopped_at for edge in after), default=0.0),
        "line_while_frozen": held,
        "dropped_after_waking_s": off_at and off_at - resumed_at,
    }


def killed(lines: Lines, daemon: Daemon) -> dict[str, Any]:
    """`kill -9` under a standing hold, nobody there to help: what this kernel does with a line nobody owns."""
    _settle_held(lines)
    killed_at = daemon.signal(signal.SIGKILL)
    off_at = lines.until(HOLD, 0, killed_at, 10.0)
    daemon.process.wait()
    return {"off_s": off_at and off_at - killed_at}


def made_safe(lines: Lines, config: Path) -> dict[str, Any]:
    """A kernel that keeps a dead process's line at its last level (Raspberry Pi's), played by a pull-up on the hold
    line: the fresh process of ExecStopPost must drive it off."""
    lines.pull(HOLD, OPEN)
    stuck = lines.level(HOLD)
    started_at = time.monotonic()
    done = subprocess.run(command("safe", config), capture_output=True, text=True, check=False)
    off_at = lines.until(HOLD, 0, started_at, 1.0)
    return {
        "stuck_level": stuck,
        "exit": done.returncode,
        "said": done.stderr,
        "off_s": off_at and off_at - started_at,
        "took_s": time.monotonic() - started_at,
    }


def _settle_held(lines: Lines) -> None:
    """Until the door is held; the story cannot go on otherwise."""
    since = time.monotonic()
    while not lines.level(HOLD):
        if time.monotonic() - since > ON_WITHIN_S:
            raise SystemExit("the hold does not come back")
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
