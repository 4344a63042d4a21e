"""Fits a head: logistic regression that leans on the shared model. Pure NumPy, seconds on a small board.

The model's own logit is the starting point. Few and much alike pictures must not outvote it, so all parameters have a
Gaussian prior: `scale` 1, the correction 0. Features are centred and scaled to unit mean square length, which makes
CORRECTION the prior's standard deviation of the correction, in logits, whatever the model's features are. Each group
weighs as much as any other, however long it was recorded, and the electric bike as much as all others together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge.vision.calibration.head import Floats, Head, probability
from edge.vision.calibration.samples import Samples

SCALE_SD = 0.2
OFFSET_SD = 2.0
CORRECTION_SD = 3.0
LIMIT = 4.0
INDEPENDENT = 10  # pictures that a minute's recording is worth: the others are near copies
RANK = 160  # directions kept of the features: more add nothing that a few minutes could tell
STEPS = 30


@dataclass(frozen=True, eq=False)
class Space:
    """The directions in which the recorded pictures differ. `places` (n, r) of the rows; `axes` (d, r); `mean` (d,)."""

    mean: Floats
    axes: Floats
    places: Floats


@dataclass(frozen=True, eq=False)
class Parameters:
    """Of the regression in a Space: scale, offset and direction (r,)."""

    scale: float
    offset: float
    direction: Floats

    def logits(self, base: Floats, places: Floats) -> Floats:
        """Corrected logits (n,), bounded as a head's are."""
        return np.asarray(self.scale * base + np.clip(places @ self.direction, -LIMIT, LIMIT) + self.offset, np.float64)


def weigh(samples: Samples) -> Floats:
    """The weight of each row (n,): groups count alike, the electric bike as much as all others together."""
    weights = np.zeros(len(samples))
    for name in samples.names:
        rows = samples.group == name
        weights[rows] = min(INDEPENDENT, int(rows.sum())) / rows.sum()
    positive = samples.positive
    if positive.any() and not positive.all():
        weights[positive] *= weights[~positive].sum() / weights[positive].sum()
    return weights


def space(samples: Samples) -> Space:
    """Where the rows lie: centred by the groups' common mean, each feature by its spread (at least the median one)."""
    weights = weigh(samples)
    mean = np.average(samples.features, axis=0, weights=weights)
    centred = samples.features - mean
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weights))
    spread = np.maximum(spread, max(float(np.median(spread)), 1e-9))
    scaled = centred / spread
    length = float(np.sqrt(np.average((scaled**2).sum(axis=1), weights=weights))) or 1.0
    scaled /= length
    values, vectors = np.linalg.eigh(scaled @ scaled.T)
    keep = np.flatnonzero(values > 1e-9 * max(float(values[-1]), 1e-12))[-RANK:]
    root = np.sqrt(values[keep])
    axes = scaled.T @ (vectors[:, keep] / root)
    return Space(mean, axes / (spread * length)[:, None], vectors[:, keep] * root)


def regress(base: Floats, places: Floats, positive: Floats, weights: Floats) -> Parameters:
    """The most probable parameters: Newton's method on a convex loss, with halved steps where a full one overshoots.

    `base` (n,), `places` (n, r), `positive` (n,) 0 or 1, `weights` (n,).
    """
    design = np.column_stack([base, np.ones(len(base)), places])
    prior = np.concatenate([[1.0, 0.0], np.zeros(places.shape[1])])
    tightness = np.concatenate([[SCALE_SD**-2, OFFSET_SD**-2], np.full(places.shape[1], CORRECTION_SD**-2)])

    def loss(theta: Floats) -> float:
        margin = design @ theta
        return float(weights @ (np.logaddexp(0, margin) - positive * margin) + tightness @ (theta - prior) ** 2 / 2)

    theta, now = prior.copy(), loss(prior)
    for _ in range(STEPS):
        p = probability(design @ theta)
        slope = design.T @ (weights * (p - positive)) + tightness * (theta - prior)
        curve = (design * (weights * p * (1 - p))[:, None]).T @ design + np.diag(tightness)
        step, size = np.linalg.solve(curve, slope), 1.0
        while (after := loss(theta - size * step)) > now and size > 1e-6:
            size /= 2
        if now - after < 1e-9 * (1 + now):
            break
        theta, now = theta - size * step, after
    return Parameters(max(float(theta[0]), 0.5), float(theta[1]), theta[2:])


def to_head(parameters: Parameters, room: Space, shift: float, model_sha256: str) -> Head:
    """The head of a regression; `shift` (logits) moves its threshold to the configuration's."""
    weights = (room.axes @ parameters.direction).astype(np.float32)
    centre = -float(room.mean @ weights.astype(np.float64))
    return Head(model_sha256, parameters.scale, weights, centre, LIMIT, parameters.offset + shift)
