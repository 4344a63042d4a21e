"""A wheelchair: hand-driven with big wheels, pushed with small ones, or electric; empty or with its user."""

from __future__ import annotations

from random import Random

from . import materials
from .person import Person
from .primitives import Object, Point, box, empty, torus, tube
from .vehicle import Vehicle, wheel


def build_wheelchair(rng: Random) -> Vehicle:
    """About 1.05 m long and 0.65 m wide, handles at 0.92 m; its front is along x."""
    frame = materials.bare_metal(rng) if rng.random() < 0.6 else materials.paint(rng)
    black = materials.rubber(rng)
    cover = materials.cloth(rng, (0.01, 0.5)) if rng.random() < 0.5 else materials.rubber(rng)
    style = rng.choice(("hand", "hand", "pushed", "electric"))
    half = rng.uniform(0.22, 0.27)
    rear_m = {"hand": rng.uniform(0.28, 0.31), "pushed": 0.16, "electric": 0.17}[style]
    tyre = 0.045 if style == "electric" else 0.016
    root = empty()
    wheels = []
    for side in (-1, 1):
        y = side * (half + 0.04)
        wheels.append(wheel((-0.14, y, rear_m), rear_m, tyre, frame, root, rng, spokes=14 if style == "hand" else 0))
        if style == "hand":
            torus((-0.14, y + side * 0.04, rear_m), rear_m - 0.04, 0.008, frame, root)
        wheels.append(wheel((0.34, side * half * 0.9, 0.09), 0.09, 0.02, frame, root, rng))
        _side_frame(root, side * half, frame, black)
    box((0.03, 0, 0.49), (0.44, half * 2, 0.05), cover, root, bevel=0.015)
    box((-0.22, 0, 0.73), (0.05, half * 2, 0.42), cover, root, turn=(0, -0.1, 0), bevel=0.015)
    if style == "electric":
        box((-0.05, 0, 0.27), (0.46, half * 1.5, 0.24), black, root, bevel=0.03)
        box((0.24, -half, 0.74), (0.09, 0.07, 0.06), black, root, bevel=0.01)
        tube((0.25, -half, 0.76), (0.26, -half, 0.84), 0.012, black, root)
        if rng.random() < 0.4:
            box((-0.24, 0, 1.05), (0.06, 0.22, 0.16), cover, root, bevel=0.02)
    if rng.random() < 0.65:
        _user(root, rng, half)
    hands: tuple[Point, Point] = ((-0.38, half, 0.94), (-0.38, -half, 0.94))
    return Vehicle(root, (-0.8, 0.0), *hands, wheels=wheels)


def _side_frame(root: Object, y: float, frame: materials.Material, black: materials.Material) -> None:
    """Push handle, back post, armrest, front leg and footplate of one side."""
    tube((-0.2, y, 0.2), (-0.25, y, 0.94), 0.013, frame, root)
    tube((-0.25, y, 0.93), (-0.4, y, 0.93), 0.018, black, root)
    tube((-0.2, y, 0.48), (0.26, y, 0.48), 0.013, frame, root)
    tube((0.26, y, 0.48), (0.4, y * 0.7, 0.12), 0.013, frame, root)
    tube((0.22, y, 0.48), (0.34, y * 0.9, 0.18), 0.011, frame, root)
    tube((0.18, y, 0.48), (0.18, y, 0.7), 0.011, frame, root)
    box((0.0, y, 0.71), (0.36, 0.05, 0.04), black, root, bevel=0.01)
    box((0.44, y * 0.55, 0.11), (0.17, 0.14, 0.02), black, root)


def _user(root: Object, rng: Random, half: float) -> None:
    """Somebody who sits in it, hands in the lap or on the armrests."""
    person = Person(rng, (1.45, 1.8), bright=True)
    person.root.parent = root
    lap = rng.random() < 0.5
    hand: Point = (0.18, 0.08, 0.66) if lap else (0.16, half, 0.76)
    feet: tuple[Point, Point] = ((0.42, 0.11, 0.2), (0.42, -0.11, 0.2))
    person.sit((-0.1, 0.0, 0.62), feet, (hand, (hand[0], -hand[1], hand[2])), gaze=rng.uniform(-0.6, 0.6))
