"""The numbers that shape a training run, and the plain arithmetic that follows from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """All numbers that shape the training. A run can only be resumed with those that it began with."""

    epochs: int = 10
    batch: int = 32
    rate: float = 3e-4
    """Peak learning rate of the body."""
    head_factor: float = 6.0
    """The head starts from nothing and learns that much faster."""
    weight_decay: float = 1e-3
    warmup: int = 60
    """Steps, at most a tenth of the run."""
    smoothing: float = 0.05
    balance: float = 0.7
    """Class weight = (samples / samples of the class) ^ balance, mean 1. 0: none."""
    average: float = 0.998
    """Share that the running average keeps at each step, once warm."""
    train_from: int = 5
    """First block of the body that learns: 0 all, 17 the head alone."""
    side: int = 256
    """Of the pictures, px; a multiple of 32. A device may use a larger one: see `export`."""
    cells: float = 0.5
    """Weight of the cells' loss beside the whole picture's."""
    seed: int = 0


def class_weights(counts: Sequence[int], balance: float) -> list[float]:
    """Weight of each class in the loss, mean 1. A class without samples counts as if it had one, and never comes."""
    total = sum(counts)
    raw = [(total / max(count, 1)) ** balance if count else 0.0 for count in counts]
    mean = sum(raw) / max(sum(1 for count in counts if count), 1)
    return [value / mean for value in raw]


def rate_factor(step: int, steps: int, warmup: int) -> float:
    """Of the peak learning rate: a linear start, then a cosine to zero over all `steps`."""
    warmup = min(warmup, max(1, steps // 10))
    return min(1.0, (step + 1) / warmup) * 0.5 * (1 + math.cos(math.pi * step / steps))


def average_share(step: int, target: float) -> float:
    """What the running average keeps at a step: little at first, so that the untrained start is soon forgotten."""
    return min(target, (1 + step) / (10 + step))
