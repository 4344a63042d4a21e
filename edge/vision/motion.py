"""A pure motion gate on small grey frames, so that a still lift car costs no inference.

A cell moves when it departs from the running picture of about the last second by more than a fixed step plus what is
usual noise there. Before that the frame is scaled to the running picture's median brightness, so that lamp flicker and
automatic exposure, which move all cells together, do not count. What stands still is absorbed, whatever it is: the gate
speaks of motion, not of presence.
"""

from __future__ import annotations

import math
from typing import Annotated

import cv2
import numpy as np
from pydantic import Field

from edge.core.options import Options, Seconds
from edge.vision.arrays import Image, Tensor

WIDTH, HEIGHT = 64, 48


class MotionOptions(Options):
    """`min_step` is in grey levels (0–255), `min_area` the share of the frame that must move."""

    min_step: Annotated[float, Field(ge=2, le=100)] = 10.0
    min_area: Annotated[float, Field(gt=0, le=0.5)] = 0.006
    linger_s: Seconds = 3.0
    memory_s: Seconds = 1.0
    noise_memory_s: Seconds = 10.0
    noise_factor: Annotated[float, Field(ge=0, le=10)] = 4.0
    max_noise: Annotated[float, Field(ge=0, le=20)] = 4.0


def small_gray(image: Image) -> Image:
    """A picture (H×W×3 RGB) as 48×64 grey levels, each the average of its patch."""
    return np.asarray(
        cv2.cvtColor(cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY), np.uint8
    )


class Gate:
    """Opens on motion and for `linger_s` after it; open for the first frame too, for nothing is known before it."""

    def __init__(self, options: MotionOptions) -> None:
        self._options = options
        self._usual: Tensor | None = None
        self._noise: Tensor | None = None
        self._at = 0.0
        self._moved_at = -math.inf
        self.moving_share = 0.0
        """Share of the last frame's cells that moved, 0–1: for aiming and tuning."""

    def forget(self) -> None:
        """Start anew, open: what was usual before is of no use."""
        self._usual = None

    def update(self, gray: Image, at: float) -> bool:
        """Take a small grey frame of time `at` (monotonic seconds); True while the gate is open."""
        frame = gray.astype(np.float32)
        if self._usual is None or self._noise is None or self._usual.shape != frame.shape:
            self._usual, self._noise = frame, np.full_like(frame, 1.0)
            self._at = self._moved_at = at
            return True
        options, elapsed = self._options, max(0.0, at - self._at)
        self._at = at
        level, usual_level = float(np.median(frame)), float(np.median(self._usual))
        if level > 0 and usual_level > 0:
            frame *= usual_level / level
        change = np.abs(frame - self._usual)
        moving = change > options.min_step + options.noise_factor * self._noise
        self.moving_share = float(moving.mean())
        if self.moving_share >= options.min_area:
            self._moved_at = at
        # Noise is learnt up to `max_noise` only: long motion must not teach the gate to overlook motion.
        np.minimum(change, options.max_noise, out=change)
        self._noise += (1 - math.exp(-elapsed / options.noise_memory_s)) * (change - self._noise)
        self._usual += (1 - math.exp(-elapsed / options.memory_s)) * (frame - self._usual)
        return at - self._moved_at <= options.linger_s
