"""Actors of a random frame: from a plan to a built, placed and posed thing or person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from .accessories import build_battery
from .bicycle import build_bicycle, build_pedelec
from .dog import build_dog
from .imported import import_model
from .kinds import KINDS
from .luggage import build_luggage
from .moped import build_moped
from .person import Person
from .plans import ActorPlan
from .pram import build_pram
from .primitives import Object, Point
from .step_scooter import build_step_scooter
from .story import Pose
from .stroller import build_stroller
from .tricycle import build_tricycle
from .trolley import build_trolley
from .vehicle import Vehicle
from .wardrobe import put_on
from .wheelchair import build_wheelchair


def _any_pram(rng: Random) -> Vehicle:
    return build_pram(rng, rng.choice(((0.015, 0.12), (0.1, 0.5), (0.4, 0.95))))


BUILDERS: Mapping[str, Callable[[Random], Vehicle]] = {
    "moped": build_moped,
    "pedelec": build_pedelec,
    "step_scooter": build_step_scooter,
    "battery": build_battery,
    "bicycle": build_bicycle,
    "pram": _any_pram,
    "stroller": build_stroller,
    "wheelchair": build_wheelchair,
    "trolley": build_trolley,
    "luggage": build_luggage,
    "dog": build_dog,
    "tricycle": build_tricycle,
}


def enter(plans: Sequence[ActorPlan], dice: Callable[[str], Random]) -> list[tuple[str, Object]]:
    """Build them all; (class, root) in the order of the plans."""
    vehicles: dict[int, Vehicle] = {}
    actors = []
    for number, plan in enumerate(plans):
        if plan.label == "person" and plan.model:
            root = import_model(plan.model, upright=True)
            root.location, root.rotation_euler[2] = (*plan.place, 0.0), plan.heading
            actors.append((plan.label, root))
        elif plan.label == "person":
            actors.append((plan.label, _person(plan, vehicles.get(plan.with_actor), dice(f"actor/{number}"))))
        else:
            vehicle = _modelled(plan) if plan.model else BUILDERS[plan.kind](dice(f"actor/{number}"))
            rolled = dice(f"roll/{number}").uniform(0.0, 3.0)
            vehicle.go(Pose(plan.place, plan.heading, rolled, 0.0, 0.0, 0.0))
            vehicles[number] = vehicle
            actors.append((plan.label, vehicle.root))
    return actors


def _modelled(plan: ActorPlan) -> Vehicle:
    """A ready-made thing; nobody knows where its handles are, so they are where those of its kind usually are."""
    assert plan.model is not None
    ahead, left = KINDS[plan.kind].walker or (0.0, 0.0)
    pushed: tuple[Point, Point] = ((ahead + 0.35, 0.25, 0.95), (ahead + 0.35, -0.25, 0.95))
    led: tuple[Point, Point] = ((0.3, 0.3, 1.02), (-0.1, 0.08, 0.85))
    left_hand, right_hand = led if left else pushed
    return Vehicle(import_model(plan.model, upright=False), (ahead, left), left_hand, right_hand)


def _person(plan: ActorPlan, vehicle: Vehicle | None, rng: Random) -> Object:
    tall = (0.95, 1.4) if plan.kind == "child" else (1.5, 1.9)
    person = Person(rng, tall, bright=True)
    put_on(person, rng, carries=plan.hands == "carry")
    person.go(plan.place, plan.heading)
    gaze, sway = rng.uniform(-0.7, 0.7), rng.uniform(-0.05, 0.05)
    if plan.role == "ride" and vehicle is not None:
        _ride(person, vehicle, gaze)
    elif plan.role == "push" and vehicle is not None:
        step = rng.choice((0.0, 0.0, rng.random()))
        person.pose(rng.uniform(0.0, 2.0), step, sway, gaze, _on_handles(plan, vehicle))
    else:
        person.pose(rng.uniform(0.0, 2.0), rng.choice((0.0, 0.0, 0.7)), sway, gaze, _hands(plan.hands, person.k, rng))
    return person.root


def _on_handles(plan: ActorPlan, vehicle: Vehicle) -> tuple[Point, Point]:
    """The handles in the frame of a pusher; who walks on the other side holds them mirrored."""
    ahead, left = vehicle.walker
    goals = [(x - ahead, y - left, z) for x, y, z in (vehicle.left_hand, vehicle.right_hand)]
    if plan.side < 0 and left:
        goals = [(x, -y, z) for x, y, z in reversed(goals)]
    return goals[0], goals[1]


def _ride(person: Person, vehicle: Vehicle, gaze: float) -> None:
    """Astride the saddle, both hands on the bar, the feet down on the floor or on the board."""
    x, _, bar = vehicle.left_hand
    feet: tuple[Point, Point] = ((0.12, 0.24, 0.1), (0.12, -0.24, 0.1))
    person.sit((-0.24, 0.0, vehicle.right_hand[2] + 0.06), feet, ((x, 0.3, bar), (x, -0.3, bar)), gaze)


def _hands(habit: str, k: float, rng: Random) -> tuple[Point, Point]:
    """Goals of the left and the right hand, metres, for a person `k` times 1.75 m tall."""
    side = rng.choice((-1, 1))
    down: Point = (0.02 + rng.uniform(0.0, 0.1), 0.26, 0.8)
    goals: dict[str, tuple[Point, Point]] = {
        "down": (down, (0.05, -0.26, 0.8)),
        "carry": ((0.05, 0.28, 0.78), (0.05, -0.28, 0.78)),
        "phone": ((0.3, 0.06, 1.22), down if side > 0 else (0.28, -0.02, 1.2)),
        "folded": ((0.2, -0.08, 1.12), (0.22, 0.1, 1.08)),
        "pockets": ((0.1, 0.19, 0.88), (0.1, -0.19, 0.88)),
        "raised": ((0.45, 0.15, rng.uniform(1.2, 1.6)), (0.05, -0.26, 0.8)),
    }
    (lx, ly, lz), (rx, ry, rz) = goals[habit]
    left, right = (lx * k, ly * k, lz * k), (rx * k, ry * k, rz * k)
    if habit == "phone" and side > 0:
        right = (right[0], -abs(right[1]), right[2])
    return left, right
