"""Lifts' configurations for calibration, and registries whose models can or cannot be calibrated."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import yaml

from edge.vision.models import Registry
from elevator_node.node import NODE
from tests.vision.scenes import registry_file

WIDTH = Registry.load()["ebike"].features or 0


def model_with_features(folder: Path) -> Path:
    """A registry of its own with the shipped model."""
    folder.mkdir(parents=True, exist_ok=True)
    return registry_file(folder)


def model_without_features(folder: Path) -> Path:
    """A registry whose model tells no features."""
    folder.mkdir(parents=True, exist_ok=True)
    outputs = [{"name": output.name, "shape": list(output.shape)} for output in Registry.load()["ebike"].outputs[:2]]
    return registry_file(folder, outputs=outputs)


def another_model(folder: Path) -> Path:
    """A registry whose model has another hash: the shipped file with a byte behind its end."""
    folder.mkdir(parents=True, exist_ok=True)
    data = Registry.load()["ebike"].path.read_bytes() + b"\n"
    (folder / "another.tflite").write_bytes(data)
    return registry_file(folder, file=str(folder / "another.tflite"), sha256=hashlib.sha256(data).hexdigest())


def node_file(folder: Path, registry: Path | None, **changes: Any) -> Path:
    """A lift's configuration in `folder` that names the registry; its state is kept in `folder/state`."""
    options = yaml.safe_load(NODE.demo.config.read_text(encoding="utf-8"))
    options["eye"] = {"picture_model": None} | ({"registry": str(registry)} if registry else {})
    path = folder / "elevator.yaml"
    path.write_text(yaml.safe_dump({**options, **changes}, allow_unicode=True), encoding="utf-8")
    return path
