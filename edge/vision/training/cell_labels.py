"""What each cell of the last feature map should say: from a sample's boxes, pure.

Boxes are larger than the things in them, so only the inner part of a box speaks for its class; the rim is left open.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edge.vision.training.augment_recipe import Sample
from edge.vision.training.dataset import TARGET_OF, TARGETS, VEHICLES, Box

CellLabels = npt.NDArray[np.int64]
"""Rows × columns: a class's number, NO_VEHICLE, or UNKNOWN."""
UNKNOWN, NO_VEHICLE = -1, -2
INNER = 0.75
"""The part of a box's sides that is taken for the thing."""


def cell_labels(sample: Sample, grid: int) -> CellLabels:
    """grid × grid labels. A vehicle lies over a person, a small thing over a large one."""
    found = np.full((grid, grid), NO_VEHICLE if all_boxed(sample) else UNKNOWN, np.int64)
    known = [box for box in sample.boxes if box.label in TARGET_OF]
    for box in sorted(known, key=lambda box: (TARGET_OF[box.label] in VEHICLES, -box.area)):
        found[_cells(box, grid, 1.0)] = UNKNOWN
        found[_cells(box, grid, INNER)] = TARGETS.index(TARGET_OF[box.label])
    return found


def all_boxed(sample: Sample) -> bool:
    """Whether every vehicle in the picture has a box, so that the rest shows none."""
    if sample.target not in VEHICLES or sample.way in ("paste", "white", "free"):
        return True
    boxed = any(TARGET_OF.get(box.label) == sample.target for box in sample.boxes)
    return sample.way in ("whole", "near") and boxed and sample.record.kind != "street"


def _cells(box: Box, grid: int, share: float) -> tuple[slice, slice]:
    """The cells whose middle lies in the inner `share` of a box; at least the one at its middle."""

    def span(low: float, high: float) -> slice:
        middle, half = (low + high) / 2, (high - low) / 2 * share
        first, last = round((middle - half) * grid), round((middle + half) * grid)
        at = min(max(int(middle * grid), 0), grid - 1)
        return slice(min(first, at), max(last, at + 1))

    return span(box.top, box.bottom), span(box.left, box.right)
