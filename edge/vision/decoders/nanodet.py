"""NanoDet (generalised focal loss head): per stride 8, 16, 32 the class scores and four distance distributions.

Outputs in this order: scores of the strides (1, cells, 80), then distances of the strides (1, cells, 4 × bins). A
distance is the expectation of the softmax over its bins, in strides; a cell's centre lies at (i + ½) strides.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.decoders.base import Decoded, Wanted
from edge.vision.models import Entry

STRIDES = (8, 16, 32)


def centres(width: int, height: int, stride: int) -> Tensor:
    """(cells, 2): x and y of the cells' centres in pixels of the model's input, row by row."""
    x, y = np.meshgrid(np.arange(width // stride), np.arange(height // stride))
    return np.asarray((np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) * stride, np.float32)


def distances(bins: Tensor) -> Tensor:
    """(n, 4 × bins) logits → (n, 4) expected left, top, right, bottom distances in strides."""
    logits = bins.reshape(len(bins), 4, bins.shape[1] // 4)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    steps = np.arange(logits.shape[2], dtype=np.float32)
    return np.asarray(weights @ steps / weights.sum(axis=2), np.float32)


class NanoDet:
    """Decoder `nanodet`."""

    def __init__(self, entry: Entry) -> None:
        self._wanted = Wanted(entry)
        size = (entry.input.width, entry.input.height)
        self._size = np.array([*size, *size], np.float32)
        self._centres = [centres(*size, stride) for stride in STRIDES]
        shapes = [output.shape[1] for output in entry.outputs]
        if shapes != [len(cells) for cells in self._centres] * 2:
            raise ModelError(
                f"model {entry.name}: decoder nanodet wants the scores, then the distances, of strides {STRIDES}"
            )

    def __call__(self, outputs: Sequence[Tensor]) -> Decoded:
        kinds, scores, boxes, ebike = [], [], [], 0.0
        for level, stride in enumerate(STRIDES):
            table = outputs[level][0]
            wanted = table[:, self._wanted.columns]
            rows, kind = np.nonzero(wanted >= self._wanted.thresholds)
            reach = distances(outputs[len(STRIDES) + level][0][rows]) * stride
            at = self._centres[level][rows]
            kinds.append(kind)
            scores.append(wanted[rows, kind])
            boxes.append(np.concatenate([at - reach[:, :2], at + reach[:, 2:]], axis=1) / self._size)
            ebike = max(ebike, float(table[:, self._wanted.ebike_columns].max()))
        found = self._wanted.detections(np.concatenate(kinds), np.concatenate(scores), np.concatenate(boxes))
        return Decoded(ebike, found)
