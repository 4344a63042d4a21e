"""Draw the plan of a random frame. Pure: frame k depends on the seed, k, the mix and the style, on nothing else.

Car, light, camera and sensor come from dice of their own, so they are the same whatever the label: only the object
tells the labels apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from .layout import actors_for
from .lenses import draw_lens, pick
from .plans import CarPlan, LightPlan, ScenePlan, SensorPlan
from .styles import CAR, Style

WALLS = {"steel": 6, "polished": 3, "gold": 1, "painted": 3, "wood": 2, "plywood": 1.5, "quilt": 1, "etched": 2}
FLOORS = {"speckled": 4, "tiled": 2, "rubber": 2, "steel": 1, "carpet": 1, "stone": 2}
MIRRORS = {"": 7, "back": 2, "upper": 2, "side": 1}


def sample(seed: int, number: int, mix: Mapping[str, float], style: Style = CAR) -> ScenePlan:
    """The plan of frame `number`."""

    def dice(topic: str) -> Random:
        return Random(f"{seed}/{number}/{topic}")

    label = pick(dice("label"), mix)
    car = draw_car(dice("car"))
    lens = draw_lens(dice("lens"), car, style)
    outside = lens.mount == "visitor"
    if outside:
        car = replace(car, open_share=_seen_from_outside(dice("door")))
    light = _landing_lit(dice("landing light"), draw_light(dice("light")), style, outside=outside)
    sensor = draw_sensor(dice("sensor"), light)
    return ScenePlan(seed, number, label, car, light, lens, sensor, actors_for(label, car, lens, dice, style))


def _seen_from_outside(rng: Random) -> float:
    """People photograph an open lift; now and then they wait before a shut one."""
    state = rng.random()
    return 0.0 if state < 0.18 else round(rng.uniform(0.2, 0.9), 2) if state < 0.28 else 1.0


def _landing_lit(rng: Random, light: LightPlan, style: Style, *, outside: bool) -> LightPlan:
    """Brighter where the camera stands on the landing itself, nearly dark as often as the style says."""
    share = 2.0 if outside else 1.0
    if rng.random() < style.dark_landing:
        share *= rng.uniform(0.06, 0.4) if outside else rng.uniform(0.02, 0.15)
    return light if share == 1.0 else replace(light, lobby_w=round(light.lobby_w * share, 2))


def draw_car(rng: Random) -> CarPlan:
    """A car for four to sixteen persons; the door is open in half of the frames, half-way in some."""
    width = rng.uniform(1.15, 2.0)
    walls = pick(rng, WALLS)
    state = rng.random()
    return CarPlan(
        width_m=round(width, 3),
        depth_m=round(rng.uniform(1.35, 2.3), 3),
        height_m=round(rng.uniform(2.2, 2.55), 3),
        door_m=round(min(rng.choice((0.8, 0.9, 1.0, 1.1, 1.2)), width - 0.2), 3),
        open_share=0.0 if state < 0.45 else round(rng.uniform(0.2, 0.9), 2) if state < 0.57 else 1.0,
        walls=walls,
        back=walls if rng.random() < 0.7 else pick(rng, WALLS),
        floor=pick(rng, FLOORS),
        mirror=pick(rng, MIRRORS),
        posters=rng.choice((0, 0, 1, 2, 3, 4)),
        screen=rng.random() < 0.2,
        rails=rng.choice((0, 1, 2, 2, 3)),
    )


def draw_light(rng: Random) -> LightPlan:
    """Mostly a well-lit car; one in eight dim, one in eight in infrared."""
    mode = pick(rng, {"day": 6, "dim": 1, "infrared": 1})
    low, high = {"day": (22.0, 50.0), "dim": (4.0, 10.0), "infrared": (0.0, 0.6)}[mode]
    return LightPlan(
        mode=mode,
        lamps=rng.choice(("panel", "spots", "strips")),
        car_w=round(rng.uniform(low, high), 2),
        lobby_w=round(rng.uniform(low, high) * rng.uniform(0.3, 1.6), 2),
        warm=round(rng.uniform(0.0, 0.6), 2),
        exposure=round(rng.uniform(-0.3, 0.9) + {"day": 0.0, "dim": 0.9, "infrared": 0.2}[mode], 2),
    )


def draw_sensor(rng: Random, light: LightPlan) -> SensorPlan:
    """From nearly clean to a dirty dome with a worn-out chip; dark scenes are noisier."""
    dark = light.mode != "day"
    infrared = light.mode == "infrared"
    return SensorPlan(
        noise=round(rng.uniform(0.8, 4.0) + (rng.uniform(2.0, 7.0) if dark else 0.0), 2),
        colour_noise=0.0 if infrared else round(rng.uniform(0.3, 2.0) + (1.5 if dark else 0.0), 2),
        blur=round(rng.choice((0.2, 0.3, 0.4, 0.6, 1.0)) * rng.uniform(0.8, 1.2), 2),
        rim=round(rng.uniform(0.0, 0.45), 2),
        quality=rng.randint(45, 92),
        dirt=round(rng.uniform(0.2, 1.0), 2) if rng.random() < 0.25 else 0.0,
        haze=round(rng.uniform(0.05, 0.35), 2) if rng.random() < 0.25 else 0.0,
        smear_px=round(rng.uniform(1.0, 3.0), 1) if rng.random() < 0.08 else 0.0,
        grey=infrared or rng.random() < 0.05,
        stamp=rng.random() < 0.4,
        meter=round(rng.uniform(85.0, 130.0) if dark else rng.uniform(105.0, 190.0), 1),
    )
