"""What every decoder gives, and what the box detectors have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge.core.messages import Detection
from edge.vision.arrays import Tensor
from edge.vision.models import Entry

NMS_IOU = 0.5
MOST_CANDIDATES = 200  # of one class, before overlaps are removed: bounds the work on a wild picture


@dataclass(frozen=True)
class Decoded:
    """One picture's result. `ebike_score` (0–1): an electric bike is in the picture, whatever the thresholds are.
    `features` (n,): what the model saw, of which a lift's calibration learns; None where it does not give them."""

    ebike_score: float
    detections: tuple[Detection, ...]
    features: Tensor | None = None


class Decoder(Protocol):
    """Made from a registry entry; called with the output tensors in the entry's order, which it must not keep."""

    def __call__(self, outputs: Sequence[Tensor]) -> Decoded: ...


class Wanted:
    """The reported classes of a box detector, as columns of its score table."""

    def __init__(self, entry: Entry) -> None:
        self.labels = tuple(entry.thresholds)
        self.columns = np.array([entry.classes.index(label) for label in self.labels])
        self.thresholds = np.array([entry.thresholds[label] for label in self.labels], np.float32)
        self.ebike_columns = np.array([entry.classes.index(label) for label in entry.ebike_classes])

    def detections(
        self, kinds: npt.NDArray[np.intp], scores: Tensor, boxes: Tensor, iou: float = NMS_IOU
    ) -> tuple[Detection, ...]:
        """Detections, best first, overlapping ones of a class removed.

        `kinds` (n,) indexes `labels`, `scores` (n,) 0–1, `boxes` (n, 4) left, top, right, bottom as fractions.
        """
        boxes = np.clip(boxes, 0, 1)
        found: list[Detection] = []
        for kind in np.unique(kinds):
            of_kind = np.flatnonzero(kinds == kind)
            for index in of_kind[suppress(boxes[of_kind], scores[of_kind], iou)]:
                left, top, right, bottom = (float(side) for side in boxes[index])
                if right > left and bottom > top:
                    found.append(Detection(self.labels[kind], float(scores[index]), (left, top, right, bottom)))
        return tuple(sorted(found, key=lambda detection: -detection.score))


def suppress(boxes: Tensor, scores: Tensor, iou: float) -> npt.NDArray[np.intp]:
    """Greedy non-maximum suppression: indices of the boxes to keep, best score first.

    `boxes` (n, 4), `scores` (n,); a box goes when its intersection over union with a better kept one exceeds `iou`.
    """
    order = np.argsort(-scores, kind="stable")[:MOST_CANDIDATES]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        sides = np.minimum(boxes[best, 2:], boxes[rest, 2:]) - np.maximum(boxes[best, :2], boxes[rest, :2])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        order = rest[shared <= iou * (area[best] + area[rest] - shared)]
    return np.array(kept, np.intp)


def sigmoid(logits: Tensor) -> Tensor:
    """1 / (1 + e^−x), 0–1."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)
