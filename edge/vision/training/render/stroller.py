"""A stroller: seat or twin seats, canopy, light or stout frame, any colour, with or without its baby."""

from __future__ import annotations

import math
from random import Random

from . import materials
from .primitives import Object, Point, Ring, ball, box, empty, loft, tube
from .vehicle import Vehicle, wheel


def build_stroller(rng: Random) -> Vehicle:
    """About 0.9 m long, 0.95 to 1.08 m to the handle; pushed from behind, its front along x."""
    cover = materials.cloth(rng, rng.choice(((0.01, 0.1), (0.1, 0.5), (0.4, 0.95))))
    frame = rng.choice([materials.bare_metal(rng), materials.rubber(rng), materials.plain((0.7, 0.7, 0.68))])
    black = materials.rubber(rng)
    twin = rng.random() < 0.12
    half = rng.uniform(0.2, 0.26) + (0.14 if twin else 0.0)
    seat, handle = rng.uniform(0.4, 0.52), rng.uniform(0.95, 1.08)
    big, small = rng.uniform(0.08, 0.16), rng.uniform(0.06, 0.1)
    narrow = 0.25 if not twin and rng.random() < 0.2 else rng.uniform(0.75, 1.0)  # three-wheelers
    back, fore = rng.uniform(-0.34, -0.24), rng.uniform(0.3, 0.42)
    root = empty()
    wheels = []
    for side in (-1, 1):
        wheels.append(wheel((back, side * half, big), big, 0.02, frame, root, rng, spokes=rng.choice((0, 8))))
        wheels.append(wheel((fore, side * half * narrow, small), small, 0.018, frame, root, rng))
        tube((fore, side * half * narrow, small), (-0.28, side * half, 0.75), 0.012, frame, root)
        tube((-0.28, side * half, 0.75), (-0.52, side * half, handle), 0.012, frame, root)
        tube((back, side * half, big), (0.06, side * half, seat), 0.012, frame, root)
    if rng.random() < 0.5:
        tube((-0.52, -half, handle), (-0.52, half, handle), 0.018, black, root)
    else:
        for side in (-1, 1):
            tube((-0.5, side * half, handle - 0.02), (-0.6, side * half, handle + 0.01), 0.02, black, root)
    tube((back, -half, big), (back, half, big), 0.01, frame, root)
    lean = rng.uniform(0.25, 0.9)
    for middle in (-half / 2, half / 2) if twin else (0.0,):
        _seat(root, rng, middle, (half / 2 if twin else half) * 0.85, seat, lean, cover)
    if rng.random() < 0.65:
        box((-0.05, 0, 0.22), (0.42, half * 1.6, 0.13), cover if rng.random() < 0.4 else black, root, bevel=0.03)
    if rng.random() < 0.2:
        ball((-0.56, 0, handle - 0.28), (0.09, 0.17, 0.2), materials.cloth(rng, (0.05, 0.9)), root)
    hands: tuple[Point, Point] = ((-0.54, 0.15, handle + 0.02), (-0.54, -0.15, handle + 0.02))
    return Vehicle(root, (-0.85, 0.0), *hands, wheels=wheels)


def _seat(root: Object, rng: Random, y: float, half: float, seat: float, lean: float, cover: object) -> None:
    """Seat, back rest, canopy, footrest, and the baby in it."""
    lining = materials.cloth(rng, (0.1, 0.8))
    box((0.04, y, seat), (0.3, half * 2, 0.06), cover, root, bevel=0.02)
    reach = (-0.12 - 0.46 * math.sin(lean), seat + 0.46 * math.cos(lean))
    middle = ((-0.12 + reach[0]) / 2, (seat + reach[1]) / 2)
    box((middle[0], y, middle[1]), (0.05, half * 2, 0.5), cover, root, turn=(0, -lean, 0), bevel=0.02)
    box((0.26, y, seat - 0.12), (0.04, half * 1.6, 0.28), cover, root, turn=(0, -0.5, 0), bevel=0.015)
    tube((0.14, y - half, seat + 0.2), (0.14, y + half, seat + 0.2), 0.018, lining, root)
    if rng.random() < 0.8:
        deep = rng.uniform(0.14, 0.26)
        x, z = reach[0] + 0.05, max(reach[1], seat + 0.3)
        hood = [Ring(-0.1, half * 0.8, 0.08), Ring(0.0, half, 0.17, 0.02), Ring(deep, half * 1.02, 0.19, 0.03)]
        hood.append(Ring(deep + 0.02, half * 0.9, 0.12, 0.05))
        loft(hood, "x", cover if rng.random() < 0.7 else lining, root, at=(x, y, z))
    if rng.random() < 0.55:
        head = (-0.06 - 0.3 * math.sin(lean), y, seat + 0.08 + 0.3 * math.cos(lean))
        ball(head, (0.09, 0.08, 0.09), materials.skin(rng), root)
        ball((head[0] - 0.03, y, head[2] + 0.03), (0.085, 0.083, 0.085), materials.cloth(rng), root)
        ball((-0.02, y, seat + 0.12), (0.16, 0.11, 0.1), materials.cloth(rng, (0.1, 0.9)), root)
        ball((0.17, y, seat + 0.07), (0.13, 0.1, 0.06), lining, root)
