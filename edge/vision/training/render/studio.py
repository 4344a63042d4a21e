"""One random frame, from its plan to a JPEG and its line of labels."""

from __future__ import annotations

import json
import math
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from random import Random

from .cabin import build_cabin, light_cabin
from .camera import mount_by
from .cast import enter
from .labels import sightings
from .landing import face
from .ledger import picture_name
from .lobby import DEPTH_M, build_lobby
from .plans import ScenePlan
from .sensor import Sensor
from .stage import empty_stage, hasten, infrared_ring, render_to
from .styles import SHAPES
from .tarnish import tarnish

DIODES_W = 12.0


def shoot(plan: ScenePlan, folder: Path, width: int, height: int, samples: int) -> str:
    """Render the plan into `folder` with one thread; returns the line for labels.jsonl.

    The picture has about `width` x `height` pixels in the plan's own shape. The JPEG appears whole or not at all.
    """

    def dice(topic: str) -> Random:
        return Random(plan.dice_name(topic))

    width, height = _shaped(plan.lens.shape, width, height)
    scene = empty_stage(width, height, samples, threads=1)
    hasten(scene)
    scene.view_settings.exposure = plan.light.exposure
    ambient = {"day": 0.15, "dim": 0.04, "infrared": 0.01}[plan.light.mode]
    scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = ambient
    car = build_cabin(plan.car, dice("cabin"))
    light_cabin(car, plan.light, dice("lamps"))
    if plan.lens.mount == "visitor":
        landing = dice("landing")
        deep = max(DEPTH_M, car.sill_y - plan.lens.place[1] + 0.4)
        build_lobby(car, landing, watts=plan.light.lobby_w, shade=landing.uniform(0.05, 0.7), depth_m=deep)
        face(car, landing)
    elif plan.car.open_share > 0.0:
        landing = dice("landing")
        build_lobby(car, landing, watts=plan.light.lobby_w, shade=landing.uniform(0.1, 0.7))
    camera = mount_by(scene, plan.lens)
    if plan.light.mode == "infrared":
        infrared_ring(plan.lens.place, dice("diodes").uniform(0.7, 1.5) * DIODES_W)
    actors = enter(plan.actors, dice)
    scene.view_layers[0].update()
    seen = sightings(scene, camera, actors)

    file = picture_name(plan.number)
    with tempfile.TemporaryDirectory() as scratch:
        png = Path(scratch) / "frame.png"
        render_to(scene, str(png))
        tarnish(png, plan.sensor, dice("tarnish"))
        draft = folder / f".{file}.draft"
        _sensor(plan).develop(png, draft, dice("noise"))
    os.replace(draft, folder / file)
    return json.dumps(
        {
            "file": file,
            "classes": sorted({name for name, _, _ in seen}),
            "boxes": [[name, *(round(value, 4) for value in box)] for name, box, _ in seen],
            "visible": [round(share, 3) for _, _, share in seen],
            "scene": asdict(plan),
        }
    )


def _shaped(shape: str, width: int, height: int) -> tuple[int, int]:
    """The same number of pixels in another shape, to the nearest even side."""
    if not shape:
        return width, height
    wide = math.sqrt(width * height * SHAPES[shape])
    return 2 * round(wide / 2), 2 * round(wide / SHAPES[shape] / 2)


def _sensor(plan: ScenePlan) -> Sensor:
    chip = plan.sensor
    return Sensor(chip.noise, chip.colour_noise, chip.blur, chip.rim, chip.quality)
