"""From a run's weights to the file that a device runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.decoders import cells
from edge.vision.interpreter import Interpreter
from edge.vision.models import SHIPPED, Registry
from edge.vision.training import export
from edge.vision.training.tflite_weights import read_weights
from tests.vision import scenes

START = SHIPPED.parent / "ebike_start_fp16.tflite"
ABOUT = {
    "hyperparameters": {"epochs": 2},
    "classes": ["other", "ebike", "bicycle", "wheelchair"],
    "samples": 1,
    "step": 1,
}
PICTURE = scenes.bicycle(scenes.car(300, 300))


def saved(folder: Path, **changed: Any) -> Path:
    about = np.array(json.dumps(ABOUT | {"development": {"auc": 0.9}}))
    np.savez(folder / "best.npz", **(read_weights(START) | {"about": about} | changed))
    return folder / "best.npz"


def test_the_pooling_is_the_decoders() -> None:
    assert export.SHARPNESS == cells.SHARPNESS


def test_a_run_is_read_back(tmp_path: Path) -> None:
    about, weights = export.read_run(saved(tmp_path))
    assert about["classes"] == ABOUT["classes"]
    assert {name: weights[name].shape for name in weights} == {n: w.shape for n, w in read_weights(START).items()}


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no archive")
    np.savez(tmp_path / "b.npz", about=np.array("{}"))
    np.savez(tmp_path / "c.npz", stem=np.zeros(1))
    for name, why in (("a", "is not a run's"), ("b", r"has no 'stem\.weight'"), ("c", "is not a run's")):
        with pytest.raises(ModelError, match=why):
            export.read_run(tmp_path / f"{name}.npz")


def test_a_missing_file_is_told_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main([str(tmp_path / "none.npz"), str(tmp_path / "out.tflite")]) == 2
    assert "none.npz: No such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def scored(registry: Path | None, name: str) -> tuple[float, Any]:
    """P(electric bike) and cells of the picture, as a device computes them."""
    device = Interpreter(Registry.load(registry)[name])
    device.fill(lambda tensor: np.copyto(tensor, PICTURE[None].astype(np.float32) / 127.5 - 1))
    device.invoke()
    return device.read(lambda outputs: (float(outputs[0][0]), outputs[1].copy()))


@pytest.mark.parametrize(("bits", "tolerance", "largest"), [(16, 2e-3, 4_600_000), (8, 0.1, 2_900_000)])
def test_the_exported_model_computes_the_same(bits: int, tolerance: float, largest: int, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="export needs TensorFlow: pip install tensorflow-cpu==2.15.1")
    out = tmp_path / "eye.tflite"
    arguments = [str(saved(tmp_path)), str(out)]
    if bits == 8:
        changes = np.random.default_rng(0).uniform(0.6, 1.0, (12, 1, 1, 1))
        np.save(tmp_path / "calibration.npy", (PICTURE[None] * changes).astype(np.uint8))
        arguments += ["--int8", str(tmp_path / "calibration.npy")]
    (tmp_path / "eye.md").write_text("filled in")
    assert export.main(arguments) == 0
    assert out.stat().st_size < largest
    assert (tmp_path / "eye.md").read_text() == "filled in"
    (probability, found), (wanted, wanted_cells) = scored(tmp_path / "eye.yaml", "eye"), scored(None, "ebike_start")
    assert probability == pytest.approx(wanted, abs=tolerance)
    assert np.log(probability) == pytest.approx(np.log(wanted), abs=10 * tolerance), "fine steps near nought as well"
    assert np.abs(found - wanted_cells).mean() < 10 * tolerance
    if bits == 16:
        again = read_weights(out)
        for name, weight in read_weights(START).items():
            np.testing.assert_allclose(again[name], weight, atol=1e-3, rtol=1e-3, err_msg=name)
