"""A run that is interrupted and resumed is the run that was never interrupted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.core.errors import ConfigError
from edge.vision.training.cell_labels import UNKNOWN
from edge.vision.training.dataset import TARGETS
from edge.vision.training.hyperparameters import Hyperparameters
from tests.vision import scenes
from tests.vision.training.weights import body

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")

from edge.vision.training.development import Development  # noqa: E402
from edge.vision.training.loop import BEST, LAST, Schedule, train  # noqa: E402
from edge.vision.training.network import EbikeNet  # noqa: E402
from edge.vision.training.samples import Sample  # noqa: E402

pytest.importorskip("matplotlib", reason="curves need matplotlib: pip install 'edge-node[train]'")

SIDE = 64
SETTINGS = Hyperparameters(epochs=2, batch=4, train_from=15, rate=3e-5, side=SIDE)
CAR = scenes.car(SIDE, SIDE)
CELLS = np.full((2, 2), UNKNOWN, np.int64)


class Drawn:
    """Cars with (1) and without (0) a two-wheeler, and a record of what was asked for."""

    counts: Sequence[int] = (7, 7, 0, 0, 0, 0, 0, 0)

    def __init__(self) -> None:
        self.seen: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return 14

    def epoch(self, number: int, start: int = 0) -> Iterator[Sample]:
        for index in np.random.default_rng(number).permutation(14).tolist()[start:]:
            self.seen.append((number, index))
            image = scenes.bicycle(CAR) if index % 2 else CAR
            yield np.asarray(np.roll(image, 5 * index, axis=1), np.uint8), index % 2, CELLS


DEVELOPMENT = Development([CAR, scenes.bicycle(CAR)], [("lobby",), ("ebike",)])


def network() -> EbikeNet:
    """As if it had been trained before: noise of the size that keeps signals alive."""
    fresh = EbikeNet(len(TARGETS))
    fresh.load(body())
    return fresh


def run(
    folder: Path, samples: Drawn, settings: Hyperparameters = SETTINGS, stop: int | None = None, resume: bool = False
) -> None:
    torch.set_num_threads(1)
    schedule = Schedule(log=2, save=100, judge=2, stop=stop)
    train(samples, network(), settings, folder, development=DEVELOPMENT, schedule=schedule, resume=resume)


def log(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "run.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Drawn]:
    folder, samples = tmp_path_factory.mktemp("whole"), Drawn()
    run(folder, samples)
    return folder, samples


def test_a_resumed_run_is_the_same_to_the_last_bit(whole: tuple[Path, Drawn], tmp_path: Path) -> None:
    folder, samples = whole
    torch.manual_seed(99)  # nothing may depend on what was random before
    parts = [Drawn(), Drawn(), Drawn()]
    run(tmp_path, parts[0], stop=3)  # the end of the first epoch: 14 samples, 3 steps of 4
    run(tmp_path, parts[1], stop=5, resume=True)  # inside the second
    run(tmp_path, parts[2], resume=True)
    assert [each for part in parts for each in part.seen] == samples.seen
    with np.load(folder / LAST) as one, np.load(tmp_path / LAST) as other:
        assert set(one.files) == set(other.files)
        for name in one.files:
            assert np.array_equal(one[name], other[name]), name
    assert log(tmp_path) == log(folder)


def test_it_learns_and_writes_what_export_wants(whole: tuple[Path, Drawn]) -> None:
    folder, _ = whole
    losses = [line["loss"] for line in log(folder) if "loss" in line]
    assert losses[-1] < losses[0]
    judged = [line for line in log(folder) if "auc" in line]
    assert [line["step"] for line in judged] == [2, 4, 6]
    with np.load(folder / BEST) as best:
        about = json.loads(str(best["about"]))
        assert set(EbikeNet(len(TARGETS)).weights()) == set(best.files) - {"about"}
    assert about["classes"] == list(TARGETS)
    assert about["hyperparameters"]["train_from"] == 15
    assert about["development"]["auc"] == max(line["auc"] for line in judged)
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_frozen_blocks_stay(whole: tuple[Path, Drawn]) -> None:
    folder, _ = whole
    start = network().weights()
    with np.load(folder / LAST) as last:
        assert np.array_equal(last["block14_project.weight"], start["block14_project.weight"])
        assert not np.array_equal(last["block15_project.weight"], start["block15_project.weight"])


def test_a_folder_holds_one_run(whole: tuple[Path, Drawn], tmp_path: Path) -> None:
    folder, _ = whole
    with pytest.raises(ConfigError, match="holds a run already"):
        run(folder, Drawn())
    with pytest.raises(ConfigError, match="made with hyperparameters"):
        run(folder, Drawn(), settings=replace(SETTINGS, rate=0.5), resume=True)
    with pytest.raises(ConfigError, match="nothing to resume"):
        run(tmp_path / "none", Drawn(), resume=True)
