"""One tiny render, where Blender is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from edge.vision.training.render.mix import LABELS
from edge.vision.training.render.sample import sample

WHY = "Blender as a module is only in the extra `train`"


def _dice(number: int) -> Callable[[str], Random]:
    return lambda topic: Random(f"6/{number}/{topic}")


def _render(folder: Path, count: int) -> None:
    """In a process of its own: Blender, once imported, hides itself from the workers."""
    tiny = ["--seed", "2", "--width", "64", "--height", "48", "--samples", "1", "--mix", "pram"]
    command = [sys.executable, "-m", "edge.vision.training.render.frames", "--out", str(folder), *tiny]
    subprocess.run([*command, "--count", str(count)], check=True, cwd=Path(__file__).parents[3], timeout=100)


def test_frames_are_rendered_once_and_a_longer_run_adds_to_a_shorter_one(tmp_path: Path) -> None:
    pytest.importorskip("bpy", reason=WHY)
    pytest.importorskip("rich", reason="the progress bar needs rich")
    _render(tmp_path, count=1)
    first = (tmp_path / "000000.jpg").stat().st_mtime_ns
    _render(tmp_path, count=2)
    assert (tmp_path / "000000.jpg").stat().st_mtime_ns == first
    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [line["file"] for line in lines] == ["000000.jpg", "000001.jpg"]
    for line in lines:
        assert len(line["boxes"]) == len(line["visible"])
        assert {box[0] for box in line["boxes"]} == set(line["classes"])
        assert line["scene"]["label"] == "pram"
        for _, cx, cy, w, h in line["boxes"]:
            assert 0.0 <= cx - w / 2 <= cx + w / 2 <= 1.001
            assert 0.0 <= cy - h / 2 <= cy + h / 2 <= 1.001


@pytest.mark.parametrize("label", [label for label in LABELS if label != "empty"])
def test_every_actor_can_be_built_and_has_the_size_its_kind_says(label: str) -> None:
    bpy = pytest.importorskip("bpy", reason=WHY)
    from edge.vision.training.render.cast import enter
    from edge.vision.training.render.kinds import KINDS
    from edge.vision.training.render.stage import empty_stage

    for number in range(4):
        empty_stage(32, 24, 1, 1)
        plan = sample(6, number, {label: 1.0})
        actors = enter(plan.actors, _dice(number))
        bpy.context.view_layer.update()
        for actor, (name, root) in zip(plan.actors, actors, strict=True):
            points = [
                piece.matrix_world @ vertex.co
                for piece in root.children_recursive
                if piece.type == "MESH"
                for vertex in piece.data.vertices
            ]
            assert name == actor.label
            if actor.label != "person":
                size = max(max(p[i] for p in points) - min(p[i] for p in points) for i in (0, 1))
                assert size < KINDS[actor.kind].length_m * 1.6
                assert -0.12 < min(p.z for p in points) < 0.1
            assert max(p.z for p in points) < 2.1
