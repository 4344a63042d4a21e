"""The electric-bike classifier in PyTorch: EfficientNet-Lite0, and a head that judges cells and frame together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from edge.core.errors import ModelError
from edge.vision.arrays import Image, Tensor
from edge.vision.training.architecture import CELLS, CHANNELS, CONVOLUTIONS, FRAME, POOLED_SCALE, SHARPNESS

DROPOUT = 0.15


class EbikeNet(nn.Module):  # type: ignore[misc]
    """Pictures → class logits (n, classes) and cell logits (n, classes, side / 32, side / 32).

    The class logits are the cells', pooled by log-mean-exp (so that the cells learn where things are), plus a linear
    judgement of the features' mean and maximum over the frame. Both parts of the head start near zero.
    """

    def __init__(self, classes: int, seed: int = 0) -> None:
        super().__init__()
        for each in CONVOLUTIONS:
            groups = each.inputs if each.depthwise else 1
            self.add_module(each.name, nn.Conv2d(each.inputs, each.outputs, each.kernel, each.stride, groups=groups))
        self.cells = nn.Conv2d(CHANNELS, classes, 1)
        self.frame = nn.Linear(2 * CHANNELS, classes)
        nn.init.normal_(self.cells.weight, std=0.01, generator=torch.Generator().manual_seed(seed))
        for zero in (self.cells.bias, self.frame.weight, self.frame.bias):
            nn.init.zeros_(zero)
        self._learns_from = 0
        self.to(memory_format=torch.channels_last)

    def forward(self, pictures: Any) -> tuple[Any, Any]:
        """`pictures`: (n, 3, side, side) from `to_input`, the side a multiple of 32."""
        features = self.features(pictures)
        if self.training:
            features = functional.dropout2d(features, DROPOUT)  # whole channels
        cells = self.cells(features)
        logits = SHARPNESS * cells.flatten(2)
        pooled = (torch.logsumexp(logits, 2) - math.log(logits.shape[2])) / SHARPNESS
        return pooled + self.frame(embedding(features)), cells

    def features(self, pictures: Any) -> Any:
        """The last feature map, (n, 1280, side / 32, side / 32).

        Blocks that do not learn run in bfloat16: a third of the time where the processor has it, and nothing is
        learnt from their last digits.
        """
        x = entry = pictures
        for each in CONVOLUTIONS:
            frozen = each.block < self._learns_from
            learns = torch.set_grad_enabled(torch.is_grad_enabled() and not frozen)
            with learns, torch.autocast("cpu", torch.bfloat16, enabled=frozen and self.training):
                x = x if frozen else x.float()
                entry = x if each.opens else entry
                x = self._convolved(x, each)
                x = x + entry if each.adds else x
        return x.float()

    def _convolved(self, x: Any, each: Any) -> Any:
        before, after = each.padding
        layer = self.get_submodule(each.name)
        if before == after:
            x = functional.conv2d(x, layer.weight, layer.bias, each.stride, before, groups=layer.groups)
        else:
            x = layer(functional.pad(x, (before, after, before, after)))
        return functional.relu6(x) if each.relu6 else x

    def train_from(self, block: int) -> tuple[list[Any], list[Any]]:
        """Freeze every block before `block` (0: none, 17: all but the head).

        Gives the parameters that are trained: the body's, the head's.
        """
        self._learns_from = block
        body = []
        for each in CONVOLUTIONS:
            for parameter in self.get_submodule(each.name).parameters():
                parameter.requires_grad = each.block >= block
                body += [parameter] if parameter.requires_grad else []
        return body, [*self.cells.parameters(), *self.frame.parameters()]

    def load(self, weights: Mapping[str, Tensor]) -> bool:
        """Take over weights by name (`pretrained.read_pretrained`, or an .npz of `weights`). True: the head's too.

        A head for another number of classes is left out; anything else that does not fit raises ModelError.
        """
        own = self.state_dict()
        head = [name for name in own if name.partition(".")[0] in (CELLS, FRAME)]
        whole = all(name in weights and weights[name].shape == tuple(own[name].shape) for name in head)
        for name, tensor in own.items():
            if name in head and not whole:
                continue
            if name not in weights or weights[name].shape != tuple(tensor.shape):
                raise ModelError(f"the weights have no '{name}' of shape {tuple(tensor.shape)}: not of this network.")
            tensor.copy_(torch.from_numpy(weights[name]))
        return whole

    def weights(self) -> dict[str, Tensor]:
        """All weights by name, float32, for an .npz file."""
        return {name: tensor.detach().cpu().numpy().copy() for name, tensor in self.state_dict().items()}


def embedding(features: Any) -> Any:
    """Mean and maximum of a feature map over the frame, (n, 2560), scaled for the head."""
    return torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1) * POOLED_SCALE


def to_input(pictures: Sequence[Image]) -> Any:
    """Pictures of side×side×3 RGB bytes → (n, 3, side, side), pixel / 127.5 − 1, channels last in memory."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
