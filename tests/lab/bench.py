"""A lift on the bench, inside gpio-lab: lines driven and watched from outside, the camera, the real daemon."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HOLD, HEART, FIRE, INSPECTION = 17, 27, 22, 23
FPS = 5.0
SETTLE_S = 0.5
WATCH_S = 0.001
GAP_S = 0.006  # the watcher goes before everything in here: where it looked later than this, the lab itself stood still
LOST_S, LOST_SHARE = 0.02, 0.2  # of a measurement: more, and it says nothing of the product
CLOSED, OPEN = "pull-down", "pull-up"  # a contact to ground; the node's own pull-up stands for the open circuit


class Edge(NamedTuple):
    """A line changed: monotonic seconds, as seen by the watcher (which looks every 1 to 3 ms)."""

    at: float
    pin: int
    level: int


class Lines:
    """The chip's lines from outside: contacts drive inputs, a watcher notes every edge of the outputs."""

    def __init__(self) -> None:
        self._sim = Path(os.environ["GPIO_SIM"])
        self.edges: list[Edge] = []
        self._gaps: list[tuple[float, float]] = []
        self._watched = {pin: os.open(self._sim / f"sim_gpio{pin}" / "value", os.O_RDONLY) for pin in (HOLD, HEART)}
        self._levels = {pin: self._read(fd) for pin, fd in self._watched.items()}
        _first_in_line()
        threading.Thread(target=self._watch, daemon=True).start()

    def pull(self, pin: int, level: str) -> float:
        """The outside world pulls a line; returns the monotonic time just before."""
        path = self._sim / f"sim_gpio{pin}" / "pull"
        at = time.monotonic()
        path.write_text(level)
        return at

    def level(self, pin: int) -> int:
        """The level now."""
        return self._read(self._watched[pin])

    def until(self, pin: int, level: int, since: float, within_s: float) -> float | None:
        """When the line was first seen at `level` after `since`; None when that did not happen in time."""
        deadline = since + within_s
        while True:
            for edge in reversed(tuple(self.edges)):
                if edge.at < since:
                    break
                if edge.pin == pin and edge.level == level:
                    return min(e.at for e in self.edges if e.pin == pin and e.level == level and e.at >= since)
            if time.monotonic() > deadline:
                return None
            time.sleep(0.002)

    def between(self, pin: int, start: float, end: float) -> list[Edge]:
        """The edges of a line in a span of time."""
        return [edge for edge in self.edges if edge.pin == pin and start <= edge.at <= end]

    def steady(self, start: float, end: float) -> bool:
        """Whether the machine let the lab run in a span of time: else what was measured in it says nothing."""
        lost_s = sum(min(end, to) - max(start, since) for since, to in self._gaps if since < end and to > start)
        return lost_s <= max(LOST_S, LOST_SHARE * (end - start))

    def lost_s(self) -> float:
        """How long the lab stood still so far."""
        return sum(to - since for since, to in self._gaps)

    def _watch(self) -> None:
        _first_in_line()
        looked_at = time.monotonic()
        while True:
            before, looked_at = looked_at, time.monotonic()
            if looked_at - before > GAP_S:
                self._gaps.append((before, looked_at))
            for pin, fd in self._watched.items():
                level = self._read(fd)
                if level != self._levels[pin]:
                    self._levels[pin] = level
                    self.edges.append(Edge(time.monotonic(), pin, level))
            time.sleep(WATCH_S)

    @staticmethod
    def _read(fd: int) -> int:
        return int(os.pread(fd, 2, 0).strip() or b"0")


def _first_in_line() -> None:
    """This thread, but none that it starts, runs whenever it wants: the bench must not add to what it measures."""
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(10))


class Camera:
    """The writer process behind the pipe."""

    def __init__(self, frames: Path, scratch: Path) -> None:
        self.pipe, self._scene, self._log = scratch / "camera", scratch / "scene", scratch / "camera.log"
        os.mkfifo(self.pipe)
        self.show("empty")
        here = Path(__file__).with_name("camera.py")
        files = [self.pipe, frames, self._scene, self._log]
        self.process = subprocess.Popen([sys.executable, "-S", str(here), *map(str, files), str(FPS)])

    def show(self, scene: str) -> float:
        """Change the scene; returns the time just before."""
        at = time.monotonic()
        new = self._scene.with_suffix(".new")
        new.write_text(scene)
        new.replace(self._scene)
        return at

    def shown(self, scene: str, since: float) -> list[float]:
        """When pictures of a scene were written to the pipe."""
        lines = (line.split() for line in self._log.read_text().splitlines())
        return [float(at) for at, name in lines if name == scene and float(at) >= since]


class Daemon:
    """`elevator-node run`, the real one."""

    def __init__(self, config: Path, log: Path) -> None:
        self._log, self._config = log, config
        with log.open("ab") as out:
            self._said_before = log.stat().st_size
            self.process = subprocess.Popen(command("run", config), stdout=out, stderr=out)
        self.started_at = time.monotonic()

    def wait_ready(self) -> float:
        """Until it runs; returns how long that took, s."""
        wait_for(lambda: "[node.ready]" in self.said() or self.process.poll() is not None, 60)
        assert "[node.ready]" in self.said(), self.said()
        return time.monotonic() - self.started_at

    def said(self) -> str:
        """Its log since the start."""
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode(errors="replace")

    def signal(self, number: signal.Signals) -> float:
        """Send a signal; returns the time just before."""
        at = time.monotonic()
        self.process.send_signal(number)
        return at


def scratch_folder() -> Path:
    """Memory of the lab. Not the shared folder: a sync there stops the whole small kernel, not only the thread."""
    return Path(os.environ["TMPDIR"])


@contextmanager
def told_in(folder: Path, scratch: Path) -> Iterator[dict[str, Any]]:
    """A dictionary to tell the story in; it and the logs are left in `folder`, whatever happens."""
    told: dict[str, Any] = {}
    try:
        yield told
    finally:
        for log in scratch.glob("*.log"):
            shutil.copy(log, folder)
        (folder / "told.json").write_text(json.dumps(told))


def command(verb: str, config: Path) -> list[str]:
    """The daemon's command line with this Python."""
    return [sys.executable, "-m", "elevator_node", verb, str(config)]


def wait_for(condition: Callable[[], Any], within_s: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


def write_config(folder: Path, pipe: Path, broker_port: int, **hold: float) -> Path:
    """The lift's configuration on this bench: everything real but the picture's origin and the loudspeaker."""
    (folder / "site.yaml").write_text(
        yaml.safe_dump({"site": "lab", "broker": {"host": "127.0.0.1", "port": broker_port}, "audience": ["property"]})
    )
    config = {
        "node": "elevator",
        "device": "elevator-lab",
        "site": "site.yaml",
        "state_dir": "state",
        "gpio": {"driver": "lgpio", "chip": "pinctrl-bcm2711"},
        "camera": {"driver": "video", "path": str(pipe)},
        "eye": {"threads": 1, "picture_model": None},  # one slow processor is all there is in here
        "classes": {"blocking": {"ebike": {"credible": 0.35, "confirm": 0.4}}},
        "hold": {"input_settle_s": SETTLE_S, **hold},
        "relay": {"driver": "gpio", "pin": HOLD, "heartbeat_pin": HEART},
        "inputs": {
            "fire": {"pin": FIRE, "normally": "closed"},
            "inspection": {"pin": INSPECTION, "normally": "closed"},
        },
        "voice": {"driver": "silent"},
    }
    path = folder / "elevator.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return path
