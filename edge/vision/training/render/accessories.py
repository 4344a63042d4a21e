"""What people hang on their bikes: child seat, rain cover, wind quilt, helmet, bags; and the battery alone."""

from __future__ import annotations

from random import Random

from . import materials
from .primitives import Object, Point, Ring, ball, box, empty, loft, torus, tube
from .vehicle import Vehicle


def dress_bike(root: Object, rng: Random, saddle_m: float, bar_m: float, half_base_m: float) -> None:
    """Add what chance brings; the three sizes say where the saddle, the handlebar and the axles are."""
    if rng.random() < 0.15:
        child_seat(root, (-half_base_m + 0.02, 0, saddle_m), rng)
    if rng.random() < 0.18:
        wind_quilt(root, half_base_m - 0.1, bar_m, rng)
    if rng.random() < 0.2:
        at = rng.choice([(-0.15, 0.0, saddle_m + 0.12), (half_base_m - 0.25, 0.24, bar_m - 0.02), (0.05, 0.0, 0.42)])
        helmet(at, rng, root)
    if rng.random() < 0.25:
        shopping(root, (0.06, 0.0, 0.34), rng)
    if rng.random() < 0.12:
        rain_cover(root, half_base_m, bar_m, rng)


def child_seat(parent: Object, at: Point, rng: Random) -> None:
    """A shell with a back and sides over the carrier."""
    x, y, z = at
    shell, pad = materials.paint(rng), materials.cloth(rng, (0.05, 0.8))
    box((x, y, z + 0.1), (0.28, 0.28, 0.05), pad, parent, bevel=0.015)
    box((x - 0.14, y, z + 0.32), (0.05, 0.28, 0.44), shell, parent, turn=(0, -0.15, 0), bevel=0.02)
    for side in (-1, 1):
        box((x, y + side * 0.14, z + 0.2), (0.24, 0.025, 0.16), shell, parent, bevel=0.01)
        tube((x, side * 0.13, z + 0.06), (x + 0.12, side * 0.15, z - 0.25), 0.015, shell, parent)


def wind_quilt(parent: Object, x: float, bar_m: float, rng: Random) -> None:
    """The padded apron that hangs from the handlebar in winter."""
    quilt = materials.cloth(rng, (0.05, 0.8))
    rings = [
        Ring(0.38, 0.3, 0.03, 0.02),
        Ring(0.55, 0.36, 0.05, 0.06),
        Ring(0.75, 0.38, 0.06, 0.08),
        Ring(bar_m - 0.03, 0.42, 0.05, 0.03),
        Ring(bar_m + 0.05, 0.4, 0.03, 0.0),
    ]
    loft(rings, "z", quilt, parent, at=(x, 0, 0), square=0.6)


def rain_cover(parent: Object, half_base_m: float, bar_m: float, rng: Random) -> None:
    """A sheet over the whole bike, to the middle of the wheels or to the floor."""
    sheet = materials.cloth(rng, (0.05, 0.7)) if rng.random() < 0.5 else materials.paint(rng)
    hem, end = rng.uniform(0.08, 0.35), half_base_m + 0.25

    def ring(x: float, wide: float, top: float) -> Ring:
        return Ring(x, wide, (top - hem) / 2, (top + hem) / 2)

    rings = [
        ring(-end, 0.08, 0.6),
        ring(-end + 0.12, 0.22, 0.86),
        ring(-0.1, 0.27, 0.84),
        ring(half_base_m - 0.35, 0.36, bar_m + 0.02),
        ring(half_base_m - 0.22, 0.4, bar_m + 0.1),
        ring(half_base_m, 0.24, bar_m - 0.1),
        ring(end - 0.02, 0.1, 0.5),
    ]
    loft(rings, "x", sheet, parent, square=rng.uniform(0.65, 0.9))


def helmet(at: Point, rng: Random, parent: Object = None) -> None:
    """A half-shell helmet with a rim."""
    shell = materials.paint(rng)
    ball(at, (0.135, 0.115, 0.1), shell, parent)
    x, y, z = at
    box((x + 0.11, y, z - 0.03), (0.08, 0.17, 0.012), shell, parent, bevel=0.004)


def shopping(parent: Object, at: Point, rng: Random) -> None:
    """A parcel or a bag on the floor board."""
    x, y, z = at
    if rng.random() < 0.5:
        high = rng.uniform(0.15, 0.35)
        box((x, y, z + high / 2), (0.25, rng.uniform(0.2, 0.35), high), cardboard(rng), parent, bevel=0.004)
    else:
        ball((x, y, z + 0.13), (0.12, 0.14, 0.16), materials.cloth(rng, (0.1, 0.9)), parent)


def cardboard(rng: Random) -> materials.Material:
    """Brown board, now and then white."""
    tone = rng.uniform(0.7, 1.3)
    base = (0.34 * tone, 0.22 * tone, 0.12 * tone) if rng.random() < 0.8 else (0.6, 0.6, 0.58)
    return materials.speckled(base, (base[0] * 1.15, base[1] * 1.15, base[2] * 1.15), per_m=12.0, rough=0.85)


def basket(parent: Object, at: Point, rng: Random) -> None:
    """A wire basket before the handlebar."""
    wire = materials.rubber(rng) if rng.random() < 0.6 else materials.bare_metal(rng)
    x, y, z = at
    for level in (-0.11, -0.04, 0.03, 0.1):
        half = 0.13 + 0.02 * level / 0.1
        corners = [(x - half, y - half * 1.2), (x + half, y - half * 1.2), (x + half, y + half * 1.2)]
        corners.append((x - half, y + half * 1.2))
        for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
            tube((ax, ay, z + level), (bx, by, z + level), 0.006, wire, parent)
    box((x, y, z - 0.11), (0.24, 0.29, 0.01), wire, parent)
    for side in (-1, 1):
        for k in (-1, 0, 1):
            tube(
                (x + k * 0.11, y + side * 0.14, z - 0.11), (x + k * 0.13, y + side * 0.17, z + 0.1), 0.005, wire, parent
            )


def build_battery(rng: Random) -> Vehicle:
    """A battery taken out of its bike, standing or lying on the floor, with its handle."""
    root = empty()
    case = materials.plain((rng.uniform(0.01, 0.15),) * 3, rough=0.4) if rng.random() < 0.7 else materials.paint(rng)
    grip = materials.rubber(rng)
    if rng.random() < 0.35:  # the tube of a pedelec
        box((0, 0, 0.05), (rng.uniform(0.34, 0.42), 0.09, 0.09), case, root, bevel=0.025)
        box((0.19, 0, 0.05), (0.03, 0.1, 0.1), grip, root, bevel=0.01)
    else:
        long, wide, high = rng.uniform(0.22, 0.36), rng.uniform(0.14, 0.2), rng.uniform(0.16, 0.34)
        box((0, 0, high / 2), (long, wide, high), case, root, bevel=0.015)
        torus((0, 0, high), min(0.09, long * 0.35), 0.012, grip, root)
        box((0, wide / 2 + 0.001, high * 0.55), (long * 0.6, 0.004, high * 0.4), materials.paint(rng), root)
        ball((long * 0.3, wide / 2, 0.04), (0.02, 0.01, 0.02), materials.glowing((0.1, 0.8, 0.2), 0.3), root)
    return Vehicle(root, (0.0, 0.4), (0.0, 0.1, 0.3), (0.0, -0.1, 0.3))
