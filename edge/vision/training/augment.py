"""What a change of a training picture is, and how changes are strung together.

A step is a pure function (image, boxes, rng) → (image, boxes): height × width × 3 RGB in, the same out in any size;
it draws only from `rng` and never writes into its input. Boxes move exactly: the new one is the smallest
upright box round the old one, cut at the picture's edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge.vision.arrays import Image
from edge.vision.training.dataset import Box, Boxes

Rng = np.random.Generator
Step = Callable[[Image, Boxes, Rng], tuple[Image, Boxes]]

LEAST_VISIBLE = 0.25
"""A box of which a smaller share stays in the picture is dropped."""


@dataclass(frozen=True)
class Maybe:
    """A step that is taken with a probability of `share`."""

    share: float
    step: Step

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Draws first, so that the same seed decides the same."""
        return self.step(image, boxes, rng) if rng.random() < self.share else (image, boxes)


@dataclass(frozen=True)
class OneOf:
    """One of several steps, each as likely as the others."""

    steps: tuple[Step, ...]

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Draws and takes it."""
        return self.steps[rng.integers(len(self.steps))](image, boxes, rng)


@dataclass(frozen=True)
class Chain:
    """Steps one after the other."""

    steps: tuple[Step, ...]

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Takes them all."""
        for step in self.steps:
            image, boxes = step(image, boxes, rng)
        return image, boxes


def in_view(boxes: Boxes, least: float = LEAST_VISIBLE) -> Boxes:
    """The boxes cut at the picture's edge, without those of which less than the share `least` is left."""
    seen = ((box, box.within(0.0, 0.0, 1.0, 1.0)) for box in boxes)
    return tuple(cut for box, cut in seen if cut.area > 0.0 and cut.area >= least * box.area)


def covered(box: Box, left: float, top: float, right: float, bottom: float) -> float:
    """The share of a box that a rectangle covers."""
    return box.within(left, top, right, bottom).area / box.area if box.area else 0.0
