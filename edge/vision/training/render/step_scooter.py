"""An electric step scooter: small wheels, a thick deck with the battery, a tall stem, sometimes a saddle."""

from __future__ import annotations

from random import Random

from . import materials
from .accessories import basket, helmet
from .primitives import Point, box, empty, tube
from .vehicle import Vehicle, wheel


def build_step_scooter(rng: Random) -> Vehicle:
    """1.0 to 1.2 m long, handlebar at 1.0 to 1.15 m; stands upright, its front along x."""
    body = materials.rubber(rng) if rng.random() < 0.6 else materials.paint(rng)
    black, metal = materials.rubber(rng), materials.bare_metal(rng)
    radius, half_base, bar = rng.uniform(0.1, 0.15), rng.uniform(0.4, 0.48), rng.uniform(0.98, 1.15)
    root = empty()
    steering = empty((half_base - 0.08, 0, 0), yaw=rng.uniform(-0.3, 0.3), parent=root)
    rear = wheel((-half_base, 0, radius), radius, 0.035, metal, root, rng)
    front = wheel((0.08, 0, radius), radius, 0.035, metal, steering, rng)
    box((-0.03, 0, radius + 0.05), (half_base * 1.5, rng.uniform(0.16, 0.22), 0.07), body, root, bevel=0.02)
    box((-0.03, 0, radius + 0.09), (half_base * 1.3, 0.14, 0.006), black, root)
    tube((half_base * 0.7, 0, radius + 0.05), (half_base - 0.05, 0, 0.32), 0.035, body, root)
    tube((0.08, 0, radius * 2 + 0.02), (-0.06, 0, bar), rng.uniform(0.022, 0.032), body, steering)
    box((0.08, 0, radius * 2 + 0.02), (radius * 1.4, 0.08, 0.02), body, steering, bevel=0.008)
    box((-half_base, 0, radius * 2 + 0.02), (radius * 1.6, 0.08, 0.02), body, root, turn=(0, 0.2, 0), bevel=0.008)
    for side in (-1, 1):
        tube((-0.06, 0, bar), (-0.08, side * 0.24, bar), 0.014, black, steering)
        tube((-0.08, side * 0.15, bar), (-0.09, side * 0.26, bar), 0.019, black, steering)
    box((-0.06, 0, bar + 0.02), (0.07, 0.08, 0.03), black, steering, bevel=0.01)
    if rng.random() < 0.35:
        post: Point = (-half_base * 0.45, 0, radius + 0.08)
        top = rng.uniform(0.58, 0.72)
        tube(post, (post[0] - 0.05, 0, top), 0.018, metal, root)
        box((post[0] - 0.06, 0, top + 0.03), (0.25, 0.19, 0.07), black, root, bevel=0.03)
    if rng.random() < 0.15:
        basket(steering, (0.14, 0, bar - 0.2), rng)
    if rng.random() < 0.15:
        helmet((-0.08, 0.3, bar - 0.05), rng, root)
    hand: Point = (half_base - 0.16, 0.2, bar + 0.03)
    return Vehicle(root, (-0.15, 0.4), hand, (0.0, 0.25, 0.8), wheels=[rear, front])
