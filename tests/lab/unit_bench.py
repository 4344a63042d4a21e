"""The unit as an installer puts it in place, inside unit-lab: only the program behind /opt/edge is this checkout's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.lab.lab import REPO, visible

UNIT = "elevator-node.service"
HOLD = 17
CONFIG = Path("/etc/edge/elevator.yaml")
TRACE = Path("/var/lib/edge/elevator/pins.jsonl")
HANG = Path("/run/edge-lab-hang")
DROP_INS = Path(f"/etc/systemd/system/{UNIT}.d")


class Level(NamedTuple):
    """The hold pin was driven: monotonic seconds, level."""

    at: float
    level: int


def install(frames: Path) -> None:
    """What systemd/README.md says, with a program folder that leads to this Python and this checkout."""
    run("systemd-sysusers", str(REPO / "systemd" / "edge.sysusers"))
    for unit in (UNIT, "edge.target"):
        shutil.copy(REPO / "systemd" / unit, "/etc/systemd/system")
    program = Path("/opt/edge/bin/elevator-node")
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m elevator_node "$@"\n')
    program.chmod(0o755)
    DROP_INS.mkdir()
    # The unit hides /home and /tmp; a checkout or a virtual environment may lie there.
    shown = "".join(f"BindReadOnlyPaths={path}\n" for path in visible())
    (DROP_INS / "lab.conf").write_text(f"[Service]\nProtectHome=tmpfs\n{shown}")
    shutil.copytree(frames, "/etc/edge/frames")
    write_config()
    for path in (Path("/etc/edge"), *Path("/etc/edge").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    run("systemctl", "daemon-reload")


def write_config(**wrong: Any) -> None:
    """Simulated pins with a trace, pictures of a bike, a real voice on ALSA's null device; `wrong`: added as it is."""
    prompts = {"leave": {"text": "请将电动车推出电梯。"}, "staff": {"text": "物业人员正在赶来。"}}
    config = {
        "node": "elevator",
        "device": "elevator-lab",
        "site": "site.yaml",
        "state_dir": "/var/lib/edge/elevator",
        "gpio": {"driver": "sim", "trace": str(TRACE)},
        "camera": {"driver": "images", "path": "frames/ebike", "fps": 5},
        "classes": {"blocking": {"ebike": {"credible": 0.35, "confirm": 0.4}}},
        "relay": {"driver": "gpio", "pin": HOLD},
        "inputs": {"fire": {"pin": 22, "normally": "open"}, "inspection": None},
        "voice": {"driver": "aplay", "device": "null", "prompts": prompts},
        **wrong,
    }
    CONFIG.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
    site = {"site": "lab", "broker": {"host": "127.0.0.1", "port": 9}}
    CONFIG.with_name("site.yaml").write_text(yaml.safe_dump(site))


def hang_plug_in() -> None:
    """Let inference hang while HANG exists."""
    plug_in = f"[Service]\nEnvironment=PYTHONPATH={REPO}/tests/lab/hang EDGE_LAB_HANG={HANG}\n"
    (DROP_INS / "hang.conf").write_text(plug_in)
    run("systemctl", "daemon-reload")


def run(*command: str, check: bool = True) -> str:
    """A command's output; its error ends the story."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        journal = subprocess.run(["journalctl", "-u", UNIT, "-n", "40", "--no-pager"], capture_output=True, text=True)
        raise SystemExit(f"{command}: exit {done.returncode}: {done.stderr}\n{journal.stdout}")
    return done.stdout


def show() -> dict[str, str]:
    """The unit's properties that the story needs."""
    names = "ActiveState,SubState,Type,MainPID,NRestarts,Result,ExecMainStatus,ExecMainStartTimestampMonotonic,User"
    lines = run("systemctl", "show", UNIT, "-p", names).splitlines()
    return dict(line.split("=", 1) for line in lines)


def started_at() -> float:
    """Monotonic seconds at which the present (or last) main process was started."""
    return int(show()["ExecMainStartTimestampMonotonic"]) / 1e6


def levels(since: float = 0.0) -> list[Level]:
    """What the hold pin was driven to."""
    if not TRACE.exists():
        return []
    lines = [json.loads(line) for line in TRACE.read_text().splitlines()]
    return [Level(line["at"], line["value"]) for line in lines if line["pin"] == HOLD and line["at"] >= since]


def journal() -> list[dict[str, Any]]:
    """Every entry of and about the unit."""
    said = run("journalctl", "--sync", check=False) + run("journalctl", "-u", UNIT, "-o", "json", "--no-pager")
    return [json.loads(line) for line in said.splitlines()]


def wait_held(since: float) -> None:
    """Until the door is held after `since`."""
    until(lambda: any(level.level for level in levels(since)), 30, "the door is not held")


def until(condition: Any, within_s: float, what: str) -> None:
    """Wait, or end the story."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what}: {show()}\n" + run("journalctl", "-u", UNIT, "-n", "60", "--no-pager"))
        time.sleep(0.02)


def main_pid() -> int:
    """The running main process."""
    return int(show()["MainPID"])


def signal_main(number: int) -> float:
    """Signal the main process; returns the time just before."""
    at = time.monotonic()
    os.kill(main_pid(), number)
    return at
