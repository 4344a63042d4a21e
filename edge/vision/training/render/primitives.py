"""The few shapes that everything is built of; each function makes one Blender object of its exact size.

An object is `Any` here because Blender's modules carry no types. Sizes are metres, angles radians, and a
location is in the frame of `parent`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import bmesh
import bpy
from mathutils import Vector

Object = Any
Material = Any
Point = tuple[float, float, float]

ORIGIN: Point = (0.0, 0.0, 0.0)


class Ring(NamedTuple):
    """One cross-section of a loft: where it is along the axis, its half width, half height and its centre."""

    at: float
    half_width: float
    half_height: float
    centre: float = 0.0


def empty(at: Point = ORIGIN, yaw: float = 0.0, parent: Object = None) -> Object:
    """A frame of reference to hang objects on; `yaw` turns it about z."""
    frame = bpy.data.objects.new("frame", None)
    bpy.context.collection.objects.link(frame)
    frame.location, frame.rotation_euler, frame.parent = at, (0.0, 0.0, yaw), parent
    return frame


def box(
    at: Point,
    size: Point,
    material: Material,
    parent: Object = None,
    turn: Point = ORIGIN,
    bevel: float = 0.0,
) -> Object:
    """A box of full edge lengths `size`, its edges rounded by `bevel`."""
    shape = bmesh.new()
    bmesh.ops.create_cube(shape, size=1.0)
    bmesh.ops.scale(shape, vec=size, verts=shape.verts)
    if bevel:
        bmesh.ops.bevel(shape, geom=shape.edges[:], offset=bevel, segments=2, profile=0.5, affect="EDGES")
    return _place(shape, at, material, parent, turn, smooth=False)


def ball(at: Point, radii: Point, material: Material, parent: Object = None, turn: Point = ORIGIN) -> Object:
    """An ellipsoid with the three half axes `radii`."""
    shape = bmesh.new()
    bmesh.ops.create_uvsphere(shape, u_segments=24, v_segments=16, radius=1.0)
    bmesh.ops.scale(shape, vec=radii, verts=shape.verts)
    return _place(shape, at, material, parent, turn)


def tube(start: Point, end: Point, radius: float, material: Material, parent: Object = None) -> Object:
    """A round bar from `start` to `end`."""
    bar = bone((Vector(end) - Vector(start)).length, radius, radius, material, parent)
    aim(bar, start, end)
    return bar


def bone(length: float, radius: float, end_radius: float, material: Material, parent: Object = None) -> Object:
    """A tapered capsule from the origin up to `length`, to be pointed with `aim` in every frame."""
    arc = [math.radians(a) for a in (-80.0, -50.0, -20.0)]
    rings = [Ring(radius * math.sin(a), radius * math.cos(a), radius * math.cos(a)) for a in arc]
    rings += [
        Ring(length - end_radius * math.sin(a), end_radius * math.cos(a), end_radius * math.cos(a))
        for a in reversed(arc)
    ]
    return loft(rings, "z", material, parent)


def aim(piece: Object, start: Point, end: Point) -> None:
    """Put the foot of a bone at `start` and turn it towards `end`; its length stays."""
    piece.location = start
    piece.rotation_euler = (Vector(end) - Vector(start)).to_track_quat("Z", "Y").to_euler()


def torus(at: Point, radius: float, thickness: float, material: Material, parent: Object = None) -> Object:
    """A ring round the y axis, as a tyre stands, of a tube of radius `thickness` round a core of `radius`."""
    around, across = 40, 10
    shape = bmesh.new()
    rows = []
    for i in range(around):
        a = math.tau * i / around
        reach = [
            (radius + thickness * math.cos(b), thickness * math.sin(b))
            for b in (math.tau * j / across for j in range(across))
        ]
        rows.append([shape.verts.new((r * math.cos(a), y, r * math.sin(a))) for r, y in reach])
    _skin(shape, [*rows, rows[0]])
    return _place(shape, at, material, parent, ORIGIN)


def loft(
    rings: Sequence[Ring],
    axis: str,
    material: Material,
    parent: Object = None,
    at: Point = ORIGIN,
    square: float = 1.0,
) -> Object:
    """A closed skin over cross-sections along `axis`.

    Along "z" a ring's height lies along x (front to back) and its centre is an x; along "x" its height lies
    along z and its centre is a z. Its width always lies along y. `square` 1 gives ellipses, 0.4 nearly
    rectangles.
    """
    shape = bmesh.new()
    rows = []
    for ring in rings:
        row = []
        for j in range(24):
            angle = math.tau * j / 24
            wide = ring.half_width * _power(math.cos(angle), square)
            high = ring.half_height * _power(math.sin(angle), square) + ring.centre
            row.append(shape.verts.new((high, wide, ring.at) if axis == "z" else (ring.at, wide, high)))
        rows.append(row)
    _skin(shape, rows)
    shape.faces.new(rows[0])
    shape.faces.new(rows[-1])
    return _place(shape, at, material, parent, ORIGIN)


def _power(value: float, exponent: float) -> float:
    return math.copysign(abs(value) ** exponent, value)


def _skin(shape: Any, rows: Sequence[Sequence[Any]]) -> None:
    for row, following in pairwise(rows):
        for j in range(len(row)):
            k = (j + 1) % len(row)
            shape.faces.new((row[j], row[k], following[k], following[j]))


def _place(shape: Any, at: Point, material: Material, parent: Object, turn: Point, *, smooth: bool = True) -> Object:
    bmesh.ops.recalc_face_normals(shape, faces=shape.faces)
    for face in shape.faces:
        face.smooth = smooth
    mesh = bpy.data.meshes.new("shape")
    shape.to_mesh(mesh)
    shape.free()
    mesh.materials.append(material)
    piece = bpy.data.objects.new("piece", mesh)
    bpy.context.collection.objects.link(piece)
    piece.location, piece.rotation_euler, piece.parent = at, turn, parent
    return piece
