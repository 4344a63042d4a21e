"""What the camera sees through the open door: a tiled landing, walls, a flat's door across."""

from __future__ import annotations

from random import Random

from . import materials
from .car import Car
from .primitives import ball, box
from .stage import lamp

DEPTH_M = 2.6
SPAN_M = 5.0
HEIGHT_M = 2.6


def build_lobby(
    car: Car, rng: Random, watts: float | None = None, shade: float | None = None, depth_m: float = DEPTH_M
) -> None:
    """A landing 5.0 m wide in front of the car's door, lit by its own lamp; `shade` is the tiles' brightness."""
    near = car.sill_y - 0.1
    middle, far = near - depth_m / 2, near - depth_m
    usual = rng.uniform(0.3, 0.5)
    shade = usual if shade is None else shade
    tiles = materials.tiled((shade, shade * 0.95, shade * 0.86), (shade * 0.4,) * 3, edge=0.4)
    box((0, middle, -0.01), (SPAN_M, depth_m, 0.02), tiles)
    white = materials.plain((0.75, 0.74, 0.7), rough=0.8)
    tint = materials.plain(materials.colour(rng, (0.1, 0.4), (0.3, 0.55)), rough=0.7)
    box((0, middle, HEIGHT_M + 0.01), (SPAN_M, depth_m, 0.02), white)
    _wall_across(far, white, tint, rng)
    for side in (-1, 1):
        box((side * SPAN_M / 2, middle, HEIGHT_M / 2), (0.04, depth_m, HEIGHT_M), white)
        width = (SPAN_M - car.door_m) / 2
        x = side * (car.door_m / 2 + width / 2)
        box((x, near - 0.02, HEIGHT_M / 2), (width, 0.06, HEIGHT_M), white)
    over = HEIGHT_M - 2.1
    box((0, near - 0.02, 2.1 + over / 2), (car.door_m, 0.06, over), white)
    bright = rng.uniform(35.0, 55.0)
    lamp(
        (0.0, middle, HEIGHT_M - 0.05), watts=bright if watts is None else watts, edge=0.8, warm=rng.uniform(0.1, 0.35)
    )


def _wall_across(y: float, white: materials.Material, tint: materials.Material, rng: Random) -> None:
    """Upper half white, lower half in colour, with the door of a flat."""
    box((0, y - 0.02, HEIGHT_M / 2), (SPAN_M, 0.04, HEIGHT_M), white)
    box((0, y + 0.003, 0.6), (SPAN_M, 0.006, 1.2), tint)
    x = rng.uniform(-1.1, -0.3)
    wood = materials.speckled((0.16, 0.07, 0.03), (0.24, 0.11, 0.05), per_m=9.0, rough=0.4)
    box((x, y + 0.01, 1.03), (0.98, 0.03, 2.06), materials.plain((0.5, 0.48, 0.44), rough=0.6))
    box((x, y + 0.02, 1.0), (0.88, 0.04, 2.0), wood, bevel=0.004)
    ball((x + 0.36, y + 0.06, 1.0), (0.05, 0.03, 0.014), materials.bare_metal(rng))
    mat = materials.speckled((0.05, 0.03, 0.02), (0.12, 0.08, 0.05), per_m=80.0, rough=0.95)
    box((x, y + 0.32, 0.006), (0.75, 0.42, 0.012), mat)
