"""What people wear and carry, the same for every label: helmet, cap, long hair, backpack, bag, coat, skirt, phone."""

from __future__ import annotations

from random import Random

from . import materials
from .person import Person
from .primitives import Ring, ball, box, empty, loft, tube


def put_on(person: Person, rng: Random, *, carries: bool) -> None:
    """Dress a person further; `carries` puts a bag at the left hand."""
    k = person.k
    head = rng.random()
    if head < 0.12:
        ball((-0.005, 0, 0.2 * k), (0.135 * k, 0.12 * k, 0.125 * k), materials.paint(rng), person.head)
    elif head < 0.27:
        cap = materials.cloth(rng, (0.02, 0.8))
        ball((-0.01, 0, 0.215 * k), (0.108 * k, 0.096 * k, 0.075 * k), cap, person.head)
        box((0.12 * k, 0, 0.2 * k), (0.09, 0.14, 0.01), cap, person.head, bevel=0.004)
    elif head < 0.42:
        shade = rng.uniform(0.006, 0.12)
        hair = materials.plain((shade, shade * 0.65, shade * 0.45), rough=0.5)
        ball((-0.06 * k, 0, 0.04 * k), (0.075 * k, 0.1 * k, rng.uniform(0.12, 0.24)), hair, person.head)
    if rng.random() < 0.2:
        pack = materials.cloth(rng, (0.02, 0.8))
        box((-0.2 * k, 0, 0.32 * k), (0.16, 0.28 * k, 0.4 * k), pack, person.torso, bevel=0.05)
    body = rng.random()
    if body < 0.3:
        _coat(person, rng, long=body < 0.18)
    if carries:
        bag = empty((0.06 * k, 0.29 * k, 0.0), parent=person.root)
        cloth = materials.cloth(rng, (0.05, 0.95))
        high = rng.uniform(0.2, 0.36)
        box((0, 0, 0.7 * k - high / 2), (rng.uniform(0.2, 0.32), 0.12, high), cloth, bag, bevel=0.02)
        tube((0, 0, 0.68 * k), (0, 0, 0.79 * k), 0.008, cloth, bag)


def _coat(person: Person, rng: Random, *, long: bool) -> None:
    """A skirt, or a coat over the hips."""
    k = person.k
    hem = -0.5 * k if long else -0.28 * k
    cloth = materials.cloth(rng, (0.02, 0.8))
    rings = [Ring(hem, 0.25 * k, 0.2 * k), Ring(-0.1 * k, 0.2 * k, 0.15 * k), Ring(0.08 * k, 0.175 * k, 0.13 * k)]
    loft(rings, "z", cloth, person.torso)
