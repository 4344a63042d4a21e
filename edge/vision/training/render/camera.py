"""The fixed camera in a ceiling corner: its place, its lens, and where a point falls in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Any

import bpy
from mathutils import Vector

from .car import Car
from .primitives import Object

SENSOR_MM = 22.0


@dataclass(frozen=True)
class Camera:
    """A wide-angle lens with the barrel shape of small dome cameras: r = 2 f sin(angle / 2), "equisolid"."""

    holder: Object
    focal_mm: float
    aspect: float

    def project(self, point: Any) -> tuple[float, float]:
        """Where a world point falls, in fractions of the picture from its top left corner."""
        local = self.holder.matrix_world.inverted() @ Vector(point)
        off_axis = math.hypot(local.x, local.y)
        angle = math.atan2(off_axis, -local.z)
        radius = 2.0 * self.focal_mm * math.sin(angle / 2.0) / SENSOR_MM
        unit = off_axis or 1.0
        return 0.5 + radius * local.x / unit, 0.5 - radius * local.y / unit * self.aspect


def mount(scene: Any, car: Car, rng: Random) -> Camera:
    """Screw the camera into a back corner of the ceiling so that it sees the floor and the door.

    The horizontal field is 88 to 98 degrees.
    """
    field = math.radians(rng.uniform(88.0, 98.0))
    focal_mm = SENSOR_MM / 2.0 / (2.0 * math.sin(field / 4.0))
    lens = bpy.data.cameras.new("lens")
    lens.type, lens.sensor_width, lens.clip_start = "PANO", SENSOR_MM, 0.01
    optics = lens if hasattr(lens, "panorama_type") else lens.cycles
    optics.panorama_type = "FISHEYE_EQUISOLID"
    optics.fisheye_lens, optics.fisheye_fov = focal_mm, math.radians(180.0)
    holder = bpy.data.objects.new("camera", lens)
    bpy.context.collection.objects.link(holder)
    holder.location = (car.width_m / 2 - 0.09, car.depth_m / 2 - 0.09, car.height_m - rng.uniform(0.06, 0.12))
    target = Vector((rng.uniform(-0.2, -0.05), rng.uniform(-0.3, -0.15), rng.uniform(0.55, 0.75)))
    holder.rotation_euler = (target - holder.location).to_track_quat("-Z", "Y").to_euler()
    holder.rotation_euler.rotate_axis("Z", rng.uniform(-0.04, 0.04))
    scene.camera = holder
    bpy.context.view_layer.update()
    return Camera(holder, focal_mm, scene.render.resolution_x / scene.render.resolution_y)
