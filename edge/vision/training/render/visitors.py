"""Who moves in a clip: somebody who pushes a thing, or people on foot."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

import bpy

from .bicycle import build_bicycle, build_pedelec
from .car import Car
from .ebike import build_ebike
from .moped import build_moped
from .person import Person
from .pram import build_pram
from .primitives import Object, Point
from .stories import Story
from .story import Pose, Route, timeline, turned
from .vehicle import Vehicle
from .wardrobe import put_on
from .wheelchair import build_wheelchair

Dice = Callable[[str], Random]

THINGS: Mapping[str, Callable[[Random], Vehicle]] = {
    "ebike": build_ebike,
    "pram": build_pram,
    "pedelec": build_pedelec,
    "moped": build_moped,
    "bicycle": build_bicycle,
    "wheelchair": build_wheelchair,
}
BEHIND_S = 0.6  # one person walks so far behind the other
STANDS = ((-0.27, 0.24), (0.26, 0.3), (0.08, 0.02))  # of width and depth of the car


class Visitors(Protocol):
    """All that moves; frames are numbered from 0."""

    @property
    def actors(self) -> Sequence[tuple[str, Object]]:
        """(class, root) of each."""

    @property
    def frames(self) -> int:
        """How many frames the story has."""

    def arrange(self, number: int) -> bool:
        """Put everybody where they are in a frame, hide who is not there; False when nobody is."""


@dataclass
class Pusher:
    """Somebody with a thing, hands on its handles."""

    label: str
    vehicle: Vehicle
    person: Person
    poses: Sequence[Pose | None]

    @property
    def actors(self) -> Sequence[tuple[str, Object]]:
        return [(self.label, self.vehicle.root), ("person", self.person.root)]

    @property
    def frames(self) -> int:
        return len(self.poses)

    def arrange(self, number: int) -> bool:
        pose = self.poses[number]
        for _, root in self.actors:
            _show(root, pose is not None)
        if pose is not None:
            self._move(pose)
        bpy.context.view_layer.update()
        return pose is not None

    def _move(self, pose: Pose) -> None:
        self.vehicle.go(pose)
        ahead, left = self.vehicle.walker
        cos, sin = math.cos(pose.heading), math.sin(pose.heading)
        x, y = pose.place
        self.person.go((x + ahead * cos - left * sin, y + ahead * sin + left * cos), pose.heading)
        left_hand, right_hand = (
            (hand[0] - ahead, hand[1] - left, hand[2]) for hand in (self.vehicle.left_hand, self.vehicle.right_hand)
        )
        self.person.pose(pose.travel_m, pose.step, pose.sway_m, pose.gaze, (left_hand, right_hand))


@dataclass
class Walkers:
    """People with nothing but themselves."""

    people: Sequence[tuple[Person, Sequence[Pose | None]]]

    @property
    def actors(self) -> Sequence[tuple[str, Object]]:
        return [("person", person.root) for person, _ in self.people]

    @property
    def frames(self) -> int:
        return len(self.people[0][1])

    def arrange(self, number: int) -> bool:
        anybody = False
        for person, poses in self.people:
            pose = poses[number]
            _show(person.root, pose is not None)
            if pose is not None:
                anybody = True
                person.go(pose.place, pose.heading)
                swing = 0.12 * pose.step * math.sin(math.pi * pose.travel_m / 0.62)
                person.pose(pose.travel_m, pose.step, pose.sway_m, pose.gaze, _hanging(person.k, swing))
        bpy.context.view_layer.update()
        return anybody


def visitors(name: str, story: Story, car: Car, fps: float, dice: Dice) -> Visitors:
    """Build everybody in the story `name`."""
    if story.people:
        return Walkers([_on_foot(story, car, k, fps, dice) for k in range(story.people)])
    route = Route(
        outside=(1.4, car.sill_y - 1.35),
        doorway=(story.turn_m, car.sill_y - 0.9),
        inside=(story.aside_m, car.depth_m / 2 - story.to_wall_m),
    )
    thing = THINGS[story.thing](dice(name))
    person = Person(dice("person")) if story.room == "plain" else _dressed(dice("person"))
    return Pusher(story.label, thing, person, timeline(story.plan, route, fps, dice("story")))


def _on_foot(story: Story, car: Car, number: int, fps: float, dice: Dice) -> tuple[Person, Sequence[Pose | None]]:
    """The first to come is the last to go."""
    late = number * BEHIND_S
    plan = replace(
        story.plan,
        before_s=story.plan.before_s + late,
        stand_s=story.plan.stand_s - 2 * late,
        after_s=story.plan.after_s + late,
    )
    x, y = STANDS[number]
    route = Route(
        outside=(1.4, car.sill_y - 1.2), doorway=(0.1, car.sill_y - 0.6), inside=(x * car.width_m, y * car.depth_m)
    )
    poses = turned(timeline(plan, route, fps, dice(f"story/{number}")), plan, fps)
    return _dressed(dice(f"person/{number}")), poses


def _dressed(rng: Random) -> Person:
    person = Person(rng, (1.55, 1.88), bright=True)
    put_on(person, rng, carries=False)
    return person


def _hanging(k: float, swing: float) -> tuple[Point, Point]:
    """The hands of somebody who walks: beside the hips, one ahead and one behind."""
    return (0.04 - swing, 0.26 * k, 0.8 * k), (0.04 + swing, -0.26 * k, 0.8 * k)


def _show(root: Object, visible: bool) -> None:
    root.hide_render = root.hide_viewport = not visible
    for child in root.children:
        _show(child, visible)
