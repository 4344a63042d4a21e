"""A pram: four wheels, a folding frame, a carrycot with a hood, a basket below."""

from __future__ import annotations

from random import Random

from . import materials
from .primitives import Ring, ball, box, empty, loft, tube
from .vehicle import Vehicle, wheel


def build_pram(rng: Random, brightness: tuple[float, float] = (0.015, 0.12)) -> Vehicle:
    """About 1.0 m long, 1.05 m to the handle, pushed from behind; its front is along x."""
    cover, lining = materials.cloth(rng, brightness), materials.cloth(rng, (0.1, 0.4))
    frame = rng.choice([materials.bare_metal(rng), materials.rubber(rng)])
    grip = materials.rubber(rng)
    root = empty()
    half, back, fore, cot = rng.uniform(0.25, 0.28), -0.3, 0.34, rng.uniform(0.56, 0.62)
    big, small, handle = rng.uniform(0.13, 0.15), rng.uniform(0.09, 0.11), 1.04
    wheels = []
    for side in (-1, 1):
        wheels.append(wheel((back, side * half, big), big, 0.022, frame, root, rng, spokes=10))
        wheels.append(wheel((fore, side * half * 0.8, small), small, 0.022, frame, root, rng, spokes=8))
        tube((fore, side * half * 0.75, small), (-0.62, side * half * 0.9, handle), 0.014, frame, root)
        tube((back, side * half * 0.9, big), (0.14, side * half * 0.85, cot - 0.05), 0.013, frame, root)
    tube((-0.62, -half * 0.9, handle), (-0.62, half * 0.9, handle), 0.019, grip, root)
    tube((back, -half, big), (back, half, big), 0.01, frame, root)
    carrycot = [
        Ring(-0.4, half * 0.62, 0.06, cot + 0.09),
        Ring(-0.34, half * 0.8, 0.11, cot + 0.07),
        Ring(0.3, half * 0.8, 0.11, cot + 0.06),
        Ring(0.4, half * 0.6, 0.06, cot + 0.08),
    ]
    loft(carrycot, "x", cover, root, square=0.7)
    hood = [
        Ring(-0.4, half * 0.62, 0.08, cot + 0.16),
        Ring(-0.34, half * 0.8, 0.19, cot + 0.2),
        Ring(-0.2, half * 0.86, 0.26, cot + 0.2),
        Ring(-0.04, half * 0.86, 0.27, cot + 0.2),
        Ring(-0.02, half * 0.7, 0.2, cot + 0.2),
    ]
    loft(hood, "x", cover, root)
    ball((0.17, 0, cot + 0.16), (0.22, half * 0.72, 0.06), lining, root)
    box((0.0, 0, 0.24), (0.48, half * 1.5, 0.14), grip, root, bevel=0.03)
    return Vehicle(
        root=root,
        walker=(-0.95, 0.0),
        left_hand=(-0.62, 0.16, handle + 0.02),
        right_hand=(-0.62, -0.16, handle + 0.02),
        wheels=wheels,
    )
