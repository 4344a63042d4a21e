"""Dirt, gain, night mode: what happens to a clean picture before it is a JPEG. No Blender."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("PIL", reason="pillow is only in the extra `train`")

import numpy as np
from PIL import Image

from edge.vision.training.render.plans import SensorPlan
from edge.vision.training.render.tarnish import metered, tarnish

CLEAN = SensorPlan(1.0, 0.5, 0.3, 0.1, 80, dirt=0.0, haze=0.0, smear_px=0.0, grey=False, stamp=False, meter=120.0)


def _spoiled(tmp_path: Path, plan: SensorPlan) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    png = tmp_path / "frame.png"
    scene = np.zeros((48, 64, 3), dtype=np.uint8)
    scene[:, 32:] = (200, 120, 40)
    Image.fromarray(scene).save(png)
    tarnish(png, plan, Random(1))
    with Image.open(png) as picture:
        return np.asarray(picture)


@pytest.mark.parametrize(("level", "after"), [(40.0, 120.0), (120.0, 120.0), (10.0, 50.0), (250.0, 150.0)])
def test_the_gain_meets_the_target_within_its_bounds(level: float, after: float) -> None:
    light = np.full((8, 8, 3), level, dtype=np.float32)
    assert float(metered(light, 120.0).mean()) == pytest.approx(after)


def test_night_mode_has_no_colour(tmp_path: Path) -> None:
    grey = _spoiled(tmp_path, replace(CLEAN, grey=True))
    assert (grey[..., 0] == grey[..., 1]).all()
    assert (grey[..., 1] == grey[..., 2]).all()
    colour = _spoiled(tmp_path, CLEAN)
    assert (colour[..., 0] != colour[..., 2]).any()


def test_haze_lifts_the_black_and_a_smear_softens_the_edge(tmp_path: Path) -> None:
    assert _spoiled(tmp_path, CLEAN)[:, :20].max() == 0
    assert _spoiled(tmp_path, replace(CLEAN, haze=0.3))[:, :20].min() > 10
    sharp = len(np.unique(_spoiled(tmp_path, CLEAN)))
    assert len(np.unique(_spoiled(tmp_path, replace(CLEAN, smear_px=5.0)))) > sharp


@pytest.mark.parametrize("change", [{"dirt": 0.8}, {"stamp": True}])
def test_dirt_and_stamp_change_the_picture(tmp_path: Path, change: dict[str, float]) -> None:
    assert (_spoiled(tmp_path, replace(CLEAN, **change)) != _spoiled(tmp_path, CLEAN)).any()  # type: ignore[arg-type]
