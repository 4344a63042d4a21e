"""Who stands where in a random frame: the object first, then people round it. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random

from .kinds import KINDS, of_label
from .plans import XY, ActorPlan, CarPlan, LensPlan
from .styles import CAR, Style

Dice = Callable[[str], Random]

HANDS = ("down", "down", "phone", "folded", "pockets", "carry", "raised")
ELBOW_ROOM_M = 0.42
FROM_LENS_M = 0.3
BEFORE_VISITOR_M = 0.9  # who holds a camera keeps more distance
IN_DOOR_SHARE = 0.25  # of the objects, where the door is open
WALL_M = 0.2  # the landing begins this far before the sill
REACH_M = 1.3  # things on the landing stand at most this far from the wall


def actors_for(
    label: str, car: CarPlan, lens: LensPlan, dice: Dice, style: Style = CAR, kind: str | None = None
) -> tuple[ActorPlan, ...]:
    """The object (if the label has one; of `kind`, if given), its pusher or rider, other people, now and then a second
    object."""
    if label == "empty":
        return ()
    actors: list[ActorPlan] = []
    crowd = dice("people")
    count = crowd.choice((0, 1, 1, 1, 2, 3))
    if label == "people":
        count = max(1, count + crowd.choice((0, 0, 1)))
    else:
        thing = place_thing(dice("thing"), label, car, lens, style, kind)
        actors.append(thing)
        second = dice("second")
        if label == "ebike" and second.random() < 0.1:
            actors += _another(second, "ebike", actors, car, lens, style)
    extra = dice("extra")
    if label != "luggage" and extra.random() < 0.1:
        actors += _another(extra, "luggage", actors, car, lens, style)
    if label != "people" and count:  # the object is always the first actor
        helper = attend(crowd, actors[0], car, lens, style)
        if helper is not None:
            actors.append(helper)
            count -= 1
    return (*actors, *_bystanders(crowd, count, actors, car, lens, style))


def place_thing(
    rng: Random, label: str, car: CarPlan, lens: LensPlan, style: Style = CAR, kind: str | None = None
) -> ActorPlan:
    """The best of 24 random places: inside the walls as far as its length allows, half in an open door, or outside."""
    shares = {kind: 1.0} if kind else of_label(label)
    name = rng.choices(list(shares), list(shares.values()))[0]
    zone = _zone(rng, car, lens, style)
    in_door, sill = zone == "door", -car.depth_m / 2
    tries = []
    for _ in range(24):
        heading = rng.choice((0.0, 0.5, 0.5, 1.0, 1.5, 1.5)) * math.pi + rng.uniform(-0.45, 0.45)
        if in_door:
            heading = rng.choice((0.5, 1.5)) * math.pi + rng.uniform(-0.3, 0.3)
        across, along = extents(name, heading)
        free_x = max(0.0, (car.door_m if in_door else car.width_m) / 2 - across)
        free_y = max(0.0, car.depth_m / 2 - along)
        x, y = rng.uniform(-free_x, free_x), rng.uniform(-free_y, free_y)
        if in_door:
            y = sill + rng.uniform(-0.8, 0.9) * along
        if zone == "landing":
            x, y = rng.uniform(-1.0, 1.0), sill - WALL_M - along - rng.uniform(0.0, REACH_M - WALL_M)
        over = 0.0 if zone == "landing" else max(0.0, abs(x) + across - car.width_m / 2)
        over += max(0.0, abs(y) + along - car.depth_m / 2) if zone == "car" else 0.0
        if lens.mount == "visitor":
            over += max(0.0, lens.place[1] + BEFORE_VISITOR_M - (y - along))
        over += 0.5 if math.dist((x, y), lens.place[:2]) < FROM_LENS_M and lens.place[2] < 1.6 else 0.0
        tries.append((over, x, y, heading))
    _, x, y, heading = min(tries)
    return ActorPlan(name, label, (round(x, 3), round(y, 3)), round(heading % math.tau, 3))


def _zone(rng: Random, car: CarPlan, lens: LensPlan, style: Style) -> str:
    """Where a thing stands: in the car, half in the door, or on the landing where that can be seen."""
    if car.open_share < 1.0:
        return "landing" if lens.mount == "visitor" and car.open_share < 0.5 else "car"
    if style.landing and rng.random() < style.landing:
        return "landing"
    return "door" if rng.random() < IN_DOOR_SHARE or lens.mount == "lobby" else "car"


def _another(
    rng: Random, label: str, there: list[ActorPlan], car: CarPlan, lens: LensPlan, style: Style
) -> list[ActorPlan]:
    """One more thing beside the others, or none where six tries find no room."""
    for _ in range(6):
        thing = place_thing(rng, label, car, lens, style)
        if all(_apart(thing.place, other) and _apart(other.place, thing) for other in there):
            return [thing]
    return []


def extents(name: str, heading: float) -> tuple[float, float]:
    """Half the room a kind takes along x and y when it is turned by `heading`."""
    kind, cos, sin = KINDS[name], abs(math.cos(heading)), abs(math.sin(heading))
    return (
        (kind.length_m * cos + kind.width_m * sin) / 2,
        (kind.length_m * sin + kind.width_m * cos) / 2,
    )


def attend(rng: Random, thing: ActorPlan, car: CarPlan, lens: LensPlan, style: Style = CAR) -> ActorPlan | None:
    """Somebody who holds or rides the thing, where there is room."""
    kind = KINDS[thing.kind]
    role = "ride" if kind.rider and rng.random() < style.riders else "push"
    side = rng.choice((-1, 1))
    if kind.walker is None or rng.random() < 0.25:
        return None
    for mirrored in (side, -side):
        ahead, left = (0.0, 0.0) if role == "ride" else (kind.walker[0], kind.walker[1] * mirrored)
        place = beside(thing, ahead, left)
        if role == "ride" or _free(place, car, lens, style):
            rounded = (round(place[0], 3), round(place[1], 3))
            return ActorPlan("person", "person", rounded, thing.heading, role=role, with_actor=0, side=mirrored)
    return None


def beside(thing: ActorPlan, ahead: float, left: float) -> XY:
    """A point in the thing's own frame, as the car sees it."""
    cos, sin = math.cos(thing.heading), math.sin(thing.heading)
    return thing.place[0] + ahead * cos - left * sin, thing.place[1] + ahead * sin + left * cos


