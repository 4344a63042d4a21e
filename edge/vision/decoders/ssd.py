"""SSD MobileNetV2 with TensorFlow Object Detection anchors (here: Open Images labels).

Outputs: box encodings (1, 1917, 4) and class logits (1, 1917, 24), class 0 being background. Anchors and the coder's
scales (10, 10, 5, 5) follow the `ssd_anchor_generator` and `faster_rcnn_box_coder` of that API.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.decoders.base import Decoded, Wanted, sigmoid
from edge.vision.models import Entry

MAPS = (19, 10, 5, 3, 2, 1)
LEAST_SCALE, LARGEST_SCALE = 0.2, 0.95
RATIOS = (1.0, 2.0, 0.5, 3.0, 1 / 3)
CODER_SCALES = np.array([10, 10, 5, 5], np.float32)


def anchors() -> Tensor:
    """(1917, 4): centre y, centre x, height, width as fractions of the frame."""
    scales = [*np.linspace(LEAST_SCALE, LARGEST_SCALE, len(MAPS)), 1.0]
    found = []
    for layer, side in enumerate(MAPS):
        if layer == 0:  # the finest map is reduced to three anchors
            shapes = [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
        else:
            shapes = [(scales[layer], ratio) for ratio in RATIOS]
            shapes.append((float(np.sqrt(scales[layer] * scales[layer + 1])), 1.0))
        sizes = np.array([(scale / np.sqrt(ratio), scale * np.sqrt(ratio)) for scale, ratio in shapes])
        centres = (np.arange(side) + 0.5) / side
        y, x, kind = np.meshgrid(centres, centres, np.arange(len(shapes)), indexing="ij")
        found.append(np.stack([y, x, sizes[kind, 0], sizes[kind, 1]], axis=-1).reshape(-1, 4))
    return np.asarray(np.concatenate(found), np.float32)


def decode_boxes(encoded: Tensor, anchor: Tensor) -> Tensor:
    """Encodings (n, 4: y, x, height, width) on anchors (n, 4) → left, top, right, bottom as fractions."""
    delta = encoded / CODER_SCALES
    centre = delta[:, :2] * anchor[:, 2:] + anchor[:, :2]
    half = np.exp(np.clip(delta[:, 2:], -10, 10)) * anchor[:, 2:] / 2
    top_left, bottom_right = centre - half, centre + half
    return np.concatenate([top_left[:, ::-1], bottom_right[:, ::-1]], axis=1)


class SsdOpenImages:
    """Decoder `ssd_oid`."""

    def __init__(self, entry: Entry) -> None:
        self._wanted, self._anchors = Wanted(entry), anchors()
        if entry.outputs[0].shape[1] != len(self._anchors):
            raise ModelError(
                f"model {entry.name}: decoder ssd_oid has {len(self._anchors)} anchors, not that many boxes"
            )
        with np.errstate(divide="ignore"):  # the sigmoid is undone on the few thresholds, not done on every logit
            self._least = np.log(self._wanted.thresholds) - np.log1p(-self._wanted.thresholds)

    def __call__(self, outputs: Sequence[Tensor]) -> Decoded:
        encoded, logits = outputs[0][0], outputs[1][0]
        wanted = logits[:, self._wanted.columns]
        rows, kinds = np.nonzero(wanted >= self._least)
        boxes = decode_boxes(encoded[rows], self._anchors[rows])
        ebike = float(sigmoid(logits[:, self._wanted.ebike_columns].max()))
        return Decoded(ebike, self._wanted.detections(kinds, sigmoid(wanted[rows, kinds]), boxes))
