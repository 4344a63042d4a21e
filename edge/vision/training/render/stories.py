"""The stories that clips tell: who comes into which kind of car, for how long, and what is done to the camera. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .story import Plan


@dataclass(frozen=True)
class Story:
    """One clip. `thing` is what is pushed ("" when people just walk in) and `label` its class.

    `room` is the plain steel car of the first clips, or one drawn from the seed as for training frames. The thing's
    way: it passes `turn_m` beside the middle of the door and stops `aside_m` beside the middle of the car, `to_wall_m`
    before the back wall. `people` walk in when there is no thing. The camera is covered `cover_s` = (from, to)
    seconds after the start.
    """

    plan: Plan
    thing: str
    label: str
    room: Literal["plain", "drawn"] = "drawn"
    turn_m: float = 0.1
    aside_m: float = 0.0
    to_wall_m: float = 0.88
    people: int = 0
    cover_s: tuple[float, float] | None = None


SHORT = Plan(before_s=0.6, enter_s=2.0, stand_s=1.4, leave_s=1.6, after_s=0.6)
BIKE = Plan(before_s=0.6, enter_s=2.2, stand_s=2.0, leave_s=1.8, after_s=0.6)
LONG = Plan(before_s=0.6, enter_s=2.0, stand_s=5.6, leave_s=1.6, after_s=0.4)

STORIES: Mapping[str, Story] = {
    "ebike": Story(Plan(1.6, 2.4, 2.4, 2.4, 4.0), "ebike", "ebike", "plain", turn_m=0.23, aside_m=-0.12),
    "pram": Story(Plan(0.8, 2.0, 1.2, 1.6, 0.4), "pram", "pram", "plain", to_wall_m=0.85),
    "pedelec": Story(BIKE, "pedelec", "ebike", turn_m=0.2, aside_m=-0.1),
    "covered": Story(LONG, "moped", "ebike", turn_m=0.2, aside_m=-0.1, cover_s=(3.2, 7.4)),
    "wheelchair": Story(SHORT, "wheelchair", "wheelchair", to_wall_m=0.75),
    "bicycle": Story(SHORT, "bicycle", "bicycle", turn_m=0.2, aside_m=-0.1),
    "people": Story(Plan(0.6, 2.2, 2.4, 1.8, 0.6), "", "person", people=3),
}
