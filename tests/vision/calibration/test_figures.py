"""Before and after in figures."""

from __future__ import annotations

import numpy as np
import pytest

from edge.vision.calibration.figures import Rule, equal_recall, holds
from edge.vision.calibration.head import Floats
from tests.vision.calibration.lifts import scored

RULE = Rule(confirm=0.5, k=2, n=3, window_s=2.0)
HOLDS = [  # flags of pictures 0.4 s apart, whether two of three within 2 s make a visit
    ([0, 0, 0, 0], False),
    ([1, 0, 0, 1], False),
    ([0, 1, 1, 0], True),
    ([1, 0, 1, 0], True),
    ([1], False),
    ([], False),
]


@pytest.mark.parametrize(("flags", "wanted"), HOLDS)
def test_a_recording_holds_as_a_visit_would(flags: list[int], wanted: bool) -> None:
    logits: Floats = np.array([1.0 if flag else -1.0 for flag in flags])
    assert holds(logits, np.arange(len(flags)) * 0.4, RULE) is wanted


def test_false_holds_at_equal_recall() -> None:
    samples = scored({"ebike": [2.0, 1.0, -1.0, -2.0], "pram": [3.0, 0.5, -1.5, -4.0]})
    after = np.array([5.0, 4.0, 3.0, -2.0, 4.5, -1.0, -1.0, -3.0])
    better, useful = equal_recall(samples, after, RULE)
    assert (better.recall, better.before, better.after) == (0.75, 0.5, 0.25)  # thresholds -1 and 3
    assert (useful.recall, useful.before, useful.after) == (0.9, 0.75, 0.75)  # all four bikes
    assert equal_recall(scored({"pram": [1.0]}), np.array([1.0]), RULE) == ()


def test_where_neither_finds_a_bike_there_are_no_false_holds_to_compare() -> None:
    samples = scored({"ebike": [-2.0], "pram": [3.0]})
    assert equal_recall(samples, samples.base, RULE)[0].before == 0.0
