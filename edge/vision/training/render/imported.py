"""A glTF model as an actor: one object of real size that stands on the floor and faces x."""

from __future__ import annotations

import math
import re
from typing import Any

import bpy
from mathutils import Matrix, Vector

from .plans import ModelPlan
from .primitives import Object, empty

ARM = re.compile(r"upper.?arm", re.IGNORECASE)


def import_model(plan: ModelPlan, *, upright: bool) -> Object:
    """Read the model; `upright` for people, whose size is the height and whose arms shall hang.

    Raises RuntimeError, with the file, where Blender cannot read it.
    """
    before = set(bpy.data.objects)
    try:
        bpy.ops.import_scene.gltf(filepath=plan.file)
    except RuntimeError as error:
        raise RuntimeError(f"{plan.file}: Blender cannot import it ({error}); take it out of the table") from None
    new = [thing for thing in bpy.data.objects if thing not in before]
    for thing in new:
        if thing.type == "ARMATURE" and upright:
            _let_arms_hang(thing)
    bpy.context.view_layer.update()
    root = empty()
    pieces = [_frozen(thing, root) for thing in new if _counts(thing)]
    for thing in new:
        bpy.data.objects.remove(thing)
    _settle(pieces, plan, upright=upright)
    bpy.context.view_layer.update()
    return root


def _counts(thing: Object) -> bool:
    """A mesh of the model, not one of the importer's helpers (shapes of bones)."""
    helper = any(group.name == "glTF_not_exported" for group in thing.users_collection)
    return thing.type == "MESH" and not thing.hide_render and not helper


def _frozen(thing: Object, root: Object) -> Object:
    """The mesh as its bones and parents pose it, without them."""
    posed = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = bpy.data.meshes.new_from_object(posed)
    mesh.transform(posed.matrix_world)
    piece = bpy.data.objects.new("piece", mesh)
    piece.parent = root
    bpy.context.collection.objects.link(piece)
    return piece


def _settle(pieces: list[Object], plan: ModelPlan, *, upright: bool) -> None:
    """Turn, scale and put on the floor, with the middle over the origin."""
    turn = Matrix.Rotation(math.radians(plan.yaw_deg), 4, "Z")
    for piece in pieces:
        piece.data.transform(turn)
    points = [vertex.co for piece in pieces for vertex in piece.data.vertices]
    low = [min(p[i] for p in points) for i in range(3)]
    high = [max(p[i] for p in points) for i in range(3)]
    size = high[2] - low[2] if upright else high[0] - low[0]
    scale = Matrix.Scale(plan.size_m / size, 4)
    middle = Vector(((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]))
    for piece in pieces:
        piece.data.transform(scale @ Matrix.Translation(-middle))


def _let_arms_hang(rig: Any) -> None:
    """Models of people stand with their arms spread: point the upper arms down, a little outwards."""
    bpy.context.view_layer.update()
    to_world = rig.matrix_world.to_3x3().normalized()
    for bone in rig.pose.bones:
        if not ARM.search(bone.name):
            continue
        way = to_world @ (bone.tail - bone.head)
        down = Vector((way.x, way.y, 0.0)).normalized() * 0.25 + Vector((0.0, 0.0, -1.0))
        turn = to_world.inverted() @ way.rotation_difference(down).to_matrix() @ to_world
        at = Matrix.Translation(bone.head)
        bone.matrix = at @ turn.to_4x4() @ at.inverted() @ bone.matrix
        bpy.context.view_layer.update()
