"""A pedal bicycle: diamond or step-through frame; and, with a battery and a motor, a pedal-assist bike."""

from __future__ import annotations

from random import Random

from . import materials
from .accessories import basket, child_seat, dress_bike
from .primitives import Object, Point, box, empty, torus, tube
from .vehicle import Vehicle, wheel


def build_bicycle(rng: Random) -> Vehicle:
    """1.5 to 1.8 m long, wheels of 40 to 70 cm, thin tyres."""
    return _bike(rng, electric=False)


def build_pedelec(rng: Random) -> Vehicle:
    """The same with fatter tyres, a battery on or behind the seat tube and a hub motor."""
    return _bike(rng, electric=True)


def _bike(rng: Random, *, electric: bool) -> Vehicle:
    paint, black, metal = materials.paint(rng), materials.rubber(rng), materials.bare_metal(rng)
    radius = rng.uniform(0.2, 0.3) if electric else rng.uniform(0.22, 0.35)
    tyre = rng.uniform(0.022, 0.045) if electric else rng.uniform(0.013, 0.026)
    half_base, bar, saddle = rng.uniform(0.46, 0.55), rng.uniform(0.95, 1.08), rng.uniform(0.78, 0.92)
    root = empty()
    neck = half_base - 0.17
    steering = empty((neck, 0, 0), yaw=rng.uniform(-0.45, 0.45), parent=root)
    rear = wheel((-half_base, 0, radius), radius, tyre, metal, root, rng, spokes=16)
    front = wheel((0.17, 0, radius), radius, tyre, metal, steering, rng, spokes=16)
    hub = max(radius - 0.02, 0.22)
    crank: Point = (-0.03, 0.0, hub)
    seat: Point = (-0.2, 0.0, saddle - 0.14)
    head: Point = (neck, 0.0, bar - 0.2)
    low = rng.random() < (0.6 if electric else 0.4)
    thick = 0.026 if electric else 0.018
    tube(crank, seat, thick, paint, root)
    tube(crank, (neck, 0, bar - 0.36), thick * 1.2, paint, root)
    if not low:
        tube(seat, head, thick, paint, root)
    for side in (-1, 1):
        axle: Point = (-half_base, side * 0.05, radius)
        tube(axle, (crank[0], side * 0.03, crank[2]), 0.012, paint, root)
        tube(axle, (seat[0], side * 0.02, seat[2]), 0.01, paint, root)
        tube((0.17, side * 0.05, radius), (0.02, side * 0.04, bar - 0.34), 0.013, paint, steering)
        tube(crank, (crank[0] + 0.13 * side, side * 0.09, crank[2] - 0.1 * side), 0.011, metal, root)
        box((crank[0] + 0.13 * side, side * 0.13, crank[2] - 0.1 * side), (0.09, 0.07, 0.02), black, root)
        tube((0.02, 0, bar), (-0.04, side * 0.25, bar + 0.02), 0.012, metal, steering)
        tube((-0.04, side * 0.22, bar + 0.02), (-0.12, side * 0.31, bar + 0.02), 0.017, black, steering)
    tube((0.02, 0, bar - 0.38), (0.01, 0, bar), 0.02, paint, steering)
    tube(seat, (-0.24, 0, saddle), 0.014, metal, root)
    box((-0.25, 0, saddle + 0.02), (0.27, 0.15, 0.06), black, root, bevel=0.025)
    torus((crank[0], -0.05, crank[2]), 0.085, 0.008, metal, root)
    _extras(root, steering, rng, half_base, radius, paint)
    if electric:
        _battery_and_motor(root, rng, half_base, radius, crank, seat, (neck, 0, bar - 0.36))
        if rng.random() < 0.6:
            dress_bike(root, rng, saddle_m=saddle - 0.1, bar_m=bar, half_base_m=half_base)
    if rng.random() < 0.7:
        root.rotation_euler[0] = rng.uniform(-0.12, 0.12)
    hands: tuple[Point, Point] = ((neck - 0.1, 0.28, bar + 0.03), (-0.2, 0.06, saddle + 0.06))
    return Vehicle(root, (0.0, 0.45), *hands, wheels=[rear, front])


def _extras(
    root: Object, steering: Object, rng: Random, half_base: float, radius: float, paint: materials.Material
) -> None:
    """Basket, carrier, mudguards, child seat: the same chances with and without a motor."""
    metal = materials.bare_metal(rng)
    top = 2 * radius + 0.06
    if rng.random() < 0.4:
        basket(steering, (0.18, 0.0, 0.88), rng)
    if rng.random() < 0.5:
        box((-half_base, 0, top + 0.06), (0.36, 0.13, 0.015), metal, root)
        for side in (-1, 1):
            tube((-half_base, side * 0.06, radius), (-half_base - 0.1, side * 0.06, top + 0.06), 0.006, metal, root)
        if rng.random() < 0.25:
            child_seat(root, (-half_base, 0, top + 0.05), rng)
    if rng.random() < 0.4:
        for x, parent in ((-half_base, root), (0.17, steering)):
            box((x - 0.02, 0, 2 * radius + 0.015), (radius * 0.9, 0.06, 0.012), paint, parent, bevel=0.005)


def _battery_and_motor(
    root: Object, rng: Random, half_base: float, radius: float, crank: Point, seat: Point, head: Point
) -> None:
    case = materials.plain((rng.uniform(0.01, 0.06),) * 3, rough=0.35)
    kind = rng.random()
    if kind < 0.4:  # on the down tube
        start = tuple(c + (h - c) * 0.25 for c, h in zip(crank, head, strict=True))
        end = tuple(c + (h - c) * 0.85 for c, h in zip(crank, head, strict=True))
        tube((start[0], 0, start[2] + 0.05), (end[0], 0, end[2] + 0.05), 0.055, case, root)
    elif kind < 0.7:  # behind the seat tube
        box((seat[0] - 0.04, 0, (crank[2] + seat[2]) / 2), (0.09, 0.1, 0.36), case, root, turn=(0, -0.2, 0), bevel=0.02)
    else:  # under the carrier
        box((-half_base, 0, 2 * radius + 0.09), (0.38, 0.14, 0.08), case, root, bevel=0.02)
    tube((-half_base, -0.05, radius), (-half_base, 0.05, radius), 0.1, case, root)
