"""Pictures of a car with an electric bike and of an empty one, as the project's own model sees them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge.vision.detector import Detector
from edge.vision.models import Registry
from elevator_node.node import NODE

VARIANTS = 5  # sensor noise, so that a standing scene is not taken for a frozen camera
SURE = 0.5
EVERY = 3


def lay_out(folder: Path) -> None:
    """Write `ebike/0.jpg`… and `empty/0.jpg`…: the clip's clearest pictures, with noise, each checked by the model.

    `EDGE_LAB_CLIP` names another clip folder (with a labels.jsonl) than the demo's.
    """
    clip = Path(os.environ.get("EDGE_LAB_CLIP", NODE.demo.clips / "ebike_visit"))
    if not (clip / "labels.jsonl").exists():
        pytest.skip(f"no clip to play: {clip}/labels.jsonl is absent")
    lines = [json.loads(line) for line in (clip / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    detector = Detector(Registry.load()["ebike"], threads=1)
    with_bike = [line["file"] for line in lines if any(box[0] == "ebike" for box in line["boxes"])][::EVERY]
    without = [line["file"] for line in lines if not line["boxes"]][::EVERY]
    scored = {file: _score(detector, cv2.imread(str(clip / file))) for file in (*with_bike, *without)}
    best, emptiest = max(with_bike, key=scored.__getitem__), min(without, key=scored.__getitem__)
    assert scored[best] >= SURE, f"no frame of {clip} shows the model an electric bike (best {scored[best]:.2f})"
    for name, file in (("ebike", best), ("empty", emptiest)):
        _vary(detector, clip / file, folder / name, name == "ebike")


def _vary(detector: Detector, picture: Path, folder: Path, bike: bool) -> None:
    folder.mkdir(parents=True)
    image, noise = cv2.imread(str(picture)), np.random.default_rng(1)
    for number in range(VARIANTS):
        noisy = np.clip(image + noise.normal(0, 2.0, image.shape), 0, 255).astype(np.uint8)
        file = folder / f"{number}.jpg"
        cv2.imwrite(str(file), noisy, [cv2.IMWRITE_JPEG_QUALITY, 80])
        score = _score(detector, cv2.imread(str(file)))
        assert (score >= SURE - 0.05) if bike else (score < 0.3), f"{picture} with noise scores {score:.2f}"


def _score(detector: Detector, image: NDArray[Any]) -> float:
    detector.detect(np.ascontiguousarray(image[:, :, ::-1]))
    return detector.ebike_score
