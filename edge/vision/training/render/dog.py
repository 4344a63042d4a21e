"""A dog, standing or sitting, from terrier to retriever."""

from __future__ import annotations

from random import Random

from . import materials
from .primitives import ball, empty, tube
from .vehicle import Vehicle

COATS = ((0.015, 0.013, 0.012), (0.35, 0.2, 0.08), (0.65, 0.6, 0.5), (0.1, 0.05, 0.025), (0.4, 0.38, 0.36))


def build_dog(rng: Random) -> Vehicle:
    """Shoulders at 0.25 to 0.6 m; looks along x."""
    size = rng.uniform(0.45, 1.1)
    dark = rng.choice(COATS)
    coat = materials.speckled(dark, (dark[0] * 1.6, dark[1] * 1.5, dark[2] * 1.4), per_m=30.0, rough=0.95)
    nose = materials.rubber(rng)
    root = empty()
    body = empty(parent=root)
    body.scale = (size,) * 3
    sitting = rng.random() < 0.35
    rump = (-0.26, 0.22 if sitting else 0.46)
    chest = (0.22, 0.5)
    tube((rump[0], 0, rump[1]), (chest[0], 0, chest[1]), 0.13, coat, body)
    ball((chest[0], 0, chest[1]), (0.17, 0.14, 0.17), coat, body)
    tube((chest[0] + 0.05, 0, chest[1] + 0.05), (0.38, 0, 0.72), 0.085, coat, body)
    ball((0.41, 0, 0.75), (0.12, 0.095, 0.1), coat, body)
    ball((0.53, 0, 0.71), (0.09, 0.05, 0.05), coat, body)
    ball((0.61, 0, 0.73), (0.02, 0.025, 0.02), nose, body)
    up = rng.uniform(0.05, 0.3)
    tube(
        (rump[0] - 0.08, 0, rump[1] + 0.04), (rump[0] - 0.28, rng.uniform(-0.08, 0.08), rump[1] + up), 0.03, coat, body
    )
    for side in (-0.09, 0.09):
        ball((0.36, side * 1.05, 0.79), (0.04, 0.025, 0.075), coat, body)
        tube((0.24, side, 0.42), (0.26, side, 0.02), 0.04, coat, body)
        if sitting:
            ball((-0.2, side * 1.4, 0.16), (0.17, 0.06, 0.13), coat, body)
        else:
            tube((-0.26, side, 0.42), (-0.3, side, 0.2), 0.055, coat, body)
            tube((-0.3, side, 0.22), (-0.27, side, 0.02), 0.035, coat, body)
    return Vehicle(root, (0.0, 0.5), (0.0, 0.2, 0.9), (0.0, -0.2, 0.9))
