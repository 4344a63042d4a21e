"""An electric bike of the moped kind: step-through floor, leg shield, long saddle, top box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from . import materials
from .primitives import Material, Object, Ring, ball, box, empty, loft, torus, tube
from .vehicle import Vehicle, wheel


@dataclass(frozen=True)
class Look:
    """Which parts it has, and how slim it is: 1 a full moped, 0.6 a light one with spoked wheels."""

    basket: bool = True
    shield: bool = True
    mirrors: bool = True
    top_box: bool = True
    slim: float = 1.0
    half_base_m: tuple[float, float] = (0.54, 0.6)
    wheel_m: tuple[float, float] = (0.2, 0.24)
    tyre_m: float = 0.05
    spokes: int = 0


@dataclass(frozen=True)
class Trim:
    """Sizes in metres and surfaces shared by the parts."""

    half_base: float
    wheel: float
    bar: float
    saddle: float
    paint: Material
    black: Material
    metal: Material
    look: Look


FULL = Look()


def build_ebike(rng: Random, look: Look = FULL) -> Vehicle:
    """About 1.6 m long, 1.0 m to the handlebar; stands upright with its front along x."""
    trim = Trim(
        half_base=rng.uniform(*look.half_base_m),
        wheel=rng.uniform(*look.wheel_m),
        bar=rng.uniform(0.98, 1.05),
        saddle=rng.uniform(0.72, 0.8),
        paint=materials.paint(rng),
        black=materials.rubber(rng),
        metal=materials.bare_metal(rng),
        look=look,
    )
    root = empty()
    steering = empty((trim.half_base - 0.2, 0, 0), yaw=rng.uniform(-0.15, 0.15), parent=root)
    rear = wheel((-trim.half_base, 0, trim.wheel), trim.wheel, look.tyre_m, trim.metal, root, rng, look.spokes)
    front = wheel((0.2, 0, trim.wheel), trim.wheel, look.tyre_m, trim.metal, steering, rng, look.spokes)
    _front(trim, steering)
    _body(trim, root)
    _rear(trim, root, rng)
    grip = (trim.half_base - 0.27, 0.32, trim.bar + 0.03)
    return Vehicle(
        root=root,
        walker=(-0.02, 0.5),
        left_hand=grip,
        right_hand=(-0.1, 0.08, trim.saddle + 0.08),
        wheels=[rear, front],
    )


def _front(trim: Trim, steering: Object) -> None:
    """Fork, mudguard, leg shield, headlamp, basket."""
    for side in (-1, 1):
        tube((0.2, side * 0.075, trim.wheel), (0.06, side * 0.06, 0.62), 0.018, trim.metal, steering)
    arch = [
        Ring(0.0, 0.02, 0.012, trim.wheel * 2 - 0.03),
        Ring(0.1, 0.065, 0.03, trim.wheel * 2 + 0.02),
        Ring(0.22, 0.07, 0.03, trim.wheel * 2 + 0.03),
        Ring(0.34, 0.06, 0.025, trim.wheel * 2 - 0.03),
        Ring(0.42, 0.02, 0.012, trim.wheel * 2 - 0.12),
    ]
    loft(arch, "x", trim.paint, steering)
    shield = [
        Ring(0.34, 0.13, 0.035, -0.06),
        Ring(0.5, 0.19, 0.06, 0.02),
        Ring(0.72, 0.2, 0.07, 0.04),
        Ring(0.88, 0.15, 0.07, 0.03),
        Ring(trim.bar - 0.02, 0.08, 0.06, 0.0),
    ]
    if trim.look.shield:
        loft(shield, "z", trim.paint, steering, square=0.7)
    else:
        tube((0.06, 0, 0.6), (0, 0, trim.bar), 0.03, trim.metal, steering)
        tube((0.05, 0, 0.62), (-0.16, 0, 0.32), 0.035, trim.paint, steering)
    lens = materials.plain((0.8, 0.8, 0.82), metal=0.2, rough=0.08)
    ball((0.1, 0, 0.78), (0.04, 0.085, 0.06), lens, steering)
    nose = [Ring(-0.1, 0.05, 0.03), Ring(-0.04, 0.1, 0.05), Ring(0.06, 0.11, 0.055), Ring(0.12, 0.05, 0.03)]
    loft(nose, "x", trim.black, steering, at=(0, 0, trim.bar))
    if trim.look.basket:
        box((0.24, 0, 0.86), (0.2, 0.28, 0.18), trim.black, steering, turn=(0, -0.1, 0), bevel=0.02)
    _handlebar(trim, steering)


def _handlebar(trim: Trim, steering: Object) -> None:
    """Tubes, grips, brake levers, mirrors; left and right alike."""
    high = trim.bar + 0.03
    for side in (-1, 1):
        tube((-0.02, 0, trim.bar), (-0.05, side * 0.26, high), 0.013, trim.metal, steering)
        tube((-0.05, side * 0.25, high), (-0.08, side * 0.37, high), 0.02, trim.black, steering)
        tube((-0.01, side * 0.22, high), (-0.01, side * 0.35, high), 0.006, trim.metal, steering)
        if trim.look.mirrors:
            tube((-0.03, side * 0.2, high), (0.0, side * 0.3, high + 0.17), 0.006, trim.metal, steering)
            ball((0.0, side * 0.32, high + 0.21), (0.014, 0.065, 0.045), trim.black, steering)


def _body(trim: Trim, root: Object) -> None:
    """Floor board over the battery, the swept-up tail under the saddle, the saddle."""
    length = trim.half_base - 0.2
    floor = [
        Ring(-0.3, 0.12, 0.05, 0.3),
        Ring(-0.15, 0.15, 0.05, 0.28),
        Ring(length - 0.1, 0.15, 0.05, 0.28),
        Ring(length, 0.12, 0.06, 0.34),
    ]
    loft(_slimmed(floor, trim), "x", trim.paint, root, square=0.5)
    box((0.05, 0, 0.335), (length * 0.9, 0.26 * trim.look.slim, 0.012), trim.black, root, bevel=0.004)
    top = trim.saddle - 0.06
    tail = [
        Ring(-trim.half_base - 0.18, 0.05, 0.05, top - 0.06),
        Ring(-trim.half_base, 0.12, 0.1, top - 0.1),
        Ring(-0.4, 0.15, 0.15, top - 0.15),
        Ring(-0.2, 0.15, 0.19, top - 0.19),
        Ring(-0.08, 0.13, 0.2, top - 0.21),
        Ring(-0.03, 0.09, 0.16, top - 0.24),
    ]
    loft(_slimmed(tail, trim), "x", trim.paint, root, square=0.7)
    saddle = [
        Ring(-trim.half_base - 0.12, 0.08, 0.03, trim.saddle + 0.03),
        Ring(-trim.half_base + 0.02, 0.13, 0.05, trim.saddle + 0.03),
        Ring(-0.3, 0.14, 0.05, trim.saddle),
        Ring(-0.1, 0.12, 0.05, trim.saddle),
        Ring(0.0, 0.06, 0.03, trim.saddle - 0.01),
    ]
    loft(saddle, "x", trim.black, root, square=0.8)


def _slimmed(rings: Sequence[Ring], trim: Trim) -> list[Ring]:
    """Narrower and flatter from below; what is on top stays where it is."""
    slim = trim.look.slim
    return [
        Ring(r.at, r.half_width * slim, r.half_height * slim, r.centre + r.half_height * (1.0 - slim)) for r in rings
    ]


def _rear(trim: Trim, root: Object, rng: Random) -> None:
    """Swing arm, shock absorbers, rear lamp, carrier, the box on it, the side stand."""
    for side in (-1, 1):
        axle = (-trim.half_base, side * 0.09, trim.wheel)
        tube((-0.2, side * 0.09, 0.3), axle, 0.02, trim.metal, root)
        tube(axle, (-trim.half_base + 0.1, side * 0.11, 0.62), 0.022, trim.black, root)
    lamp = materials.plain((0.45, 0.01, 0.01), rough=0.2)
    ball((-trim.half_base - 0.19, 0, trim.saddle - 0.12), (0.03, 0.09, 0.035), lamp, root)
    torus((-trim.half_base, 0, trim.wheel), trim.wheel * 0.55, 0.02, trim.black, root)
    tube((-0.12, 0.1, 0.27), (-0.16, 0.26, 0.01), 0.012, trim.metal, root)
    edge = rng.uniform(0.3, 0.36)
    cover = rng.choice([trim.black, trim.paint])
    if not trim.look.top_box:
        return
    back = -trim.half_base - 0.2
    box((back, 0, trim.saddle + 0.03), (0.3, 0.18, 0.02), trim.metal, root)
    box((back, 0, trim.saddle + 0.04 + edge * 0.4), (edge, edge * 1.1, edge * 0.8), cover, root, bevel=0.04)
    lid = (edge + 0.01, edge * 1.1 + 0.01, 0.015)
    box((back, 0, trim.saddle + 0.04 + edge * 0.55), lid, trim.metal, root)
