"""What is in a picture: the boxes of the actors, from their points in space."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import bpy

from .camera import Camera
from .primitives import Object

Box = tuple[float, float, float, float]

STRIDE = 7  # every seventh vertex is enough for a box and keeps the rays cheap
MOST_POINTS = 1500  # of one piece; ready-made models have 100,000 vertices
LEAST_SHARE = 0.03  # less of an actor than this in view is not worth a label
GRAZE_M = 0.02


def boxes(scene: Any, camera: Camera, actors: Sequence[tuple[str, Object]]) -> list[tuple[str, Box]]:
    """(class, box) of each actor in view; a box is cx, cy, w, h in fractions of the picture.

    Parts behind a wall or outside the picture do not count; parts behind another actor do.
    """
    return [(name, box) for name, box, _ in sightings(scene, camera, actors)]


def sightings(scene: Any, camera: Camera, actors: Sequence[tuple[str, Object]]) -> list[tuple[str, Box, float]]:
    """(class, box, visible share) of each actor in view.

    The share is that of its points which nothing hides, other actors included, of all its points; parts of the
    actor itself hide nothing.
    """
    groups = [(name, list(_pieces(root))) for name, root in actors]
    anyone = {piece.name for _, group in groups for piece in group}
    graph = bpy.context.evaluated_depsgraph_get()
    found = []
    for name, group in groups:
        own = {piece.name for piece in group}
        points = [p for piece in group for p in _points(piece)]
        looks = [look for p in points if (look := _look(scene, graph, camera, p)) is not None]
        seen = [at for at, what in looks if what is None or what in anyone]
        if len(seen) >= max(3, LEAST_SHARE * len(points)):
            clear = sum(what is None or what in own for _, what in looks)
            found.append((name, _around(seen), clear / len(points)))
    return found


def line(file: str, found: list[tuple[str, Box]]) -> str:
    """One line of labels.jsonl."""
    return json.dumps(
        {
            "file": file,
            "classes": sorted({name for name, _ in found}),
            "boxes": [[name, *(round(value, 4) for value in box)] for name, box in found],
        }
    )


def _pieces(root: Object) -> Iterator[Object]:
    if root.hide_render:
        return
    if root.type == "MESH":
        yield root
    for child in root.children:
        yield from _pieces(child)


def _points(piece: Object) -> Iterator[Any]:
    vertices = list(piece.data.vertices)
    for vertex in vertices[:: max(STRIDE, len(vertices) // MOST_POINTS)]:
        yield piece.matrix_world @ vertex.co


def _look(scene: Any, graph: Any, camera: Camera, point: Any) -> tuple[tuple[float, float], str | None] | None:
    """Where a point falls in the picture and the name of what is before it; None outside the picture."""
    x, y = camera.project(point)
    if not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
        return None
    eye = camera.holder.matrix_world.translation
    way = point - eye
    hit, _, _, _, what, _ = scene.ray_cast(graph, eye, way.normalized(), distance=way.length - GRAZE_M)
    return (x, y), what.name if hit else None


def _around(points: list[tuple[float, float]]) -> Box:
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    return (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
