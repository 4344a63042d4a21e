"""The lift car: steel walls, an open door, a handrail, a panel of buttons, a lamp in the ceiling."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from . import materials
from .primitives import box, tube
from .stage import lamp


@dataclass(frozen=True)
class Car:
    """Inner sizes of the car in metres; the door is in the middle of the wall at y = -depth_m / 2."""

    width_m: float
    depth_m: float
    height_m: float
    door_m: float

    @property
    def sill_y(self) -> float:
        """Where the door is."""
        return -self.depth_m / 2


def build_car(rng: Random) -> Car:
    """A car for eight to thirteen persons with its door open."""
    car = Car(
        width_m=rng.uniform(1.6, 1.8),
        depth_m=rng.uniform(1.85, 2.1),
        height_m=rng.uniform(2.3, 2.45),
        door_m=rng.uniform(1.1, 1.2),
    )
    _shell(car, rng)
    _door(car, rng)
    _fittings(car, rng)
    lamp((0.0, 0.0, car.height_m - 0.04), watts=rng.uniform(30.0, 40.0), edge=0.9, warm=rng.uniform(0.0, 0.2))
    return car


def _shell(car: Car, rng: Random) -> None:
    wide, deep, high = car.width_m, car.depth_m, car.height_m
    steel = materials.brushed_steel(rng)
    grey = rng.uniform(0.06, 0.25)
    light = grey * rng.uniform(1.3, 2.0)
    floor = materials.speckled((grey,) * 3, (light, light, light * 0.95), per_m=60.0, rough=0.45)
    box((0, 0, -0.01), (wide, deep, 0.02), floor)
    box((0, 0, high + 0.01), (wide, deep, 0.02), materials.plain((0.75, 0.75, 0.74), rough=0.6))
    seam = materials.plain((0.05, 0.05, 0.05), rough=0.6)
    for side in (-1, 1):
        box((side * (wide / 2 + 0.01), 0, high / 2), (0.02, deep, high), steel)
        box((side * (wide / 2 - 0.004), 0, 0.06), (0.008, deep, 0.12), seam)
        for third in (-1, 1):
            box((side * (wide / 2 - 0.001), third * deep / 6, high / 2), (0.003, 0.006, high), seam)
    box((0, deep / 2 + 0.01, high / 2), (wide, 0.02, high), steel)
    box((0, deep / 2 - 0.004, 0.06), (wide, 0.008, 0.12), seam)


def _door(car: Car, rng: Random) -> None:
    """The front wall round the opening, the sill and the edges of the two pushed-back panels."""
    steel = materials.brushed_steel(rng)
    jamb = (car.width_m - car.door_m) / 2
    for side in (-1, 1):
        middle = side * (car.door_m / 2 + jamb / 2)
        box((middle, car.sill_y - 0.02, car.height_m / 2), (jamb, 0.04, car.height_m), steel)
        panel = side * (car.door_m / 2 + 0.22)
        box((panel, car.sill_y - 0.07, 1.05), (0.46, 0.03, 2.1), steel)
    lintel = car.height_m - 2.1
    box((0, car.sill_y - 0.02, 2.1 + lintel / 2), (car.door_m, 0.04, lintel), steel)
    grooved = materials.plain((0.35, 0.34, 0.32), metal=1.0, rough=0.4)
    box((0, car.sill_y - 0.05, -0.006), (car.door_m, 0.12, 0.02), grooved)


def _fittings(car: Car, rng: Random) -> None:
    """Handrails on the long walls, the panel of buttons beside the door, a notice or two."""
    rail = materials.bare_metal(rng)
    length = car.depth_m * 0.38
    for side in (-1, 1):
        x = side * (car.width_m / 2 - 0.05)
        tube((x, -length, 0.9), (x, length, 0.9), 0.019, rail)
        for y in (-length * 0.8, length * 0.8):
            tube((x, y, 0.9), (side * car.width_m / 2, y, 0.9), 0.012, rail)
    side = rng.choice((-1, 1))
    buttons(car, side, rng)
    wall = -side * (car.width_m / 2 - 0.003)
    ground = materials.plain((0.75, 0.75, 0.72), rough=0.5)
    print_ = materials.speckled(materials.colour(rng, (0.3, 0.8), (0.2, 0.7)), (0.8, 0.8, 0.75), per_m=14.0)
    middle = rng.uniform(-0.1, 0.2)
    box((wall, middle, 1.5), (0.006, 0.34, 0.46), ground)
    box((wall - 0.002 * -side, middle, 1.53), (0.008, 0.3, 0.3), print_)


def buttons(car: Car, side: int, rng: Random) -> None:
    """The panel of buttons on the wall of `side` (-1 left, 1 right), one of them lit."""
    plate = materials.plain((0.25, 0.25, 0.26), metal=1.0, rough=0.25)
    dark = materials.plain((0.6, 0.6, 0.6), metal=0.6, rough=0.4)
    lit = materials.glowing((0.9, 0.25, 0.03), 2.0)
    x, y = side * (car.width_m / 2 - 0.006), car.sill_y + 0.3
    box((x, y, 1.25), (0.012, 0.2, 1.0), plate)
    chosen = rng.randrange(10)
    for k in range(10):
        at = (x - side * 0.008, y + (0.04 if k % 2 else -0.04), 0.95 + 0.085 * (k // 2))
        box(at, (0.008, 0.034, 0.034), lit if k == chosen else dark, bevel=0.003)
    box((x - side * 0.008, y, 1.58), (0.006, 0.11, 0.1), materials.glowing((0.6, 0.05, 0.02), 0.6))
