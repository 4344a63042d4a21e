"""The list of convolutions that reading, training and export share."""

from __future__ import annotations

import pytest

from edge.vision.decoders import cells
from edge.vision.training.architecture import CONVOLUTIONS, LAST, SHARPNESS, STRIDE
from edge.vision.training.dataset import POWERED, PRECEDENCE, TARGETS, VEHICLES


def test_it_is_efficientnet_lite0() -> None:
    """49 convolutions, nine shortcuts; 3,371,008 parameters without the classifier, 21,008 of them folded away."""
    assert len(CONVOLUTIONS) == 49
    assert sum(each.adds for each in CONVOLUTIONS) == 9
    counts = [each.outputs + each.shape[0] * each.shape[1] * each.shape[2] * each.shape[3] for each in CONVOLUTIONS]
    assert sum(counts) == 3_350_000
    assert {each.block for each in CONVOLUTIONS} == set(range(LAST + 1))


@pytest.mark.parametrize("side", [256, 288, 320])
def test_each_takes_what_the_one_before_gives(side: int) -> None:
    start, channels = side, 3
    for each in CONVOLUTIONS:
        assert each.inputs == channels, each.name
        before, after = each.padding
        assert before + after == max((-(-side // each.stride) - 1) * each.stride + each.kernel - side, 0), "SAME"
        side = (side + before + after - each.kernel) // each.stride + 1
        channels = each.outputs
    assert side == start // STRIDE


def test_the_pooling_is_the_decoders() -> None:
    assert SHARPNESS == cells.SHARPNESS


def test_the_classes_hang_together() -> None:
    assert set(PRECEDENCE) | {"other"} == set(TARGETS)
    assert set(POWERED) < set(VEHICLES) < set(TARGETS)
