"""What a visitor pushes: its wheels, where the visitor walks and what the hands hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from . import materials
from .primitives import Material, Object, Point, aim, bone, empty, torus
from .story import Pose


@dataclass
class Vehicle:
    """A pushed thing; all points are in its own frame: x ahead, y left, z up, the origin on the floor."""

    root: Object
    walker: tuple[float, float]
    left_hand: Point
    right_hand: Point
    wheels: list[tuple[Object, float]] = field(default_factory=list)

    def go(self, pose: Pose) -> None:
        """Move to the place of a pose and let the wheels roll."""
        self.root.location = (*pose.place, 0.0)
        self.root.rotation_euler[2] = pose.heading
        for wheel, radius in self.wheels:
            wheel.rotation_euler[1] = pose.travel_m / radius


def wheel(
    at: Point,
    radius: float,
    tyre: float,
    rim: Material,
    parent: Object,
    rng: Random,
    spokes: int = 0,
) -> tuple[Object, float]:
    """A wheel of outer `radius` with a `tyre` of that tube radius; without spokes it is a cast disc."""
    frame = empty(at, parent=parent)
    core = radius - tyre
    torus((0, 0, 0), core, tyre, materials.rubber(rng), frame)
    torus((0, 0, 0), core - tyre * 0.7, tyre * 0.45, rim, frame)
    _axle(0.018 if spokes else 0.045, tyre * 0.9, rim, frame)
    for k in range(spokes or 5):
        angle = math.tau * k / (spokes or 5)
        out = (core * math.cos(angle), 0.0, core * math.sin(angle))
        spoke = bone(core, 0.004 if spokes else 0.02, 0.004 if spokes else 0.014, rim, frame)
        aim(spoke, (0, 0, 0), out)
    return frame, radius


def _axle(radius: float, half_length: float, metal: Material, parent: Object) -> None:
    hub = bone(2 * half_length, radius, radius, metal, parent)
    aim(hub, (0, -half_length, 0), (0, half_length, 0))
