"""Pictures drawn by code, files made for a test, and where the shared data lies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from edge.vision.arrays import Image
from edge.vision.models import SHIPPED

ROOT = Path(__file__).resolve().parents[2]


def shared(*parts: str) -> Path:
    """A file or folder of the shared data; skips the test where it is absent."""
    path = Path(os.environ.get("EDGE_SHARED", ROOT.parent / "shared")).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs the shared data ({'/'.join(parts)}); set EDGE_SHARED to its folder")
    return path


def car(width: int = 640, height: int = 480) -> Image:
    """An empty lift car: walls, floor, a panel."""
    image = np.full((height, width, 3), (168, 172, 176), np.uint8)
    cv2.rectangle(image, (0, height * 2 // 3), (width, height), (96, 92, 90), cv2.FILLED)
    cv2.rectangle(image, (width // 12, height // 4), (width // 7, height // 2), (60, 60, 64), cv2.FILLED)
    for x in range(0, width, max(1, width // 8)):
        cv2.line(image, (x, 0), (x, height * 2 // 3), (150, 154, 158), 2)
    return image


def bicycle(image: Image) -> Image:
    """A copy with a two-wheeler drawn large in the middle: two wheels, a frame, a saddle, a handle bar."""
    drawn = image.copy()
    height, width = drawn.shape[:2]
    unit = width / 10

    def at(x: float, y: float) -> tuple[int, int]:
        return round(width / 2 + x * unit), round(height * 0.62 + y * unit)

    thick = max(2, round(unit / 8))
    for x in (-2.2, 2.2):
        cv2.circle(drawn, at(x, 0), round(1.5 * unit), (20, 20, 20), thick, cv2.LINE_AA)
        for angle in np.linspace(0, np.pi, 8, endpoint=False):
            dx, dy = 1.5 * np.cos(angle), 1.5 * np.sin(angle)
            cv2.line(drawn, at(x - dx, -dy), at(x + dx, dy), (70, 70, 70), 1, cv2.LINE_AA)
    for a, b in (
        ((-2.2, 0), (-0.3, 0)),
        ((-0.3, 0), (-0.9, -2)),
        ((-2.2, 0), (-0.9, -1.7)),
        ((-0.9, -1.7), (1.6, -1.8)),
    ):
        cv2.line(drawn, at(*a), at(*b), (190, 30, 30), thick, cv2.LINE_AA)
    for a, b in (
        ((-0.3, 0), (1.6, -1.7)),
        ((2.2, 0), (1.5, -2.3)),
        ((1.5, -2.3), (2.1, -2.5)),
        ((-1.4, -2.1), (-0.5, -2.1)),
    ):
        cv2.line(drawn, at(*a), at(*b), (30, 30, 30), thick, cv2.LINE_AA)
    return drawn


def registry_file(folder: Path, name: str = "ebike", **changes: Any) -> Path:
    """A site's registry in `folder` with one shipped entry, its file and card named absolutely, changed as told."""
    models = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["models"]
    entry = next(model for model in models if model["name"] == name)
    entry["file"] = str(SHIPPED.parent / entry["file"])
    entry.update(changes)
    path = folder / "registry.yaml"
    path.write_text(yaml.safe_dump({"models": [entry]}), encoding="utf-8")
    return path
