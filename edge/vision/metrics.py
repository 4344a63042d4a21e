"""How well scores tell pictures with an electric bike from those without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
FALSE_ALARMS = (0.05, 0.02, 0.01)
TWO_WHEELERS = {"motorcycle": "motorcycle", "bicycle": "bicycle"} | dict.fromkeys(
    ("tricycle", "unicycle", "jinrikisha"), "bicycle"
)
HARD = frozenset({"lobby", "stroller", "wheelchair", "scene", "two-wheeler in a lift"})


def group(labels: Iterable[str]) -> str:
    """One group for a picture's labels, the first that fits: ebike, lobby, stroller, wheelchair, a two-wheeler, scene.

    A two-wheeler outdoors is no fair negative (many an electric bike looks like a motorcycle), so it has its own group
    unless it is in a lift.
    """
    names = set(labels)
    for name in ("ebike", "lobby", "stroller", "wheelchair"):
        if name in names:
            return name
    for name, wheeler in TWO_WHEELERS.items():
        if name in names:
            return "two-wheeler in a lift" if "lift" in names else wheeler
    return "scene"


def auc(positives: Scores, negatives: Scores) -> float:
    """Area under the ROC curve: how often a positive beats a negative (a tie counts half). NaN without either."""
    if not len(positives) or not len(negatives):
        return float("nan")
    order = np.sort(negatives)
    below, up_to = np.searchsorted(order, positives, "left"), np.searchsorted(order, positives, "right")
    return float((below + up_to).mean() / 2 / len(negatives))


def threshold_at(negatives: Scores, false_alarms: float) -> float:
    """The score that the share `false_alarms` of the negatives exceeds (interpolated quantile). NaN without any."""
    return float(np.quantile(negatives, 1 - false_alarms)) if len(negatives) else float("nan")


def recall(positives: Scores, threshold: float) -> float:
    """Share of the positives above the threshold. NaN without any, or without a threshold."""
    return float((positives > threshold).mean()) if len(positives) and np.isfinite(threshold) else float("nan")


@dataclass(frozen=True)
class Against:
    """The positives against one set of negatives; `recalls` at FALSE_ALARMS."""

    negatives: str
    count: int
    auc: float
    recalls: tuple[float, ...]
    thresholds: tuple[float, ...]


@dataclass(frozen=True)
class Row:
    """One group, or one label: how many, mean score, share above the hard negatives' 2 % threshold."""

    name: str
    count: int
    mean: float
    above: float


@dataclass(frozen=True)
class Report:
    """All that the table shows."""

    positives: int
    against: tuple[Against, ...]
    groups: tuple[Row, ...]
    labels: tuple[Row, ...]


def report(scores: Sequence[float], labels: Sequence[Sequence[str]]) -> Report:
    """Judge scores (0–1) of pictures by their labels; a picture is positive when `ebike` is among them."""
    values, groups = np.array(scores, np.float64), np.array([group(names) for names in labels], dtype=object)
    positive = groups == "ebike"
    hard = np.isin(groups, sorted(HARD))

    def against(name: str, mask: npt.NDArray[np.bool_]) -> Against:
        limits = tuple(threshold_at(values[mask], share) for share in FALSE_ALARMS)
        recalls = tuple(recall(values[positive], limit) for limit in limits)
        return Against(name, int(mask.sum()), auc(values[positive], values[mask]), recalls, limits)

    rows = (against("hard", hard), against("all", ~positive))
    limit = rows[0].thresholds[FALSE_ALARMS.index(0.02)]

    def row(name: str, mask: npt.NDArray[np.bool_]) -> Row:
        return Row(name, int(mask.sum()), float(values[mask].mean()), recall(values[mask], limit))

    names = sorted({name for picture in labels for name in picture})
    has = {name: np.array([name in picture for picture in labels], bool) for name in names}
    return Report(
        int(positive.sum()),
        rows,
        tuple(row(name, groups == name) for name in sorted(set(groups))),
        tuple(row(name, has[name]) for name in names),
    )
