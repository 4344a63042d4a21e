"""Whether a head would be better than none: judged on pictures that it did not learn from. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from edge.vision.calibration.figures import Row, Rule, table
from edge.vision.calibration.fit import regress, space, to_head, weigh
from edge.vision.calibration.head import Floats, Head
from edge.vision.calibration.samples import EBIKE, Bools, Samples, beside, folds, thinned

FOLDS = 5
GUARD = 2  # recorded neighbours of a held-out picture from which nothing is learned
MOST = 120  # pictures of a group that the fit uses
LEAST = 20  # pictures of a group with which it means anything
NEEDED = ("empty", "people", EBIKE)
VEHICLES = ("pram", "wheelchair", "bicycle", "trolley", "tricycle", "luggage")
HALF = 0.5
INNER = 0.35  # of the gap between bikes and others: how near to its ends the threshold may come


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