def _free(place: XY, car: CarPlan, lens: LensPlan, style: Style) -> bool:
    """Neither in a wall nor before the lens; the landing counts where the style lets things stand there."""
    x, y = place
    near = BEFORE_VISITOR_M if lens.mount == "visitor" else FROM_LENS_M
    if math.dist(place, lens.place[:2]) <= near:
        return False
    if style.landing and y < -car.depth_m / 2 - 0.35:
        return lens.mount != "visitor" or y > lens.place[1]
    beyond = y < -car.depth_m / 2 + 0.15 and not (car.open_share >= 1.0 and abs(x) < car.door_m / 2 - 0.15)
    return not (abs(x) > car.width_m / 2 - 0.2 or y > car.depth_m / 2 - 0.2 or beyond)


def _goes_outside(rng: Random, car: CarPlan, lens: LensPlan) -> bool:
    if lens.mount == "visitor":
        return car.open_share < 0.5 or rng.random() < 0.25
    return car.open_share >= 1.0 and rng.random() < 0.15


def _bystanders(
    rng: Random, count: int, there: list[ActorPlan], car: CarPlan, lens: LensPlan, style: Style
) -> list[ActorPlan]:
    """People where nobody and nothing else stands, some of them on the landing before an open door."""
    found: list[ActorPlan] = []
    adults: Mapping[str, float] = of_label("person")
    for _ in range(40):
        if len(found) == count:
            break
        outside = _goes_outside(rng, car, lens)
        deep = car.depth_m / 2
        place = (
            (rng.uniform(-0.7, 0.7), -deep - rng.uniform(0.4, 1.5))
            if outside
            else (rng.uniform(-0.5, 0.5) * car.width_m, rng.uniform(-0.5, 0.5) * car.depth_m)
        )
        name = rng.choices(list(adults), list(adults.values()))[0]
        heading, hands = rng.uniform(0.0, math.tau), rng.choice(HANDS)
        near_lens = math.dist(place, lens.place[:2]) < FROM_LENS_M
        free = not near_lens if outside and lens.mount != "visitor" else _free(place, car, lens, style)
        if free and all(_apart(place, other) for other in [*there, *found]):
            rounded = (round(place[0], 3), round(place[1], 3))
            found.append(ActorPlan(name, "person", rounded, round(heading, 3), hands=hands))
    return found


def _apart(place: XY, other: ActorPlan) -> bool:
    """Not within somebody, nor within a thing's outline and a little more."""
    if other.label == "person":
        return math.dist(place, other.place) > ELBOW_ROOM_M
    dx, dy = place[0] - other.place[0], place[1] - other.place[1]
    cos, sin = math.cos(other.heading), math.sin(other.heading)
    kind = KINDS[other.kind]
    along, across = abs(dx * cos + dy * sin), abs(dy * cos - dx * sin)
    return along > kind.length_m / 2 + 0.18 or across > kind.width_m / 2 + 0.14
