"""Whether a head would be better than none: judged on pictures that it did not learn from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from edge.core.filters import k_of_n
from edge.vision.calibration.fit import regress, space, to_head, weigh
from edge.vision.calibration.head import Floats, Head, logit
from edge.vision.calibration.samples import EBIKE, Bools, Samples, beside, folds, thinned

FOLDS = 5
GUARD = 2  # recorded neighbours of a held-out picture from which nothing is learned
MOST = 120  # pictures of a group that the fit uses
LEAST = 20  # pictures of a group with which it means anything
NEEDED = ("empty", "people", EBIKE)
VEHICLES = ("pram", "wheelchair", "bicycle", "trolley", "tricycle", "luggage")
HALF = 0.5
INNER = 0.35  # of the gap between bikes and others: how near to its ends the threshold may come


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


@dataclass(frozen=True, eq=False)
class Trial:
    """A fitted head, its figures on held-out pictures, and what speaks against its use (nothing: use it)."""

    head: Head
    rows: tuple[Row, ...]
    against: tuple[str, ...]


def lacking(counts: Mapping[str, int]) -> list[str]:
    """What must be recorded before a fit means anything, each with how to do it. `counts`: pictures by group."""
    lacks = [_ask(name, counts.get(name, 0)) for name in NEEDED if counts.get(name, 0) < LEAST]
    if not any(counts.get(name, 0) >= LEAST for name in VEHICLES):
        best = max(VEHICLES, key=lambda name: counts.get(name, 0))
        lacks.append(_ask(best, counts.get(best, 0)) + f" (or one of: {', '.join(v for v in VEHICLES if v != best)})")
    return lacks


def _ask(name: str, there: int) -> str:
    have = f"only {there} pictures" if there else "nothing recorded"
    return f"{name}: {have}, {LEAST} are needed: edge vision calibrate record CONFIG --as {name}"


def doubtful(rows: Sequence[Row]) -> list[str]:
    """What a technician should know of a head that may be used: what it could not mend."""
    return [
        f"only {row.after:.0%} of the electric bike's pictures confirm: the model hardly sees bikes from here, and a "
        "head cannot replace it. Let the camera see the whole floor, or take a better model."
        for row in rows
        if row.group == EBIKE and row.after < HALF
    ] + [
        f"{row.group}: {row.after:.0%} of its pictures still confirm: record more of it, or make it a veto class."
        for row in rows
        if row.group != EBIKE and row.after > 1 - HALF
    ]


def attempt(samples: Samples, rule: Rule, model_sha256: str) -> Trial:
    """Fit a head and judge it by cross-validation over blocks of time. Needs what `lacking` asks for."""
    used = thinned(samples, MOST)
    unseen = cross_validated(used)
    shift, possible = threshold(used, used.base > rule.margin, unseen)
    after = unseen - shift + rule.margin
    room = space(used)
    best = regress(used.base, room.places, used.positive.astype(np.float64), weigh(used))
    head = to_head(best, room, rule.margin - shift, model_sha256)
    rows = table(used, after, rule)
    against = [] if possible else _objections(rows)
    if not against and not _surer(used, after - rule.margin, used.base - rule.margin):
        against = ["it tells bikes from the rest no better than the model alone does: there is nothing to gain"]
    about = {"rows": [asdict(row) for row in rows], "confirm": rule.confirm, "pictures": len(used)}
    return Trial(replace(head, about=about), rows, tuple(against))


def cross_validated(samples: Samples) -> Floats:
    """Each row's corrected logit (n,) by a head that saw neither it nor its neighbours in time."""
    room = space(samples)  # only a change of coordinates: what a head learns comes from the rows it may see
    fold, result = folds(samples, FOLDS), samples.base.copy()
    for number in range(FOLDS):
        out = np.asarray(fold == number)
        seen = ~out & ~beside(samples, out, GUARD)
        if not out.any():
            continue
        part = samples.rows(seen)
        best = regress(part.base, room.places[seen], part.positive.astype(np.float64), weigh(part))
        result[out] = best.logits(samples.base[out], room.places[out])
    return result


def threshold(samples: Samples, flagged: Bools, after: Floats) -> tuple[float, bool]:
    """The logit from which `after` (n,) counts as a bike, and whether it is at no point worse than `flagged` (n,): not
    fewer bikes, in no group more false alarms. Of all such, the one that parts bikes and others best; in the widest gap
    between them, the place nearest to the fit's own 0, but not too near to either side."""
    positive, names = samples.positive, [name for name in samples.names if name != EBIKE]
    groups = np.array([samples.group == name for name in names], np.float64)
    sizes = groups.sum(axis=1)
    values = np.unique(after)
    edges = np.concatenate([[values[0] - 2.0], values, [values[-1] + 2.0]])
    is_over = after[None, :] > edges[:-1, None]  # a threshold between edges i and i + 1 flags these
    recall = is_over[:, positive].mean(axis=1)
    false = (is_over @ groups.T) / sizes
    allowed = (recall >= flagged[positive].mean() - 1e-9) & (false <= (groups @ flagged) / sizes + 1e-9).all(axis=1)
    possible = bool(allowed.any())
    worth = np.where(allowed | (not possible), recall - false.mean(axis=1), -np.inf)
    width = np.diff(edges)
    best = int(np.lexsort((width, worth.round(9)))[-1])
    low, high = edges[best] + INNER * width[best], edges[best + 1] - INNER * width[best]
    return float(np.clip(0.0, low, high)), possible


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


def _objections(rows: tuple[Row, ...]) -> list[str]:
    worse = []
    for row in rows:
        if row.group == EBIKE and row.after < row.before:
            worse.append(
                f"electric bikes would be missed more often: found {row.before:.0%} before, {row.after:.0%} after"
            )
        elif row.group != EBIKE and row.after > row.before:
            worse.append(f"{row.group}: more false alarms, {row.before:.0%} before, {row.after:.0%} after")
    return worse or ["no threshold keeps every bike found and every group as quiet as without it"]


def _surer(samples: Samples, after: Floats, before: Floats) -> bool:
    """By the weighted log loss, which also sees what lies far from the threshold."""
    weights, positive = weigh(samples), samples.positive
    losses = [float(weights @ (np.logaddexp(0, margin) - positive * margin)) for margin in (after, before)]
    return losses[0] < losses[1]


@dataclass(frozen=True)
class EqualRecall:
    """Share of the other pictures that are flagged, before and after, where both find `recall` of the bikes."""

    recall: float
    before: float
    after: float


def equal_recall(samples: Samples, after: Floats, rule: Rule) -> EqualRecall | None:
    """At the recall that the model alone has at the configuration's threshold; None without bikes or without others."""
    positive = samples.positive
    if positive.all() or not positive.any():
        return None
    found = int((samples.base[positive] > rule.margin).sum())
    ranked = np.sort(after[positive])[::-1]
    least = ranked[found - 1] if found else np.inf
    false = [float(np.mean(flags[~positive])) for flags in (samples.base > rule.margin, after >= least)]
    return EqualRecall(found / int(positive.sum()), false[0], false[1])
