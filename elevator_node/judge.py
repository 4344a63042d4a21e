"""What one frame says about electric bikes. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from edge.core.messages import Box, Detection
from elevator_node.rules import ClassOptions


@dataclass(frozen=True)
class Judgement:
    """The strongest blocking class that no veto explains away, and the classes that only warn."""

    label: str | None = None
    score: float = 0.0
    credible: bool = False
    confirming: bool = False
    warnings: tuple[str, ...] = ()


def judge(detections: tuple[Detection, ...], classes: ClassOptions) -> Judgement:
    """Weigh a frame's detections. A veto works only where it covers the same thing and scores higher: a pram beside an
    electric bike does not let the bike ride."""
    vetoes = [d for d in detections if d.score >= classes.veto.get(d.label, 2.0)]
    warnings = tuple(sorted({d.label for d in detections if d.score >= classes.warning.get(d.label, 2.0)}))
    best = Judgement(warnings=warnings)
    for seen in detections:
        threshold = classes.blocking.get(seen.label)
        if threshold is None or seen.score < best.score:
            continue
        if any(v.score > seen.score and overlap(v.box, seen.box) >= classes.veto_overlap for v in vetoes):
            continue
        credible, confirming = seen.score >= threshold.credible, seen.score >= threshold.confirm
        best = Judgement(seen.label, seen.score, credible, confirming, warnings)
    return best


def overlap(a: Box, b: Box) -> float:
    """Shared area as a fraction of the smaller box."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width * height / smaller if smaller > 0 else 0.0
