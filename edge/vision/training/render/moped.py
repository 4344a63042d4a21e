"""The many looks of the moped-like electric bike: full, light, bare, with what hangs on it."""

from __future__ import annotations

from random import Random

from .accessories import dress_bike
from .ebike import Look, build_ebike
from .vehicle import Vehicle


def build_moped(rng: Random) -> Vehicle:
    """A random look; leans on its stand a little, more often than not."""
    light = rng.random() < 0.45
    look = Look(
        basket=rng.random() < 0.55,
        shield=rng.random() < (0.6 if light else 0.9),
        mirrors=rng.random() < 0.6,
        top_box=rng.random() < 0.4,
        slim=rng.uniform(0.5, 0.75) if light else rng.uniform(0.85, 1.1),
        half_base_m=(0.48, 0.6),
        wheel_m=(0.18, 0.26),
        tyre_m=rng.uniform(0.025, 0.04) if light else rng.uniform(0.04, 0.06),
        spokes=rng.choice((0, 10, 14)) if light else 0,
    )
    vehicle = build_ebike(rng, look)
    dress_bike(vehicle.root, rng, saddle_m=0.8, bar_m=1.03, half_base_m=0.57)
    if rng.random() < 0.7:
        vehicle.root.rotation_euler[0] = rng.uniform(-0.12, 0.12)
    return vehicle
