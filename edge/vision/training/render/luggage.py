"""Suitcases, delivery boxes, bags and insulated courier boxes, alone or in a small heap."""

from __future__ import annotations

from random import Random

from . import materials
from .accessories import cardboard
from .primitives import Object, ball, box, empty, torus, tube
from .vehicle import Vehicle, wheel


def build_luggage(rng: Random) -> Vehicle:
    """One to four pieces within about 0.9 x 0.6 m."""
    root = empty()
    places = [(-0.26, -0.14), (0.24, 0.12), (0.2, -0.2), (-0.2, 0.2)]
    rng.shuffle(places)
    for x, y in places[: rng.choice((1, 1, 2, 2, 3, 4))]:
        frame = empty((x, y, 0), yaw=rng.uniform(-0.9, 0.9), parent=root)
        rng.choice((_suitcase, _suitcase, _boxes, _boxes, _bag, _courier))(frame, rng)
    return Vehicle(root, (0.0, 0.5), (0.0, 0.2, 0.8), (0.0, -0.2, 0.8))


def _suitcase(root: Object, rng: Random) -> None:
    shell = materials.paint(rng) if rng.random() < 0.7 else materials.cloth(rng)
    dark = materials.rubber(rng)
    wide, deep, high = rng.uniform(0.34, 0.48), rng.uniform(0.2, 0.3), rng.uniform(0.48, 0.72)
    box((0, 0, high / 2 + 0.05), (deep, wide, high), shell, root, bevel=0.04)
    for k in (-1, 0, 1):
        box((0, k * wide * 0.27, high / 2 + 0.05), (deep + 0.008, 0.02, high * 0.9), shell, root)
    for x in (-deep / 2 + 0.04, deep / 2 - 0.04):
        for y in (-wide / 2 + 0.05, wide / 2 - 0.05):
            wheel((x, y, 0.028), 0.028, 0.012, dark, root, rng)
    pull = high + rng.choice((0.08, 0.4, 0.48))
    for side in (-0.08, 0.08):
        tube((-deep * 0.35, side, high), (-deep * 0.35, side, pull), 0.008, materials.bare_metal(rng), root)
    tube((-deep * 0.35, -0.09, pull), (-deep * 0.35, 0.09, pull), 0.014, dark, root)


def _boxes(root: Object, rng: Random) -> None:
    top = 0.0
    for _ in range(rng.randint(1, 3)):
        high = rng.uniform(0.15, 0.45)
        size = (rng.uniform(0.28, 0.5), rng.uniform(0.25, 0.45), high)
        turn = (0.0, 0.0, rng.uniform(-0.3, 0.3))
        box((0, 0, top + high / 2), size, cardboard(rng), root, turn=turn, bevel=0.005)
        tape = materials.plain((0.45, 0.36, 0.2), rough=0.2)
        box((0, 0, top + high / 2), (size[0] + 0.002, 0.05, high + 0.002), tape, root, turn=turn)
        top += high


def _bag(root: Object, rng: Random) -> None:
    cloth = materials.cloth(rng, (0.03, 0.9))
    wide = rng.uniform(0.16, 0.3)
    ball((0, 0, wide * 0.75), (wide * 0.7, wide, wide * 0.8), cloth, root)
    torus((0, 0, wide * 1.4), wide * 0.4, 0.012, cloth, root)


def _courier(root: Object, rng: Random) -> None:
    paint = materials.plain(rng.choice([(0.85, 0.55, 0.01), (0.0, 0.25, 0.6), (0.02, 0.02, 0.02), (0.6, 0.02, 0.02)]))
    edge = rng.uniform(0.36, 0.46)
    box((0, 0, edge / 2), (edge, edge * 1.1, edge), paint, root, bevel=0.015)
    box((0, 0, edge * 0.92), (edge + 0.01, edge * 1.1 + 0.01, 0.03), materials.rubber(rng), root)
