"""MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381) at 300×300 as a plain list of convolutions, batch norms folded.

The one description that reading, training and export share; pure, so that each needs only its own framework.
"""

from __future__ import annotations

from dataclasses import dataclass

SIDE = 300
CHANNELS = 1280
LAST = 17
"""Block number of the last, 1×1 convolution; 0–16 are the inverted residuals, the stem counts as 0."""

# expansion, channels out, repeats, stride of the first: table 2 of the paper
STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


@dataclass(frozen=True)
class Convolution:
    """One convolution with bias. `side`: its input's height and width, px; `opens`: its input is the block's input,
    which a convolution with `adds` adds to its own output; `relu6`: followed by that."""

    name: str
    block: int
    inputs: int
    outputs: int
    kernel: int
    stride: int
    side: int
    depthwise: bool = False
    relu6: bool = True
    opens: bool = False
    adds: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of the weights: outputs, inputs per group, rows, columns."""
        return (self.outputs, 1 if self.depthwise else self.inputs, self.kernel, self.kernel)

    @property
    def padding(self) -> tuple[int, int]:
        """TensorFlow's SAME: pixels before and after, on both axes."""
        total = max((-(-self.side // self.stride) - 1) * self.stride + self.kernel - self.side, 0)
        return total // 2, total - total // 2


def _convolutions() -> tuple[Convolution, ...]:
    found = [Convolution("stem", 0, 3, 32, 3, 2, SIDE)]
    side, inputs, block = SIDE // 2, 32, 0
    for expansion, outputs, repeats, first_stride in STAGES:
        for repeat in range(repeats):
            stride, wide, name = first_stride if repeat == 0 else 1, inputs * expansion, f"block{block}"
            if expansion > 1:
                found.append(Convolution(f"{name}_expand", block, inputs, wide, 1, 1, side, opens=True))
            found.append(
                Convolution(
                    f"{name}_depthwise", block, wide, wide, 3, stride, side, depthwise=True, opens=expansion == 1
                )
            )
            side, adds = -(-side // stride), repeat > 0
            found.append(Convolution(f"{name}_project", block, wide, outputs, 1, 1, side, relu6=False, adds=adds))
            inputs, block = outputs, block + 1
    found.append(Convolution("last", LAST, inputs, CHANNELS, 1, 1, side))
    return tuple(found)


CONVOLUTIONS = _convolutions()
GRID = CONVOLUTIONS[-1].side
"""Cells along each side of the last feature map."""
