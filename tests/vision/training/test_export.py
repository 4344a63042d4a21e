"""From a run's weights to the file that a device runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.vision.interpreter import Interpreter
from edge.vision.models import Registry
from edge.vision.training import export
from edge.vision.training.run_weights import write_run
from tests.vision import scenes
from tests.vision.training.weights import ABOUT, drawn

PICTURE = scenes.bicycle(scenes.car(64, 64))


def test_a_missing_file_is_told_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main([str(tmp_path / "none.npz"), str(tmp_path / "out.tflite")]) == 2
    assert "none.npz: No such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_side_that_does_not_fit_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        export.main([str(tmp_path / "a.npz"), str(tmp_path / "out.tflite"), "--side", "300"])
    assert "must be a multiple of 32" in capsys.readouterr().err


def on_device(registry: Path, side: int) -> list[Any]:
    """What the device computes of the picture: P(electric bike), cells, embedding."""
    device = Interpreter(Registry.load(registry)["eye"])
    fitted = cv2.resize(PICTURE, (side, side))[None].astype(np.float32) / 127.5 - 1
    device.fill(lambda tensor: np.copyto(tensor, fitted))
    device.invoke()
    return device.read(lambda outputs: [output.copy() for output in outputs])


def in_training(side: int, bits: int) -> list[Any]:
    """What the trained network computes of it; for 16 bits with its weights rounded as the file's are."""
    torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")
    from edge.vision.training.network import EbikeNet, embedding, to_input

    network = EbikeNet(len(ABOUT["classes"]))
    rounded = {name: weight.astype(np.float16).astype(np.float32) for name, weight in drawn().items()}
    assert network.load(rounded if bits == 16 else drawn())
    network.eval()
    inputs = to_input([np.asarray(cv2.resize(PICTURE, (side, side)), np.uint8)])
    with torch.no_grad():
        logits, cells = network(inputs)
        pooled = embedding(network.features(inputs))
    probability = logits.softmax(1)[:, ABOUT["classes"].index("ebike")]
    return [probability.numpy(), cells.permute(0, 2, 3, 1).numpy(), pooled.numpy()]


@pytest.mark.parametrize(("bits", "side", "largest"), [(16, 64, 7_000_000), (16, 96, 7_000_000), (8, 64, 4_200_000)])
def test_the_exported_model_computes_the_same(bits: int, side: int, largest: int, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="export needs TensorFlow: pip install 'edge-node[export]'")
    write_run(tmp_path / "best.npz", ABOUT, drawn())
    out = tmp_path / "eye.tflite"
    arguments = [str(tmp_path / "best.npz"), str(out), "--side", str(side)]
    if bits == 8:
        changes = np.random.default_rng(0).uniform(0.6, 1.0, (12, 1, 1, 1))
        np.save(tmp_path / "calibration.npy", (PICTURE[None] * changes).astype(np.uint8))
        arguments += ["--int8", str(tmp_path / "calibration.npy")]
    (tmp_path / "eye.md").write_text("filled in")
    assert export.main(arguments) == 0
    assert out.stat().st_size < largest
    assert (tmp_path / "eye.md").read_text() == "filled in"
    found, wanted = on_device(tmp_path / "eye.yaml", side), in_training(side, bits)
    tolerance = 1e-4 if bits == 16 else 0.15
    assert [one.shape for one in found] == [one.shape for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert np.abs(one - other).mean() < tolerance * max(1.0, float(np.abs(other).mean()))
