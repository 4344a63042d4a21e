"""Who comes when: the timeline of a clip, pure and without Blender.

A visitor pushes a vehicle in from the side of the lobby, stands with it, and takes it out backwards; who has nothing
to push turns round and walks out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

XY = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """How long each part of a story lasts, in seconds."""

    before_s: float
    enter_s: float
    stand_s: float
    leave_s: float
    after_s: float


@dataclass(frozen=True)
class Route:
    """The vehicle's way from the lobby (`outside`) to its place (`inside`), in metres; it ends heading +y."""

    outside: XY
    doorway: XY
    inside: XY

    def at(self, share: float) -> tuple[XY, float]:
        """Where the vehicle is after a `share` (0 to 1) of the way, and its heading in radians."""
        a, d = self.outside, self.inside
        b = (a[0] + 0.7 * (d[0] - a[0]), a[1])
        c = self.doorway
        u = 1.0 - share
        x, y = (u**3 * a[i] + 3 * u * u * share * b[i] + 3 * u * share**2 * c[i] + share**3 * d[i] for i in (0, 1))
        dx, dy = (u * u * (b[i] - a[i]) + 2 * u * share * (c[i] - b[i]) + share**2 * (d[i] - c[i]) for i in (0, 1))
        return (x, y), math.atan2(dy, dx)


@dataclass(frozen=True)
class Pose:
    """One visitor in one frame.

    `travel_m` is the way gone so far (it turns the wheels), `step` how far the legs swing (0 standing,
    1 walking), `sway_m` and `gaze` (radians, left is positive) the small movements of somebody who waits.
    """

    place: XY
    heading: float
    travel_m: float
    step: float
    sway_m: float
    gaze: float


def timeline(plan: Plan, route: Route, fps: float, rng: Random) -> list[Pose | None]:
    """One pose per frame; None while nobody is there."""
    count = [round(s * fps) for s in (plan.before_s, plan.enter_s, plan.stand_s, plan.leave_s, plan.after_s)]
    before, enter, stand, leave, after = count
    shares = [_settle(k / enter) for k in range(enter)] + [1.0] * stand
    shares += [_settle(1.0 - (k + 1) / leave) for k in range(leave)]
    tempo, start = rng.uniform(2.2, 3.0), rng.uniform(0.0, math.tau)
    visit = [_pose(route, share, start + tempo * k / fps, walking=share < 1.0) for k, share in enumerate(shares)]
    return [None] * before + visit + [None] * after


def turned(poses: Sequence[Pose | None], plan: Plan, fps: float, turn_s: float = 0.8) -> list[Pose | None]:
    """The same way for somebody on foot: turns round where the others stand, and walks out face first."""
    arrived, leaves = (
        round(s * fps) for s in (plan.before_s + plan.enter_s, plan.before_s + plan.enter_s + plan.stand_s)
    )
    way = max((pose.travel_m for pose in poses if pose), default=0.0)
    walk: list[Pose | None] = []
    for k, pose in enumerate(poses):
        if pose is not None and k >= arrived:
            share = min(1.0, (k - arrived + 1) / (turn_s * fps))
            travel = 2.0 * way - pose.travel_m if k >= leaves else pose.travel_m
            pose = replace(pose, heading=pose.heading + math.pi * share, travel_m=travel)
        walk.append(pose)
    return walk


def _settle(share: float) -> float:
    """Walking in: nearly even, slower at the end."""
    return 1.0 - math.pow(1.0 - share, 1.4)


def _pose(route: Route, share: float, wait: float, *, walking: bool) -> Pose:
    place, heading = route.at(share)
    return Pose(
        place=place,
        heading=heading,
        travel_m=_way(route, share),
        step=1.0 if walking else 0.0,
        sway_m=0.04 * math.sin(wait),
        gaze=0.15 * math.sin(wait) if walking else 0.5 * math.sin(0.6 * wait),
    )


def _way(route: Route, share: float, steps: int = 40) -> float:
    points = [route.at(share * k / steps)[0] for k in range(steps + 1)]
    return sum(math.dist(p, q) for p, q in pairwise(points))
