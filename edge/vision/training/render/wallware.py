"""What hangs in a random car: mirrors, framed posters, an advertising screen, handrails."""

from __future__ import annotations

from random import Random

from . import materials
from .car import Car
from .plans import CarPlan
from .primitives import Object, box, empty, tube


def hang_up(car: Car, plan: CarPlan, rng: Random) -> None:
    """Everything the plan names."""
    _mirror(car, plan.mirror)
    walls = [(-1, 0), (1, 0), (0, 1)]
    for k in range(plan.posters):
        wall = walls[(k + rng.randrange(2)) % 3]
        _poster(_on_wall(car, wall, rng.uniform(-0.3, 0.3), rng.uniform(1.15, 1.7)), rng)
    if plan.screen:
        frame = _on_wall(car, rng.choice(walls[:2]), rng.uniform(-0.25, 0.25), rng.uniform(1.4, 1.75))
        _screen(frame, rng)
    metal = materials.bare_metal(rng)
    for wall in walls[: plan.rails]:
        _rail(_on_wall(car, wall, 0.0, rng.uniform(0.85, 1.0)), metal, (car.depth_m if wall[0] else car.width_m) * 0.38)


def _on_wall(car: Car, wall: tuple[int, int], along: float, high: float) -> Object:
    """A frame on a wall: x runs along the wall, y into the car."""
    if wall[0]:
        x = wall[0] * car.width_m / 2
        return empty((x, along * car.depth_m, high), yaw=wall[0] * 1.5707963)
    return empty((along * car.width_m, car.depth_m / 2, high), yaw=3.1415927)


def _mirror(car: Car, where: str) -> None:
    glass = materials.plain((0.85, 0.87, 0.86), metal=1.0, rough=0.02)
    if where == "side":
        frame, wide = _on_wall(car, (1, 0), 0.0, 1.25), car.depth_m * 0.8
    elif where:
        frame, wide = _on_wall(car, (0, 1), 0.0, 1.25), car.width_m * 0.85
    else:
        return
    high = 1.9 if where == "back" else 1.0
    box((0, 0.006, 0.25 if where == "upper" else 0.0), (wide, 0.008, high), glass, frame)


def _poster(frame: Object, rng: Random) -> None:
    """A picture with a title and lines of print, in a frame or stuck on."""
    wide, high = rng.uniform(0.25, 0.6), rng.uniform(0.35, 0.8)
    if rng.random() < 0.6:
        box((0, 0.006, 0), (wide + 0.05, 0.012, high + 0.05), materials.bare_metal(rng), frame)
    ground = materials.plain(materials.colour(rng, (0.0, 0.9), (0.3, 0.95)), rough=rng.uniform(0.1, 0.6))
    box((0, 0.013, 0), (wide, 0.006, high), ground, frame)
    first, second = (materials.colour(rng, (0.2, 1.0), (0.1, 0.9)) for _ in range(2))
    makers = (materials.veined, materials.speckled, materials.checked)
    picture = rng.choice(makers)(first, second, rng.uniform(4.0, 14.0))
    box((0, 0.016, high * 0.12), (wide * 0.85, 0.004, high * 0.5), picture, frame)
    ink = materials.plain(materials.colour(rng, (0.0, 0.8), (0.02, 0.4)))
    box((0, 0.016, high * 0.42), (wide * rng.uniform(0.4, 0.8), 0.004, 0.035), ink, frame)
    for k in range(rng.randint(0, 5)):
        box((0, 0.016, -high * 0.2 - 0.03 * k), (wide * rng.uniform(0.5, 0.8), 0.004, 0.008), ink, frame)


def _screen(frame: Object, rng: Random) -> None:
    wide, high = rng.choice(((0.3, 0.52), (0.55, 0.32)))
    box((0, 0.02, 0), (wide + 0.05, 0.04, high + 0.05), materials.rubber(rng), frame, bevel=0.008)
    colour = materials.colour(rng, (0.2, 0.9), (0.4, 1.0))
    box((0, 0.041, 0), (wide, 0.004, high), materials.glowing(colour, rng.uniform(0.3, 1.2)), frame)
    other = materials.glowing(materials.colour(rng, (0.0, 0.9), (0.3, 1.0)), rng.uniform(0.3, 1.2))
    box((0, 0.043, -high * 0.2), (wide * 0.8, 0.004, high * 0.35), other, frame)


def _rail(frame: Object, metal: materials.Material, half: float) -> None:
    tube((-half, 0.05, 0), (half, 0.05, 0), 0.019, metal, frame)
    for x in (-half * 0.8, half * 0.8):
        tube((x, 0.0, 0), (x, 0.05, 0), 0.012, metal, frame)
