"""A random car from its plan: shell, door as far open as the plan says, lamps."""

from __future__ import annotations

from random import Random

from . import finishes, materials
from .car import Car, buttons
from .plans import CarPlan, LightPlan
from .primitives import Material, box
from .stage import lamp
from .wallware import hang_up

DOOR_M = 2.1


def build_cabin(plan: CarPlan, rng: Random) -> Car:
    """The car without its lamps."""
    car = Car(plan.width_m, plan.depth_m, plan.height_m, plan.door_m)
    wide, deep, high = car.width_m, car.depth_m, car.height_m
    walls = finishes.wall(plan.walls, rng)
    back = walls if plan.back == plan.walls else finishes.wall(plan.back, rng)
    box((0, 0, -0.01), (wide, deep, 0.02), finishes.floor(plan.floor, rng))
    ceiling = materials.plain((rng.uniform(0.4, 0.85),) * 3, metal=rng.choice((0.0, 0.0, 0.9)), rough=0.5)
    box((0, 0, high + 0.01), (wide, deep, 0.02), ceiling)
    skirting = materials.plain((rng.uniform(0.03, 0.4),) * 3, metal=rng.choice((0.0, 1.0)), rough=0.5)
    seams = rng.choice((0, 1, 2, 3))
    dark = materials.plain((0.05,) * 3, rough=0.6)
    for side in (-1, 1):
        box((side * (wide / 2 + 0.01), 0, high / 2), (0.02, deep, high), walls)
        box((side * (wide / 2 - 0.004), 0, 0.05), (0.008, deep, 0.1), skirting)
        for k in range(seams):
            y = deep * ((k + 1) / (seams + 1) - 0.5)
            box((side * (wide / 2 - 0.001), y, high / 2), (0.003, 0.007, high), dark)
    box((0, deep / 2 + 0.01, high / 2), (wide, 0.02, high), back)
    box((0, deep / 2 - 0.004, 0.05), (wide, 0.008, 0.1), skirting)
    front = walls if rng.random() < 0.6 else finishes.wall("steel", rng)
    leaf = front if rng.random() < 0.4 else finishes.wall(rng.choice(("steel", "polished", "painted")), rng)
    _front(car, plan.open_share, front, leaf)
    buttons(car, rng.choice((-1, 1)), rng)
    hang_up(car, plan, rng)
    return car


def _front(car: Car, open_share: float, steel: Material, leaf: Material) -> None:
    jamb = (car.width_m - car.door_m) / 2
    for side in (-1, 1):
        box((side * (car.door_m + jamb) / 2, car.sill_y - 0.02, car.height_m / 2), (jamb, 0.04, car.height_m), steel)
        half = car.door_m / 2
        middle = side * (half / 2 + open_share * half * 0.96)
        box((middle, car.sill_y - 0.06, DOOR_M / 2), (half, 0.03, DOOR_M), leaf)
    over = car.height_m - DOOR_M
    box((0, car.sill_y - 0.02, DOOR_M + over / 2), (car.door_m, 0.04, over), steel)
    grooved = materials.plain((0.35, 0.34, 0.32), metal=1.0, rough=0.4)
    box((0, car.sill_y - 0.06, -0.006), (car.door_m, 0.14, 0.02), grooved)


def light_cabin(car: Car, plan: LightPlan, rng: Random) -> None:
    """One panel, four spots or two strips, with the plate that glows; nothing when all is dark."""
    if plan.car_w < 0.3:
        return
    high = car.height_m
    glow = materials.glowing((1.0, 1.0 - 0.3 * plan.warm, 1.0 - 0.8 * plan.warm), min(6.0, plan.car_w / 5.0))
    if plan.lamps == "panel":
        edge = rng.uniform(0.4, 0.9)
        spots = [(0.0, 0.0, edge, edge)]
    elif plan.lamps == "spots":
        x, y = car.width_m * 0.27, car.depth_m * 0.27
        spots = [(sx * x, sy * y, 0.1, 0.1) for sx in (-1, 1) for sy in (-1, 1)]
    else:
        spots = [(side * car.width_m * 0.3, 0.0, 0.08, car.depth_m * 0.8) for side in (-1, 1)]
    for x, y, wide, long in spots:
        box((x, y, high - 0.012), (wide, long, 0.012), glow)
        lamp((x, y, high - 0.03), plan.car_w / len(spots), max(0.12, (wide + long) / 2), plan.warm)
