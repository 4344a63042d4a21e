"""The PyTorch network against the model that was exported from the study."""

from __future__ import annotations

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.arrays import Image
from edge.vision.interpreter import Interpreter
from edge.vision.models import SHIPPED, Registry
from edge.vision.training.mobilenet import LAST
from edge.vision.training.tflite_weights import read_weights
from tests.vision import scenes

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")

from edge.vision.training.network import EbikeNet, to_input  # noqa: E402

START = SHIPPED.parent / "ebike_start_fp16.tflite"
NOISE: Image = np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype(np.uint8)
PICTURES = [NOISE, scenes.car(300, 300), scenes.bicycle(scenes.car(300, 300))]


@pytest.mark.parametrize("number", range(len(PICTURES)))
def test_it_computes_what_the_device_computes(number: int) -> None:
    network = EbikeNet(4)
    assert network.load(read_weights(START))
    network.eval()
    inputs = to_input([PICTURES[number]])
    with torch.no_grad():
        logits, cells = network(inputs)
    device = Interpreter(Registry.load()["ebike_start"])
    device.fill(lambda tensor: np.copyto(tensor, inputs.permute(0, 2, 3, 1).numpy()))
    device.invoke()
    probability, wanted = device.read(lambda outputs: (float(outputs[0][0]), outputs[1].copy()))
    assert float(logits.softmax(1)[0, 1]) == pytest.approx(probability, abs=1e-4)
    np.testing.assert_allclose(cells.permute(0, 2, 3, 1).numpy(), wanted, atol=1e-3)


def test_a_head_for_other_classes_begins_anew() -> None:
    network = EbikeNet(8)
    assert not network.load(read_weights(START))
    assert not network.frame.weight.any()
    assert torch.equal(network.cells.weight, EbikeNet(8).cells.weight), "the same seed, the same head"
    assert not torch.equal(network.cells.weight, EbikeNet(8, seed=1).cells.weight)


def test_weights_that_do_not_fit_are_named() -> None:
    weights = EbikeNet(4).weights()
    del weights["block3_expand.bias"]
    with pytest.raises(ModelError, match=r"block3_expand\.bias"):
        EbikeNet(4).load(weights)


@pytest.mark.parametrize("block", [0, 13, LAST, LAST + 1])
def test_only_the_chosen_blocks_learn(block: int) -> None:
    network = EbikeNet(4)
    network.load(read_weights(START))
    body, head = network.train_from(block)
    network(to_input(PICTURES[:1]))[0].square().sum().backward()
    learning = {name for name, parameter in network.named_parameters() if parameter.grad is not None}
    assert len(learning) == len(body) + len(head)
    assert ("block12_project.weight" in learning) == (block <= 12)
    assert ("block13_expand.weight" in learning) == (block <= 13)
    assert ("last.weight" in learning) == (block <= LAST)
    assert "cells.weight" in learning
