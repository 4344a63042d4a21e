"""A run's log survives an interruption."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge.vision.training.runlog import LOG, RunLog


def written(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / LOG).read_text().splitlines()]


def test_what_came_after_the_checkpoint_is_dropped(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    for step in (10, 20, 30):
        log.add(step=step, loss=1.0 / step, rate=0.1)
    with (tmp_path / LOG).open("a") as file:
        file.write('{"step": 40, "lo')  # the power went
    again = RunLog(tmp_path, from_step=20)
    assert written(tmp_path) == [10, 20]
    again.add(step=30, loss=0.1, rate=0.1)
    assert written(tmp_path) == [10, 20, 30]


def test_a_new_run_begins_anew(tmp_path: Path) -> None:
    RunLog(tmp_path).add(step=10, loss=1.0, rate=0.1)
    assert RunLog(tmp_path).lines == []
    assert written(tmp_path) == []


@pytest.mark.parametrize("judged", [[], [{"auc": 0.9, "recall_5": 0.5, "recall_2": None, "recall_1": 0.1}]])
def test_curves_are_drawn(tmp_path: Path, judged: list[dict[str, float | None]]) -> None:
    pytest.importorskip("matplotlib", reason="curves need matplotlib: pip install 'edge-node[train]'")
    log = RunLog(tmp_path)
    log.add(step=10, loss=1.0, rate=0.1)
    for figures in judged:
        log.add(step=10, **figures)
    assert log.draw().read_bytes().startswith(b"\x89PNG")
