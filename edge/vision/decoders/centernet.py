"""CenterNet: objects are peaks of a heat map, with the distances from there to the four sides.

Outputs: heat (1, rows, columns, classes), 0–1, and reach (1, rows, columns, 4), left, top, right, bottom in pixels of
the model's input. A peak is a cell that is the greatest of its 3 × 3 neighbourhood, so no overlap removal is needed for
one object; a loose one removes the twins of wide objects.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from edge.vision.arrays import Tensor
from edge.vision.decoders.base import Decoded, Wanted
from edge.vision.models import Entry

NEIGHBOURHOOD = np.ones((3, 3), np.uint8)


class CenterNet:
    """Decoder `centernet`."""

    def __init__(self, entry: Entry) -> None:
        self._wanted = Wanted(entry)
        _, rows, columns, _ = entry.outputs[0].shape
        self._grid = np.array([columns, rows], np.float32)
        self._size = np.array([entry.input.width, entry.input.height], np.float32)

    def __call__(self, outputs: Sequence[Tensor]) -> Decoded:
        heat, reach = outputs[0][0], outputs[1][0]
        wanted = np.ascontiguousarray(heat[..., self._wanted.columns])
        around = cv2.dilate(wanted, NEIGHBOURHOOD).reshape(wanted.shape)
        rows, columns, kinds = np.nonzero((wanted == around) & (wanted >= self._wanted.thresholds))
        centre = np.stack([columns, rows], axis=1) / self._grid
        sides = reach[rows, columns]
        boxes = np.concatenate([centre - sides[:, :2] / self._size, centre + sides[:, 2:] / self._size], axis=1)
        ebike = float(heat[..., self._wanted.ebike_columns].max())
        return Decoded(ebike, self._wanted.detections(kinds, wanted[rows, columns, kinds], boxes.astype(np.float32)))
