"""Catalogue pictures: plans by their numbers alone, one thing on white with its box round it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.vision.picture import read
from edge.vision.training.augment_paste import cut_out, is_on_white
from edge.vision.training.dataset import read as read_folder
from edge.vision.training.render.catalogue import draw, things
from edge.vision.training.render.mix import DEFAULT, parse_mix

MIX = things(parse_mix(DEFAULT))


def test_a_plan_depends_on_its_numbers_alone() -> None:
    plans = [draw(3, number, MIX) for number in range(60)]
    assert plans == [draw(3, number, MIX) for number in range(60)]
    assert draw(4, 0, MIX) != plans[0]
    assert {plan.label for plan in plans} > {"ebike", "pram"}
    assert all(0.0 <= plan.elevation_deg <= 80.0 for plan in plans)
    assert any(plan.elevation_deg > 45.0 for plan in plans), "from a ceiling too"


def test_people_and_nothing_are_no_things() -> None:
    assert not {"people", "empty"} & set(MIX)
    with pytest.raises(ValueError, match="name one besides people and empty"):
        things({"people": 0.5, "empty": 0.5})


def test_a_thing_stands_alone_on_white(tmp_path: Path) -> None:
    pytest.importorskip("bpy", reason="Blender as a module is only in the extra `train`")
    tiny = ["--seed", "3", "--count", "1", "--width", "96", "--height", "96", "--samples", "2", "--mix", "pram"]
    command = [sys.executable, "-m", "edge.vision.training.render.frames", "--scene", "catalogue", *tiny]
    subprocess.run([*command, "--out", str(tmp_path)], check=True, cwd=Path(__file__).parents[3], timeout=100)
    (record,), problems = read_folder(tmp_path)
    assert not problems
    assert (record.target, record.kind, record.part) == ("pram", "product", "render")
    image = read(record.path)
    assert is_on_white(image)
    assert cut_out(image, "pram") is not None, "the recipe can stand it in a room"
    (box,) = record.boxes
    dark = np.argwhere(image.min(axis=2) < 200) / 96
    assert dark.min(axis=0) == pytest.approx((box.top, box.left), abs=0.06)
    assert dark.max(axis=0) == pytest.approx((box.bottom, box.right), abs=0.06)
    assert json.loads((tmp_path / "labels.jsonl").read_text())["scene"]["label"] == "pram"
