"""The car, its landing, its lamps and its camera in a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from .cabin import build_cabin, light_cabin
from .camera import Camera, mount, mount_by
from .car import Car, build_car
from .lenses import draw_lens
from .lobby import build_lobby
from .plans import LightPlan
from .sample import draw_car
from .stage import hasten
from .styles import Style

Dice = Callable[[str], Random]

EXPOSURE = 0.45  # stops; cheap cameras favour a bright picture
CORNER = Style(mounts={"corner": 1.0})


def plain(scene: Any, dice: Dice) -> tuple[Car, Camera]:
    """A steel car with the camera in a back corner."""
    scene.view_settings.exposure = EXPOSURE
    car = build_car(dice("car"))
    build_lobby(car, dice("lobby"))
    return car, mount(scene, car, dice("camera"))


def drawn(scene: Any, dice: Dice) -> tuple[Car, Camera]:
    """Any car of the training frames that is wide enough and well lit, its door open, the camera in any corner."""
    hasten(scene)
    scene.view_settings.exposure = EXPOSURE
    sizes = dice("sizes")
    plan = replace(
        draw_car(dice("car")),
        width_m=round(sizes.uniform(1.5, 1.8), 3),
        depth_m=round(sizes.uniform(1.7, 2.1), 3),
        door_m=round(sizes.uniform(1.0, 1.2), 3),
        open_share=1.0,
        mirror="",
    )
    lamps = dice("light")
    light = LightPlan(
        mode="day",
        lamps=lamps.choice(("panel", "spots", "strips")),
        car_w=lamps.uniform(22.0, 32.0),
        lobby_w=lamps.uniform(25.0, 50.0),
        warm=lamps.uniform(0.0, 0.3),
        exposure=EXPOSURE,
    )
    car = build_cabin(plan, dice("cabin"))
    light_cabin(car, light, dice("lamps"))
    build_lobby(car, dice("lobby"), watts=light.lobby_w)
    view = dice("camera")
    lens = replace(
        draw_lens(view, plan, CORNER),
        roll_deg=round(view.gauss(0.0, 3.0), 1),
        field_deg=round(view.uniform(92.0, 120.0), 1),
        projection="fisheye",
        disc=False,
    )
    return car, mount_by(scene, lens)
