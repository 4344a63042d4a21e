"""One catalogue picture, from its plan to a JPEG and its line of labels."""

from __future__ import annotations

import json
import math
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from random import Random

import bpy
from mathutils import Vector
from PIL import Image

from .cast import enter
from .catalogue import CataloguePlan
from .ledger import picture_name
from .sensor import Sensor
from .stage import empty_stage, hasten, lamp, render_to


def shoot(plan: CataloguePlan, folder: Path, width: int, height: int, samples: int) -> str:
    """Render the plan into `folder` with one thread; returns the line for labels.jsonl, kind "product".

    The JPEG appears whole or not at all.
    """

    def dice(topic: str) -> Random:
        return Random(plan.dice_name(topic))

    scene = empty_stage(width, height, samples, threads=1)
    hasten(scene)
    scene.render.film_transparent = True
    scene.render.image_settings.color_mode = "RGBA"
    scene.world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.9 * plan.light
    lamp((0.0, 0.0, 4.0), 120.0 * plan.light, 2.0)
    [(name, root)] = enter([plan.actor], dice)
    scene.view_layers[0].update()
    box = _frame(scene, root, plan)
    file = picture_name(plan.number)
    with tempfile.TemporaryDirectory() as scratch:
        png = Path(scratch) / "frame.png"
        render_to(scene, str(png))
        with Image.open(png) as drawn:
            white = Image.new("RGBA", drawn.size, (255, 255, 255, 255))
            Image.alpha_composite(white, drawn.convert("RGBA")).convert("RGB").save(png)
        draft = folder / f".{file}.draft"
        chip = plan.sensor
        Sensor(chip.noise, chip.colour_noise, chip.blur, chip.rim, chip.quality).develop(png, draft, dice("noise"))
    os.replace(draft, folder / file)
    boxes = [[name, *(round(value, 4) for value in box)]]
    return json.dumps({"file": file, "kind": "product", "classes": [name], "boxes": boxes, "scene": asdict(plan)})


def _frame(scene: bpy.types.Scene, root: bpy.types.Object, plan: CataloguePlan) -> tuple[float, float, float, float]:
    """Point a camera so that the thing fills the picture; gives its box, cx, cy, w, h in fractions."""
    points = [
        piece.matrix_world @ vertex.co
        for piece in [root, *root.children_recursive]
        if piece.type == "MESH" and not piece.hide_render
        for vertex in piece.data.vertices
    ]
    low = Vector([min(p[i] for p in points) for i in range(3)])
    high = Vector([max(p[i] for p in points) for i in range(3)])
    middle, reach = (low + high) / 2, (high - low).length / 2
    azimuth, elevation, field = (math.radians(v) for v in (plan.azimuth_deg, plan.elevation_deg, plan.field_deg))
    way = Vector(
        (math.cos(azimuth) * math.cos(elevation), math.sin(azimuth) * math.cos(elevation), math.sin(elevation))
    )
    lens = bpy.data.cameras.new("lens")
    lens.sensor_fit, lens.angle = "HORIZONTAL", field
    holder = bpy.data.objects.new("camera", lens)
    bpy.context.collection.objects.link(holder)
    scene.camera = holder
    holder.rotation_euler = (-way).to_track_quat("-Z", "Y").to_euler()
    tall = scene.render.resolution_x / scene.render.resolution_y
    distance = reach / math.sin(field / 2)
    for _ in range(4):  # nearer until it fills the picture
        holder.location = middle + way * distance
        bpy.context.view_layer.update()
        left, top, right, bottom = _outline(holder, points, field, tall)
        distance *= max(max(abs(left - 0.5), abs(right - 0.5)), max(abs(top - 0.5), abs(bottom - 0.5))) / (
            plan.fill / 2
        )
    holder.location = middle + way * distance
    bpy.context.view_layer.update()
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in _outline(holder, points, field, tall))
    return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top


def _outline(
    holder: bpy.types.Object, points: list[Vector], field: float, aspect: float
) -> tuple[float, float, float, float]:
    inverse = holder.matrix_world.inverted()
    scale = 0.5 / math.tan(field / 2)
    local = [inverse @ p for p in points]
    xs = [0.5 + scale * p.x / max(-p.z, 0.05) for p in local]
    ys = [0.5 - scale * p.y / max(-p.z, 0.05) * aspect for p in local]
    return min(xs), min(ys), max(xs), max(ys)
