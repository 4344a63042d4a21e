"""Before and after in figures: by group, as visits, and at equal recall. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.core.filters import k_of_n
from edge.vision.calibration.head import Floats, logit
from edge.vision.calibration.samples import Bools, Samples

USEFUL_RECALL = 0.9


@dataclass(frozen=True)
class Rule:
    """When a door is held: the score that confirms (0–1), and k of n pictures within `window_s`."""

    confirm: float
    k: int
    n: int
    window_s: float

    @property
    def margin(self) -> float:
        """The confirming score as a logit."""
        return float(logit(self.confirm))


@dataclass(frozen=True)
class Row:
    """One group, before and after: share of its pictures that confirm, and how many of its recordings would hold."""

    group: str
    pictures: int
    recordings: int
    before: float
    after: float
    held_before: int
    held_after: int


def table(samples: Samples, after: Floats, rule: Rule) -> tuple[Row, ...]:
    """Before and after by group, at the configuration's threshold. `after` (n,) are corrected logits."""
    rows = []
    for name in samples.names:
        flags = [(samples.base[rows_], after[rows_], samples.at_s[rows_]) for rows_ in samples.takes(name)]
        before = np.concatenate([base > rule.margin for base, _, _ in flags])
        now = np.concatenate([corrected > rule.margin for _, corrected, _ in flags])
        held = [(holds(base, at, rule), holds(corrected, at, rule)) for base, corrected, at in flags]
        counts = (sum(one for one, _ in held), sum(other for _, other in held))
        rows.append(Row(name, len(before), len(flags), float(before.mean()), float(now.mean()), *counts))
    return tuple(rows)


def holds(logits: Floats, at_s: Floats, rule: Rule) -> bool:
    """Whether a recording would be confirmed as a visit: k of n pictures within the window, anywhere in it."""
    hits = tuple((float(at), bool(flag)) for at, flag in zip(at_s, logits > rule.margin, strict=True))
    return any(k_of_n(hits[: i + 1], rule.k, rule.n, hits[i][0], rule.window_s) for i in range(len(hits)))


@dataclass(frozen=True)
class EqualRecall:
    """Share of the other pictures that are flagged, before and after, where both find `recall` of the bikes."""

    recall: float
    before: float
    after: float


def equal_recall(samples: Samples, after: Floats, rule: Rule) -> tuple[EqualRecall, ...]:
    """At the better of the two recalls that the configuration's threshold gives, and at 0.9: each with the threshold
    that just reaches it. Nothing without bikes or without others."""
    positive = samples.positive
    if positive.all() or not positive.any():
        return ()
    found = [float((logits[positive] > rule.margin).mean()) for logits in (samples.base, after)]
    return tuple(
        EqualRecall(recall, _false_at(samples.base, positive, recall), _false_at(after, positive, recall))
        for recall in (max(found), USEFUL_RECALL)
    )


def _false_at(logits: Floats, positive: Bools, recall: float) -> float:
    ranked = np.sort(logits[positive])[::-1]
    least = ranked[max(int(np.ceil(recall * len(ranked) - 1e-9)), 1) - 1]
    return float((logits[~positive] >= least).mean()) if recall > 0 else 0.0
