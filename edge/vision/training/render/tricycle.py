"""Tricycles without a motor: a child's with a push bar, and an adult's with a shopping basket."""

from __future__ import annotations

from random import Random

from . import materials
from .accessories import basket
from .primitives import Object, Point, ball, box, empty, tube
from .vehicle import Vehicle, wheel


def build_tricycle(rng: Random) -> Vehicle:
    """Three in four are a child's, 0.75 m long; the adult's is 1.4 m long."""
    scale = 0.55 if rng.random() < 0.75 else 1.0
    paint, metal, black = materials.paint(rng), materials.bare_metal(rng), materials.rubber(rng)
    second = materials.paint(rng) if scale < 1 else black
    root = empty()
    body = empty(parent=root)
    body.scale = (scale,) * 3
    steering = empty((0.4, 0, 0), yaw=rng.uniform(-0.5, 0.5), parent=body)
    fore, back = 0.25, 0.22
    spokes = 12 if scale == 1.0 else 0
    wheels = [wheel((0.1, 0, fore), fore, 0.03, second, steering, rng, spokes)]
    wheels += [wheel((-0.5, side * 0.3, back), back, 0.03, second, body, rng, spokes) for side in (-1, 1)]
    bar, saddle = 0.95, 0.68
    tube((0.0, 0, bar), (0.04, 0, 0.5), 0.028, paint, steering)
    for side in (-1, 1):
        tube((0.1, side * 0.05, fore), (0.04, side * 0.04, 0.52), 0.018, paint, steering)
        tube((0.0, 0, bar), (-0.08, side * 0.28, bar + 0.02), 0.018, metal, steering)
        tube((-0.06, side * 0.2, bar + 0.01), (-0.1, side * 0.32, bar + 0.03), 0.026, black, steering)
        box((0.1 + side * 0.1, side * 0.14, fore - side * 0.08), (0.1, 0.09, 0.03), black, steering)
    tube((0.4, 0, 0.58), (-0.2, 0, 0.32), 0.035, paint, body)
    tube((-0.2, 0, 0.32), (-0.5, 0, back), 0.03, paint, body)
    tube((-0.5, -0.3, back), (-0.5, 0.3, back), 0.018, metal, body)
    tube((-0.2, 0, 0.32), (-0.24, 0, saddle), 0.024, metal, body)
    box((-0.25, 0, saddle + 0.03), (0.28, 0.22, 0.08), second, body, bevel=0.03)
    _behind(body, rng, paint, metal, child=scale < 1)
    hands: tuple[Point, Point] = ((0.2 * scale, 0.25 * scale, bar * scale), (0.0, 0.2, 0.8))
    return Vehicle(root, (0.0, 0.55), *hands, wheels=wheels)


def _behind(body: Object, rng: Random, paint: materials.Material, metal: materials.Material, *, child: bool) -> None:
    """A basket on the adult's; a back rest, and often a push bar and a sun roof on the child's."""
    if not child:
        basket(body, (-0.55, 0, 0.62), rng)
        box((-0.55, 0, 0.46), (0.45, 0.5, 0.02), metal, body)
        return
    box((-0.4, 0, 0.88), (0.05, 0.3, 0.4), paint, body, bevel=0.03)
    if rng.random() < 0.6:
        tube((-0.5, 0, 0.35), (-0.95, 0, 1.7), 0.025, metal, body)
        tube((-0.95, -0.25, 1.7), (-0.95, 0.25, 1.7), 0.035, materials.rubber(rng), body)
        if rng.random() < 0.5:
            tube((-0.4, 0, 1.0), (-0.35, 0, 1.55), 0.02, metal, body)
            ball((-0.2, 0, 1.55), (0.4, 0.32, 0.1), materials.cloth(rng, (0.1, 0.9)), body)
