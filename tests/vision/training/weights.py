"""Weights of the network drawn at random, of the size that keeps signals alive: no package is needed for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from edge.vision.arrays import Tensor
from edge.vision.training.architecture import CELLS, CHANNELS, CONVOLUTIONS, FRAME
from edge.vision.training.dataset import TARGETS

ABOUT: dict[str, Any] = {
    "hyperparameters": {"epochs": 2, "side": 64},
    "classes": list(TARGETS),
    "samples": 1,
    "step": 1,
    "development": {"auc": 0.9},
}


def body(seed: int = 0) -> dict[str, Tensor]:
    """Of the body alone, as `pretrained.read_pretrained` gives them."""
    rng, found = np.random.default_rng(seed), {}
    for each in CONVOLUTIONS:
        spread = (2 / np.prod(each.shape[1:])) ** 0.5
        found[f"{each.name}.weight"] = rng.normal(0, spread, each.shape).astype(np.float32)
        found[f"{each.name}.bias"] = np.zeros(each.outputs, np.float32)
    return found


def drawn(seed: int = 0) -> dict[str, Tensor]:
    """Of body and head."""
    rng, classes = np.random.default_rng(seed), len(TARGETS)
    return body(seed) | {
        f"{CELLS}.weight": rng.normal(0, 0.02, (classes, CHANNELS, 1, 1)).astype(np.float32),
        f"{CELLS}.bias": rng.normal(0, 0.1, classes).astype(np.float32),
        f"{FRAME}.weight": rng.normal(0, 0.02, (classes, 2 * CHANNELS)).astype(np.float32),
        f"{FRAME}.bias": rng.normal(0, 0.1, classes).astype(np.float32),
    }
