"""A person with joints: bones are pointed anew in every frame, so legs walk and hands hold what they push."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Any

from mathutils import Vector

from . import materials
from .primitives import Object, Point, Ring, aim, ball, bone, empty, loft

STEP_M = 0.62  # of one pace


@dataclass(frozen=True)
class Limb:
    """Two bones and the thing at their end (a hand, a shoe); lengths in metres."""

    upper: Object
    lower: Object
    end: Object
    upper_m: float
    lower_m: float

    def reach(self, start: Any, goal: Any, bend: Any) -> None:
        """Bring the end to `goal`, or as near as it can, with the joint towards `bend`."""
        joint, end = two_bones(start, goal, bend, self.upper_m, self.lower_m)
        aim(self.upper, start, joint)
        aim(self.lower, joint, end)
        self.end.location = end


def two_bones(start: Any, goal: Any, bend: Any, upper_m: float, lower_m: float) -> tuple[Any, Any]:
    """The middle joint and the end of two bones from `start` towards `goal`."""
    way = goal - start
    span = min(max(way.length, abs(upper_m - lower_m) + 0.01), (upper_m + lower_m) * 0.995)
    along = way.normalized()
    near = (upper_m**2 - lower_m**2 + span**2) / (2.0 * span)
    off = math.sqrt(max(0.0, upper_m**2 - near**2))
    aside = (bend - along * bend.dot(along)).normalized()
    return start + along * near + aside * off, start + along * span


class Person:
    """Faces x, left is y; the origin is on the floor between the feet."""

    def __init__(self, rng: Random, tall_m: tuple[float, float] = (1.6, 1.85), *, bright: bool = False) -> None:
        """Dress somebody whose height lies within `tall_m`; `bright` allows clothes of any brightness."""
        self.height = rng.uniform(*tall_m)
        k = self.height / 1.75
        self.k = k
        self.root = empty()
        self.torso = empty((0, 0, 0.93 * k), parent=self.root)
        top = materials.cloth(rng, (0.02, 0.9)) if bright else materials.cloth(rng)
        trousers = materials.cloth(rng, (0.02, 0.6) if bright else (0.02, 0.15))
        skin, shoes = materials.skin(rng), materials.rubber(rng)
        self._dress(top, trousers)
        self.head = _head(self.torso, k, skin, rng)
        self._legs = [self._leg(trousers, shoes) for _ in range(2)]
        self._arms = [self._arm(top, skin) for _ in range(2)]

    def go(self, place: tuple[float, float], heading: float) -> None:
        """Stand at a place on the floor (metres), facing `heading` (radians)."""
        self.root.location = (*place, 0.0)
        self.root.rotation_euler[2] = heading

    def pose(self, walked_m: float, step: float, sway_m: float, gaze: float, hands: tuple[Point, Point]) -> None:
        """Put every joint in place.

        `walked_m` drives the legs, `step` (0 to 1) says how far they swing, `sway_m` shifts the hips
        sideways, `gaze` turns the head (radians), `hands` are the goals of the left and the right hand in
        the person's own frame (metres).
        """
        k = self.k
        phase = math.pi * walked_m / STEP_M
        hips = Vector((0.0, sway_m, (0.93 - 0.02 * step) * k))
        lean = 0.06 + 0.06 * step
        self.torso.location = hips
        self.torso.rotation_euler = (-sway_m, lean, 0.0)
        self.head.rotation_euler = (0.0, 0.12 - lean, gaze)
        up = Vector((math.sin(lean), 0.0, math.cos(lean)))
        for side, leg, arm, hand in zip((1, -1), self._legs, self._arms, hands, strict=True):
            swing = phase + (0.0 if side > 0 else math.pi)
            forward = 0.5 * STEP_M * step * math.sin(swing) + 0.03 * side * (1 - step)
            lift = 0.1 * step * max(0.0, math.cos(swing))
            foot = Vector((forward, side * 0.1 * k, 0.08 * k + lift))
            leg.reach(hips + Vector((0, side * 0.09 * k, -0.02)), foot, Vector((1.0, 0.05 * side, 0.2)))
            shoulder = hips + up * 0.5 * k + Vector((0, side * 0.19 * k, 0))
            arm.reach(shoulder, Vector(hand), Vector((-0.5, side * 0.6, -0.6)))

    def sit(self, seat: Point, feet: tuple[Point, Point], hands: tuple[Point, Point], gaze: float = 0.0) -> None:
        """Sit with the hips at `seat`; the goals of the feet and hands are left then right, in the own frame."""
        hips = Vector(seat)
        self.torso.location = hips
        self.torso.rotation_euler = (0.0, 0.04, 0.0)
        self.head.rotation_euler = (0.0, 0.08, gaze)
        for side, leg, arm, foot, hand in zip((1, -1), self._legs, self._arms, feet, hands, strict=True):
            leg.reach(hips + Vector((0.02, side * 0.09 * self.k, 0.0)), Vector(foot), Vector((0.6, 0.1 * side, 1.0)))
            shoulder = hips + Vector((0.02, side * 0.19 * self.k, 0.5 * self.k))
            arm.reach(shoulder, Vector(hand), Vector((-0.5, side * 0.6, -0.6)))

    def _dress(self, top: Any, trousers: Any) -> None:
        k = self.k
        jacket = [
            Ring(-0.1, 0.17, 0.125),
            Ring(0.02, 0.165, 0.12),
            Ring(0.16, 0.155, 0.11),
            Ring(0.34, 0.185, 0.125),
            Ring(0.46, 0.205, 0.11, -0.01),
            Ring(0.53, 0.17, 0.085, -0.01),
            Ring(0.57, 0.08, 0.065),
            Ring(0.6, 0.06, 0.06),
        ]
        rings = [Ring(r.at * k, r.half_width * k, r.half_height * k, r.centre) for r in jacket]
        loft(rings, "z", top, self.torso, square=0.9)
        ball((0, 0, -0.06 * k), (0.11 * k, 0.155 * k, 0.1 * k), trousers, self.torso)

    def _leg(self, trousers: Any, shoes: Any) -> Limb:
        k = self.k
        thigh, shin = 0.44 * k, 0.43 * k
        shoe = empty(parent=self.root)
        sole = [
            Ring(-0.09, 0.035, 0.03, 0.0),
            Ring(-0.04, 0.045, 0.05, 0.01),
            Ring(0.06, 0.05, 0.04, -0.01),
            Ring(0.15, 0.045, 0.025, -0.025),
            Ring(0.18, 0.02, 0.012, -0.035),
        ]
        loft(sole, "x", shoes, shoe, at=(0, 0, -0.03))
        return Limb(
            bone(thigh, 0.088 * k, 0.065 * k, trousers, self.root),
            bone(shin, 0.065 * k, 0.05 * k, trousers, self.root),
            shoe,
            thigh,
            shin,
        )

    def _arm(self, sleeve: Any, skin: Any) -> Limb:
        k = self.k
        upper, lower = 0.29 * k, 0.27 * k
        hand = ball((0, 0, 0), (0.05 * k, 0.042 * k, 0.035 * k), skin, self.root)
        return Limb(
            bone(upper, 0.062 * k, 0.05 * k, sleeve, self.root),
            bone(lower, 0.05 * k, 0.036 * k, sleeve, self.root),
            hand,
            upper,
            lower,
        )


def _head(torso: Object, k: float, skin: Any, rng: Random) -> Object:
    """Neck, face with nose and ears, hair or a cap; turns about the neck."""
    neck = empty((0, 0, 0.6 * k), parent=torso)
    bone_ = bone(0.1 * k, 0.056 * k, 0.052 * k, skin, neck)
    aim(bone_, (0, 0, -0.03), (0.01, 0, 0.1))
    skull = [
        Ring(0.05, 0.03, 0.035, 0.045),
        Ring(0.08, 0.055, 0.065, 0.03),
        Ring(0.13, 0.072, 0.09, 0.015),
        Ring(0.18, 0.077, 0.097, 0.01),
        Ring(0.22, 0.07, 0.09, 0.005),
        Ring(0.25, 0.045, 0.06, 0.0),
        Ring(0.262, 0.015, 0.02, 0.0),
    ]
    loft([Ring(r.at * k, r.half_width * k, r.half_height * k, r.centre) for r in skull], "z", skin, neck)
    ball((0.11 * k, 0, 0.14 * k), (0.018, 0.014, 0.022), skin, neck)
    for side in (-1, 1):
        ball((0.005, side * 0.078 * k, 0.145 * k), (0.02, 0.01, 0.03), skin, neck)
    shade = rng.uniform(0.008, 0.06)
    dark, light = (shade, shade * 0.7, shade * 0.5), (shade * 2, shade * 1.5, shade)
    hair = materials.speckled(dark, light, per_m=120.0, rough=0.6)
    ball((-0.018 * k, 0, 0.19 * k), (0.098 * k, 0.086 * k, 0.095 * k), hair, neck)
    if rng.random() < 0.4:
        ball((-0.03 * k, 0, 0.11 * k), (0.08 * k, 0.08 * k, 0.11 * k), hair, neck)
    return neck
