"""The real elevator daemon as a process: simulated pins, our own clip, a real model."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from edge.cli.clip import empties
from elevator_node.node import NODE

CLIP = NODE.demo.clips / "ebike_visit"
HOLD_PIN, FIRE_PIN = 17, 22
LIMIT_S = 60.0


def empty_frames() -> list[Path]:
    """Our clip's frames of an empty car."""
    return empties(CLIP)


def bike_frames() -> list[Path]:
    """Our clip's frames in which the bike stands inside: the middle of the visit, where the model is surest."""
    lines = [json.loads(line) for line in (CLIP / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    shown = [CLIP / line["file"] for line in lines if line["boxes"]]
    return shown[len(shown) // 3 : 2 * len(shown) // 3]


def wait_for(what: str, condition: Callable[[], Any], limit_s: float = LIMIT_S) -> Any:
    """Poll until `condition` is true; returns what it gave. Raises TimeoutError saying what never came."""
    deadline = time.monotonic() + limit_s
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {limit_s:.0f} s for {what}")
        time.sleep(0.01)
    return found


@dataclass
class Elevator:
    """A daemon in `folder`. `changes` replace top-level keys of the demo's configuration."""

    folder: Path
    port: int
    frames: list[Path]
    fps: float = 10.0
    loop: bool = True
    changes: dict[str, Any] = field(default_factory=dict)
    site: dict[str, Any] = field(default_factory=dict)
    file_bytes_max: int | None = None
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        clip = self.folder / "clip"
        clip.mkdir(parents=True)
        for number, frame in enumerate(self.frames):
            (clip / f"{number:05d}.jpg").symlink_to(frame.resolve())
        options = yaml.safe_load(NODE.demo.config.read_text(encoding="utf-8"))
        options["camera"] = {"driver": "images", "path": "clip", "fps": self.fps, "loop": self.loop}
        options["voice"] = {"driver": "silent"}
        options["health"] = {"frozen_s": None}
        options["eye"] = {"picture_model": None}
        site = {"site": "test", "broker": {"host": "127.0.0.1", "port": self.port}} | self.site
        (self.folder / "site.yaml").write_text(yaml.safe_dump(site))
        self.config.write_text(yaml.safe_dump(options | self.changes, allow_unicode=True), encoding="utf-8")

    @property
    def config(self) -> Path:
        """Its YAML file."""
        return self.folder / "elevator.yaml"

    @property
    def log(self) -> str:
        """All it wrote to stderr, over all its starts."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> Elevator:
        """Start it (again)."""
        with (self.folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "elevator_node", "run", str(self.config)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        if self.file_bytes_max is not None:
            limit = (self.file_bytes_max, self.file_bytes_max)
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, limit)
        return self

    def ready(self) -> Elevator:
        """Start it and wait until it says that it runs."""
        count = self.log.count("[node.ready]") if (self.folder / "log").exists() else 0
        self.start()
        wait_for("the daemon to be ready", lambda: self.log.count("[node.ready]") > count)
        return self

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        """End it as systemd would; returns its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def line(self, pin: int = HOLD_PIN) -> bool | None:
        """The level of an output line as it was last driven; None when it was never claimed."""
        path = self.folder / "pins.jsonl"
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return next((bool(line["value"]) for line in reversed(lines) if line["pin"] == pin), None)

    def __enter__(self) -> Elevator:
        return self.ready()

    def __exit__(self, *_: object) -> None:
        assert self.process
        if self.process.poll() is None:
            self.stop()
