"""Scores pictures with a model, one line of JSON each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge.core.errors import FrameError
from edge.core.messages import Detection
from edge.vision import picture
from edge.vision.detector import Detector
from edge.vision.listing import Item, Problem


@dataclass(frozen=True)
class Result:
    """One picture's result. `score` (0–1): an electric bike is in it; `ms`: time in the model and around it."""

    item: Item
    score: float
    detections: tuple[Detection, ...]
    ms: float

    def json(self) -> dict[str, Any]:
        """The line of the JSONL file. A box is left, top, right, bottom as fractions of the picture."""
        return {
            "file": self.item.file,
            "score": round(self.score, 6),
            "detections": [
                {"label": d.label, "score": round(d.score, 4), "box": [round(side, 4) for side in d.box]}
                for d in self.detections
            ],
            "ms": round(self.ms, 3),
        }


def evaluate(items: Iterable[Item], root: Path, detector: Detector, flip: bool = False) -> Iterator[Result | Problem]:
    """One Result, or the Problem with it, for each item. `flip` averages the score with the mirrored picture's."""
    for item in items:
        try:
            image = picture.read(root / item.file)
        except FrameError as error:
            yield Problem(f"line {item.line}", str(error))
            continue
        detections = detector.detect(image)
        score, spent_ms = detector.ebike_score, detector.timing.total_ms
        if flip:
            detector.detect(np.asarray(cv2.flip(image, 1), np.uint8))
            score, spent_ms = (score + detector.ebike_score) / 2, spent_ms + detector.timing.total_ms
        yield Result(item, score, detections, spent_ms)
