"""The weights that a run writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.training.run_weights import read_run, write_run
from tests.vision.training.weights import ABOUT, drawn


def test_a_run_is_read_back(tmp_path: Path) -> None:
    write_run(tmp_path / "best.npz", ABOUT, drawn())
    about, weights = read_run(tmp_path / "best.npz")
    assert about == ABOUT
    assert {name: weights[name].shape for name in weights} == {name: w.shape for name, w in drawn().items()}
    assert [path.name for path in tmp_path.iterdir()] == ["best.npz"]


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"no archive")
    np.savez(tmp_path / "b.npz", about=np.array("{}"))
    np.savez(tmp_path / "c.npz", stem=np.zeros(1))
    for name, why in (("a", "is not a run's"), ("b", r"has no 'stem\.weight'"), ("c", "is not a run's")):
        with pytest.raises(ModelError, match=why):
            read_run(tmp_path / f"{name}.npz")
