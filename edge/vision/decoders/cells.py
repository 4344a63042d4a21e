"""The e-bike model: one whole-frame probability and a coarse map of where each class is seen.

Outputs: P(electric bike) (1,) and cell logits (1, rows, columns, classes), the first class meaning "nothing of these".
A third output is optional: features (1, n), the last feature map pooled (mean and maximum over the frame), from which
a lift's calibration learns.

Scores are whole-frame and comparable, since they add up to one with "other": the electric bike has the model's own P;
another class c has (1 − P) · q_c / (1 − q_ebike), where q is the softmax of the class logits pooled over the cells by
the same log-mean-exp (sharpness 2) with which the model was trained. On `ebike/dev` that tells bicycles at AUC 0.98 and
wheelchairs at 0.99 from everything else.

Boxes are the connected regions of cells whose probability of the class (softmax over the classes) reaches a third of
its peak: on `ebike/dev` that overlaps the true boxes best (IoU 0.52 of bikes, 0.71 of wheelchairs) of the shares from
0.2 to 0.6, and better than the plain logits. Every region of a class carries the class's whole-frame score; a lone cell
counts only at the peak. Where no cell speaks for a class the picture as a whole did, and the box is the whole frame.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from edge.core.errors import ModelError
from edge.core.messages import Box, Detection
from edge.vision.arrays import Tensor
from edge.vision.decoders.base import Decoded
from edge.vision.models import Entry

SHARPNESS = 2.0
REGION_SHARE = 1 / 3
LEAST_LIKELY = 0.3
WHOLE_FRAME: Box = (0.0, 0.0, 1.0, 1.0)


class EbikeCells:
    """Decoder `ebike_cells`. The class named `ebike` is the one that P speaks of."""

    def __init__(self, entry: Entry) -> None:
        if "ebike" not in entry.classes:
            raise ModelError(
                f"model {entry.name}: decoder ebike_cells needs a class called 'ebike' in its registry entry"
            )
        shapes = [output.shape for output in entry.outputs]
        if [len(shape) for shape in shapes] not in ([1, 4], [1, 4, 2]):
            raise ModelError(
                f"model {entry.name}: decoder ebike_cells wants the outputs probability [1], cells [1, rows, columns, "
                f"classes] and perhaps features [1, n], in this order; its registry entry has {shapes}"
            )
        self._ebike = entry.classes.index("ebike")
        self._wanted = [(entry.classes.index(label), label, least) for label, least in entry.thresholds.items()]

    def __call__(self, outputs: Sequence[Tensor]) -> Decoded:
        probability, cells = min(max(float(outputs[0][0]), 0.0), 1.0), outputs[1][0]
        scores = whole_frame(probability, cells, self._ebike)
        raised = np.exp(cells - cells.max(axis=-1, keepdims=True))
        likely = raised / raised.sum(axis=-1, keepdims=True)
        found = [
            Detection(label, float(scores[column]), box)
            for column, label, least in self._wanted
            if scores[column] >= least
            for box in regions(likely[..., column])
        ]
        features = outputs[2][0].copy() if len(outputs) > 2 else None
        return Decoded(probability, tuple(sorted(found, key=lambda detection: -detection.score)), features)


def whole_frame(probability: float, cells: Tensor, ebike: int) -> npt.NDArray[np.float64]:
    """Scores of all classes, adding up to 1, from P(electric bike) and cell logits (rows, columns, classes)."""
    logits = SHARPNESS * cells.reshape(-1, cells.shape[-1]).astype(np.float64)
    peak = logits.max(axis=0)
    pooled = (np.log(np.exp(logits - peak).mean(axis=0)) + peak) / SHARPNESS
    others = np.exp(pooled - np.delete(pooled, ebike).max())
    others[ebike] = 0.0
    scores = (1.0 - probability) * others / others.sum()
    scores[ebike] = probability
    return np.asarray(scores, np.float64)


def regions(likely: Tensor) -> list[Box]:
    """Boxes of the connected cells (8 neighbours) of one class that reach a third of its peak, strongest region first.

    `likely`: the class's probability in each cell, rows × columns.
    """
    rows, columns = likely.shape
    peak = float(likely.max())
    if peak < LEAST_LIKELY:
        return [WHOLE_FRAME]
    mask = (likely >= REGION_SHARE * peak).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found: list[tuple[float, Box]] = []
    for name, (left, top, width, height, count) in enumerate(stats.tolist()[1:], start=1):
        strongest = float(likely[names == name].max())
        if count > 1 or strongest == peak:
            box = (left / columns, top / rows, (left + width) / columns, (top + height) / rows)
            found.append((strongest, box))
    return [box for _, box in sorted(found, reverse=True)]
