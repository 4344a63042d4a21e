"""A hand over the lens: out of focus, it slides in from the side, stays, and is taken away."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

SLIDE_S = 0.6
SOFT = 0.35  # width of the hand's blurred edge, in pictures


def cover_share(at_s: float, cover_s: tuple[float, float] | None) -> float:
    """How much of the lens is covered, 0 to 1, `at_s` seconds after the start."""
    if cover_s is None:
        return 0.0
    start, end = cover_s
    return max(0.0, min(1.0, (at_s - start) / SLIDE_S, (end - at_s) / SLIDE_S))


def cover(png: Path, to: Path, share: float, rng: Random) -> None:
    """Write the picture `png` with `share` of it behind the hand to `to`; the hand is the same for the same dice."""
    with Image.open(png) as clean:
        light = np.asarray(clean.convert("RGB"), dtype=np.float32)
    high, wide, _ = light.shape
    y, x = np.mgrid[0.0 : 1.0 : high * 1j, 0.0 : 1.0 : wide * 1j]
    glow = 0.75 + 0.35 * x + rng.uniform(-0.2, 0.2) * y  # skin lets some of the car's light through
    fingers = 1.0 + 0.06 * np.sin(2.0 * np.pi * (2.5 * y + rng.random()))
    skin = np.array((92.0, 58.0, 44.0)) * rng.uniform(0.8, 1.1)
    hand = (glow * fingers)[..., None] * skin
    edge = 1.0 + SOFT - share * (1.0 + 2.0 * SOFT)  # comes from the right
    mask = np.clip((x - edge) / SOFT + 0.5, 0.0, 1.0)[..., None]
    Image.fromarray((light * (1.0 - mask) + hand * mask).clip(0, 255).astype(np.uint8)).save(to)
