"""Where the camera of a random frame is and what lens it has. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

from .plans import XYZ, CarPlan, LensPlan
from .styles import CAR, SHAPES, Style

EYE_M = (1.2, 1.8)  # a telephone at the chest of somebody short to the eyes of somebody tall
BEFORE_DOOR_M = (1.1, 3.0)


def pick(rng: Random, weights: Mapping[str, float]) -> str:
    """One key, as often as its weight says."""
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_lens(rng: Random, car: CarPlan, style: Style = CAR) -> LensPlan:
    """A ceiling camera in a corner, on a wall or in the middle, or one outside that looks in.

    `lobby` hangs on the landing and needs a door that is at least half open; `visitor` is held by somebody there.
    """
    mount = pick(rng, style.mounts)
    if mount == "visitor":
        return _visitor(rng, car, pick(rng, style.visitor_shapes))
    if mount == "lobby" and car.open_share < 0.5:
        mount = "corner"
    half_w, half_d = car.width_m / 2, car.depth_m / 2
    high = car.height_m - rng.uniform(0.04, 0.3)
    inset = rng.uniform(0.06, 0.14)
    left_right, front_back = rng.choice((-1, 1)), rng.choice((-1, 1, 1))
    field = rng.uniform(90.0, 190.0) if rng.random() < 0.4 else rng.uniform(90.0, 130.0)
    target = (rng.uniform(-0.15, 0.15) * car.width_m, rng.uniform(-0.2, 0.15) * car.depth_m, rng.uniform(0.2, 0.8))
    if mount == "corner":
        place = (left_right * (half_w - inset), front_back * (half_d - inset), high)
    elif mount == "wall":
        place = (rng.uniform(-0.3, 0.3) * car.width_m, front_back * (half_d - inset), high)
    elif mount == "centre":
        place = (rng.uniform(-0.15, 0.15), rng.uniform(-0.15, 0.15), car.height_m - rng.uniform(0.03, 0.08))
        target, field = (place[0] + rng.uniform(-0.2, 0.2), place[1] + 0.05, 0.0), rng.uniform(125.0, 190.0)
    else:
        place = (rng.uniform(-0.8, 0.8), -half_d - rng.uniform(0.9, 2.2), rng.uniform(1.9, 2.45))
        target, field = (target[0], target[1] - 0.3, target[2]), rng.uniform(90.0, 110.0)
    turned = mount == "centre" or rng.random() < 0.08
    return LensPlan(
        mount=mount,
        place=_rounded(place),
        target=_rounded(target),
        roll_deg=round(rng.uniform(-180.0, 180.0) if turned else rng.gauss(0.0, 4.0), 1),
        field_deg=round(field, 1),
        projection="rectilinear" if field < 108.0 and rng.random() < 0.35 else "fisheye",
        disc=field > 150.0 and rng.random() < 0.4,
        shape=pick(rng, style.shapes),
    )


def _visitor(rng: Random, car: CarPlan, shape: str) -> LensPlan:
    """Somebody who stands before the lift holds the camera: a flat picture from eye level, 60 to 95 degrees along
    its longer side."""
    sill = -car.depth_m / 2
    aside = rng.gauss(0.0, 0.45)
    place = (max(-1.6, min(1.6, aside)), sill - rng.uniform(*BEFORE_DOOR_M), rng.uniform(*EYE_M))
    target = (rng.uniform(-0.35, 0.35), sill + rng.uniform(-0.4, 0.6), rng.uniform(0.55, 1.15))
    longer = math.radians(rng.uniform(60.0, 95.0))
    across = 2.0 * math.atan(math.tan(longer / 2.0) * min(1.0, SHAPES.get(shape, 1.0)))
    return LensPlan(
        mount="visitor",
        place=_rounded(place),
        target=_rounded(target),
        roll_deg=round(rng.gauss(0.0, 3.0), 1),
        field_deg=round(math.degrees(across), 1),
        projection="rectilinear",
        disc=False,
        shape=shape,
    )


def _rounded(point: XYZ) -> XYZ:
    x, y, z = (round(value, 3) for value in point)
    return x, y, z
