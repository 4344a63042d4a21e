"""The lift as somebody on the landing sees it: lined wall, door frame, call buttons, floor display, odds and ends."""

from __future__ import annotations

from random import Random

from . import finishes, materials
from .car import Car
from .lenses import pick
from .primitives import ball, box

OPENING_M = 2.1
LINED_M = 2.6  # high
SPAN_M = 5.0
LININGS = {"painted": 5, "stone": 3, "steel": 1, "wood": 1, "plywood": 0.5}


def face(car: Car, rng: Random) -> None:
    """Everything on the landing's side of the wall round the door."""
    surface = car.sill_y - 0.15
    kind = pick(rng, LININGS)
    lining = finishes.floor("stone", rng) if kind == "stone" else finishes.wall(kind, rng)
    side_m = (SPAN_M - car.door_m) / 2
    for side in (-1, 1):
        box((side * (car.door_m + side_m) / 2, surface, LINED_M / 2), (side_m, 0.02, LINED_M), lining)
    box((0, surface, (OPENING_M + LINED_M) / 2), (car.door_m, 0.02, LINED_M - OPENING_M), lining)
    _frame(car, surface, rng)
    side = rng.choice((-1, 1))
    _call_buttons(side * (car.door_m / 2 + rng.uniform(0.25, 0.4)), surface, rng)
    if rng.random() < 0.6:
        _display(surface, rng)
    for side in (-1, 1):
        if rng.random() < 0.45:
            _odds_and_ends(side * (car.door_m / 2 + rng.uniform(0.5, 1.0)), surface, rng)


def _frame(car: Car, surface: float, rng: Random) -> None:
    """The architrave: from a thin edge to a broad steel or stone surround."""
    broad = rng.uniform(0.04, 0.22)
    metal = finishes.wall(rng.choice(("steel", "steel", "painted", "gold", "polished")), rng)
    for side in (-1, 1):
        at = (side * (car.door_m + broad) / 2, surface - 0.005, (OPENING_M + broad) / 2)
        box(at, (broad, 0.04, OPENING_M + broad), metal)
        box((side * (car.door_m / 2 + 0.005), surface + 0.06, OPENING_M / 2), (0.012, 0.1, OPENING_M), metal)
    box((0, surface - 0.005, OPENING_M + broad / 2), (car.door_m, 0.04, broad), metal)


def _call_buttons(x: float, surface: float, rng: Random) -> None:
    plate = materials.plain((rng.uniform(0.1, 0.5),) * 3, metal=1.0, rough=0.3)
    high = rng.uniform(0.2, 0.5)
    box((x, surface - 0.015, 1.1), (0.1, 0.015, high), plate)
    lit = materials.glowing(rng.choice(((0.9, 0.25, 0.03), (0.2, 0.4, 1.0), (0.9, 0.9, 0.9))), 2.0)
    dark = materials.plain((0.6, 0.6, 0.6), metal=0.6, rough=0.4)
    for k, step in enumerate((-0.04, 0.04)):
        box((x, surface - 0.026, 1.06 + step), (0.035, 0.01, 0.035), lit if rng.random() < 0.3 and k else dark)


def _display(surface: float, rng: Random) -> None:
    """The floor number over the door."""
    high = OPENING_M + rng.uniform(0.24, 0.32)
    box((0, surface - 0.02, high), (0.3, 0.03, 0.12), materials.rubber(rng))
    box((0, surface - 0.04, high), (0.05, 0.004, 0.07), materials.glowing((0.9, 0.1, 0.03), 1.5))


def _odds_and_ends(x: float, surface: float, rng: Random) -> None:
    """A notice, a bin or a plant beside the door."""
    what = rng.choice(("notice", "notice", "bin", "plant"))
    if what == "notice":
        wide, high = rng.uniform(0.2, 0.5), rng.uniform(0.3, 0.7)
        ground = materials.plain(materials.colour(rng, (0.0, 0.9), (0.3, 0.95)), rough=0.4)
        print_ = materials.speckled(materials.colour(rng, (0.2, 0.8), (0.1, 0.7)), (0.8, 0.8, 0.75), rng.uniform(9, 30))
        box((x, surface - 0.015, 1.5), (wide, 0.012, high), ground)
        box((x, surface - 0.022, 1.5 + high * 0.05), (wide * 0.85, 0.004, high * 0.7), print_)
    elif what == "bin":
        box((x, surface - 0.2, 0.32), (0.26, 0.26, 0.64), finishes.wall("steel", rng), bevel=0.02)
    else:
        pot = materials.plain(materials.colour(rng, (0.0, 0.5), (0.2, 0.8)), rough=0.4)
        box((x, surface - 0.22, 0.2), (0.3, 0.3, 0.4), pot, bevel=0.04)
        leaf = materials.speckled((0.02, 0.09, 0.02), (0.06, 0.22, 0.05), per_m=25.0, rough=0.6)
        for _ in range(9):
            at = (x + rng.uniform(-0.18, 0.18), surface - 0.22 + rng.uniform(-0.1, 0.1), rng.uniform(0.5, 1.2))
            turn = (rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.8), rng.uniform(0.0, 3.0))
            ball(at, (0.05, 0.11, 0.2), leaf, turn=turn)
