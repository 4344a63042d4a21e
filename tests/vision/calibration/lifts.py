"""Lifts made of numbers: each group has its own direction of features and its own habit of the shared model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edge.vision.calibration.samples import Samples, joined

HABIT = {"empty": -5.0, "people": -4.0, "pram": 1.0, "wheelchair": 0.0, "bicycle": -1.0, "ebike": 2.0}
WIDTH = 96


def lift(
    seed: int, thing: int, pictures: int = 40, habit: Mapping[str, float] = HABIT, telling: float = 1.0
) -> Samples:
    """A recording of each group. `seed`: the lift; `thing`: which pram, bike …; `telling`: how far the features tell
    the groups apart (0: not at all)."""
    room, things = np.random.default_rng(seed), np.random.default_rng((seed, thing))
    parts = []
    for take, (name, mean) in enumerate(habit.items()):
        kind = telling * room.standard_normal(WIDTH)
        one = 0.6 * telling * things.standard_normal(WIDTH)
        drift = np.cumsum(things.standard_normal((pictures, WIDTH)), axis=0) * 0.05
        noise = 0.4 * things.standard_normal((pictures, WIDTH))
        base = mean + 1.2 * things.standard_normal(pictures)
        at_s = np.arange(pictures) * 0.4
        parts.append(Samples(base, 3 + kind + one + drift + noise, np.array([name] * pictures),
                             np.full(pictures, take), at_s))  # fmt: skip
    return joined(parts)


def scored(base: Mapping[str, list[float]]) -> Samples:
    """Logits by group, one recording each, without any features."""
    parts = [
        Samples(np.array(v), np.zeros((len(v), 1)), np.array([k] * len(v)), np.zeros(len(v), np.intp),
                np.arange(len(v)) * 0.4)
        for k, v in base.items()
    ]  # fmt: skip
    return joined(parts)
