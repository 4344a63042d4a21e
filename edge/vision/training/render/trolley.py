"""Hand carts: a platform with boxes, a wire cart, a sack barrow, a shopping trolley on two wheels."""

from __future__ import annotations

from random import Random

from . import materials
from .accessories import cardboard
from .primitives import Object, Point, ball, box, empty, tube
from .vehicle import Vehicle, wheel


def build_trolley(rng: Random) -> Vehicle:
    """One of four; about 0.95 m to the handle, which is at negative x."""
    root = empty()
    metal, black = materials.bare_metal(rng), materials.rubber(rng)
    build = rng.choice((_platform, _platform, _wire_cart, _barrow, _shopper))
    build(root, rng, metal, black)
    hands: tuple[Point, Point] = ((-0.45, 0.18, 0.97), (-0.45, -0.18, 0.97))
    return Vehicle(root, (-0.85, 0.0), *hands)


def _castors(root: Object, rng: Random, black: materials.Material, x: float, y: float) -> None:
    for ahead in (-x, x):
        for side in (-y, y):
            wheel((ahead, side, 0.06), 0.06, 0.02, black, root, rng)


def _handle(root: Object, metal: materials.Material, y: float, foot: float) -> None:
    for side in (-y, y):
        tube((-0.42, side, foot), (-0.45, side, 0.96), 0.014, metal, root)
    tube((-0.45, -y, 0.96), (-0.45, y, 0.96), 0.016, metal, root)


def _platform(root: Object, rng: Random, metal: materials.Material, black: materials.Material) -> None:
    deck = materials.paint(rng) if rng.random() < 0.6 else metal
    box((0, 0, 0.14), (0.9, 0.55, 0.04), deck, root, bevel=0.01)
    _castors(root, rng, black, 0.36, 0.2)
    _handle(root, metal, 0.23, 0.15)
    top = 0.165
    for _ in range(rng.randint(0, 4)):
        high = rng.uniform(0.15, 0.38)
        size = (rng.uniform(0.4, 0.7), rng.uniform(0.3, 0.48), high)
        goods = cardboard(rng) if rng.random() < 0.7 else materials.paint(rng)
        box((rng.uniform(0.0, 0.08), rng.uniform(-0.03, 0.03), top + high / 2), size, goods, root, bevel=0.006)
        top += high


def _wire_cart(root: Object, rng: Random, metal: materials.Material, black: materials.Material) -> None:
    _castors(root, rng, black, 0.34, 0.2)
    levels = (0.35, 0.45, 0.55, 0.65, 0.75, 0.88)
    for level in levels:
        y, x = 0.2 + level * 0.08, 0.36 + level * 0.06
        for side in (-1, 1):
            tube((-x, side * y, level), (x, side * y, level), 0.007, metal, root)
            tube((side * x, -y, level), (side * x, y, level), 0.007, metal, root)
    for k in range(9):
        x = -0.4 + 0.1 * k
        for side in (-1, 1):
            tube((x * 0.95, side * 0.22, 0.35), (x, side * 0.27, 0.88), 0.004, metal, root)
    for corner in (-0.36, 0.36):
        for across in (-0.2, 0.2):
            tube((corner, across, 0.1), (corner, across * 1.1, 0.35), 0.012, metal, root)
    box((0, 0, 0.34), (0.74, 0.44, 0.008), metal, root)
    tube((-0.46, -0.26, 0.97), (-0.46, 0.26, 0.97), 0.018, materials.paint(rng), root)
    for _ in range(rng.randint(0, 3)):
        ball((rng.uniform(-0.2, 0.2), 0, 0.5), (0.17, 0.18, 0.15), materials.cloth(rng, (0.1, 0.9)), root)


def _barrow(root: Object, rng: Random, metal: materials.Material, black: materials.Material) -> None:
    for side in (-0.22, 0.22):
        wheel((-0.3, side, 0.12), 0.12, 0.035, metal, root, rng)
        tube((-0.2, side * 0.8, 0.04), (-0.42, side * 0.8, 1.0), 0.015, metal, root)
    for share in (0.2, 0.5, 0.8):
        x, z = -0.2 - 0.22 * share, 0.04 + 0.96 * share
        tube((x, -0.18, z), (x, 0.18, z), 0.011, metal, root)
    box((-0.03, 0, 0.04), (0.32, 0.4, 0.015), metal, root)
    top = 0.05
    for _ in range(rng.randint(0, 3)):
        high = rng.uniform(0.2, 0.35)
        box((0.0 - top * 0.2, 0, top + high / 2), (0.34, 0.42, high), cardboard(rng), root, turn=(0, -0.2, 0))
        top += high


def _shopper(root: Object, rng: Random, metal: materials.Material, black: materials.Material) -> None:
    cloth = materials.cloth(rng, (0.05, 0.8))
    for side in (-0.18, 0.18):
        wheel((-0.25, side, 0.09), 0.09, 0.02, black, root, rng)
        tube((-0.25, side * 0.7, 0.1), (-0.45, side * 0.7, 0.98), 0.01, metal, root)
    tube((-0.45, -0.13, 0.98), (-0.45, 0.13, 0.98), 0.015, black, root)
    box((-0.18, 0, 0.42), (0.24, 0.34, 0.6), cloth, root, turn=(0, -0.2, 0), bevel=0.03)
