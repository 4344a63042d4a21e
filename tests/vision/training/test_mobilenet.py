"""The list of convolutions that reading, training and export share."""

from __future__ import annotations

import pytest

from edge.vision.training.mobilenet import CONVOLUTIONS, GRID, LAST, SIDE


def test_it_is_mobilenet_v2() -> None:
    """52 convolutions, ten shortcuts, 2,206,816 weights and biases: as published, without the classifier."""
    assert len(CONVOLUTIONS) == 52
    assert sum(each.adds for each in CONVOLUTIONS) == 10
    counts = [each.outputs + each.shape[0] * each.shape[1] * each.shape[2] * each.shape[3] for each in CONVOLUTIONS]
    assert sum(counts) == 2_206_816
    assert GRID == 10
    assert {each.block for each in CONVOLUTIONS} == set(range(LAST + 1))


def test_each_takes_what_the_one_before_gives() -> None:
    side, channels = SIDE, 3
    for each in CONVOLUTIONS:
        assert (each.side, each.inputs) == (side, channels), each.name
        before, after = each.padding
        side = (side + before + after - each.kernel) // each.stride + 1
        channels = each.outputs


SAME = [  # input side, kernel, stride → TensorFlow's padding before and after
    ("stem", (0, 1)),  # 300 → 150
    ("block0_depthwise", (1, 1)),
    ("block3_depthwise", (1, 1)),  # 75 → 38
    ("block6_depthwise", (0, 1)),  # 38 → 19
    ("block13_depthwise", (1, 1)),  # 19 → 10
    ("last", (0, 0)),
]


@pytest.mark.parametrize(("name", "padding"), SAME)
def test_padding_is_tensorflows(name: str, padding: tuple[int, int]) -> None:
    assert next(each for each in CONVOLUTIONS if each.name == name).padding == padding
