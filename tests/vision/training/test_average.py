"""The middle of two runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.vision.training.average import main
from edge.vision.training.run_weights import read_run, write_run
from tests.vision.training.weights import ABOUT, drawn


def test_the_average_lies_in_the_middle(tmp_path: Path) -> None:
    for seed in (0, 1):
        write_run(tmp_path / f"{seed}.npz", ABOUT, drawn(seed))
    assert main([str(tmp_path / name) for name in ("out.npz", "0.npz", "1.npz")]) == 0
    about, weights = read_run(tmp_path / "out.npz")
    assert about["averaged"] == 2
    assert not about["development"], "nobody has judged it yet"
    for name, weight in weights.items():
        np.testing.assert_allclose(weight, (drawn(0)[name] + drawn(1)[name]) / 2, rtol=1e-5, atol=1e-6)


def test_runs_that_do_not_fit_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_run(tmp_path / "a.npz", ABOUT, drawn())
    write_run(tmp_path / "b.npz", ABOUT | {"classes": ["other", "ebike"]}, drawn())
    assert main([str(tmp_path / name) for name in ("out.npz", "a.npz", "b.npz")]) == 2
    assert "b.npz has the classes" in capsys.readouterr().err
    assert main([str(tmp_path / name) for name in ("out.npz", "a.npz", "none.npz")]) == 2
    assert "none.npz" in capsys.readouterr().err
    assert not (tmp_path / "out.npz").exists()
