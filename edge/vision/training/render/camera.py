"""The fixed camera in a ceiling corner: its place, its lens, and where a point falls in the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Any

import bpy
from mathutils import Vector

from .car import Car
from .plans import LensPlan
from .primitives import Object

SENSOR_MM = 22.0


@dataclass(frozen=True)
class Camera:
    """A wide-angle lens: r = 2 f sin(angle / 2) ("equisolid", small domes) or r = f tan(angle) (`flat`).

    Nothing is seen beyond `half_view` radians off the axis.
    """

    holder: Object
    focal_mm: float
    aspect: float
    flat: bool = False
    half_view: float = math.pi / 2

    def project(self, point: Any) -> tuple[float, float]:
        """Where a world point falls, in fractions of the picture from its top left corner; (-1, -1) if nowhere."""
        local = self.holder.matrix_world.inverted() @ Vector(point)
        off_axis = math.hypot(local.x, local.y)
        angle = math.atan2(off_axis, -local.z)
        if angle > self.half_view:
            return -1.0, -1.0
        reach = math.tan(angle) if self.flat else 2.0 * math.sin(angle / 2.0)
        radius = self.focal_mm * reach / SENSOR_MM
        unit = off_axis or 1.0
        return 0.5 + radius * local.x / unit, 0.5 - radius * local.y / unit * self.aspect


def mount(scene: Any, car: Car, rng: Random) -> Camera:
    """Screw the camera into a back corner of the ceiling so that it sees the floor and the door.

    The horizontal field is 88 to 98 degrees.
    """
    field = math.radians(rng.uniform(88.0, 98.0))
    focal_mm = SENSOR_MM / 2.0 / (2.0 * math.sin(field / 4.0))
    holder = _holder(scene)
    _fisheye(holder, focal_mm, math.radians(180.0))
    holder.location = (car.width_m / 2 - 0.09, car.depth_m / 2 - 0.09, car.height_m - rng.uniform(0.06, 0.12))
    target = Vector((rng.uniform(-0.2, -0.05), rng.uniform(-0.3, -0.15), rng.uniform(0.55, 0.75)))
    holder.rotation_euler = (target - holder.location).to_track_quat("-Z", "Y").to_euler()
    holder.rotation_euler.rotate_axis("Z", rng.uniform(-0.04, 0.04))
    bpy.context.view_layer.update()
    return Camera(holder, focal_mm, scene.render.resolution_x / scene.render.resolution_y)


def mount_by(scene: Any, plan: LensPlan) -> Camera:
    """The camera of a random frame."""
    field = math.radians(plan.field_deg)
    flat = plan.projection == "rectilinear"
    half_view = field / 2.0 if plan.disc else math.radians(80.0 if flat else 170.0)
    focal_mm = SENSOR_MM / 2.0 / (math.tan(field / 2.0) if flat else 2.0 * math.sin(field / 4.0))
    holder = _holder(scene)
    if flat:
        holder.data.type, holder.data.angle = "PERSP", field
    else:
        _fisheye(holder, focal_mm, 2.0 * half_view)
    holder.location = plan.place
    way = Vector(plan.target) - Vector(plan.place)
    holder.rotation_euler = way.to_track_quat("-Z", "Y").to_euler()
    holder.rotation_euler.rotate_axis("Z", math.radians(plan.roll_deg))
    bpy.context.view_layer.update()
    aspect = scene.render.resolution_x / scene.render.resolution_y
    return Camera(holder, focal_mm, aspect, flat, half_view)


def _holder(scene: Any) -> Object:
    lens = bpy.data.cameras.new("lens")
    lens.sensor_width, lens.sensor_fit, lens.clip_start = SENSOR_MM, "HORIZONTAL", 0.01
    holder = bpy.data.objects.new("camera", lens)
    bpy.context.collection.objects.link(holder)
    scene.camera = holder
    return holder


def _fisheye(holder: Object, focal_mm: float, view: float) -> None:
    lens = holder.data
    lens.type = "PANO"
    optics = lens if hasattr(lens, "panorama_type") else lens.cycles
    optics.panorama_type = "FISHEYE_EQUISOLID"
    optics.fisheye_lens, optics.fisheye_fov = focal_mm, view
