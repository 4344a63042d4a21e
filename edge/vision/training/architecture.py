"""What the eye is built of: EfficientNet-Lite0 as a plain list of convolutions, batch norms folded, and its head.

EfficientNet: Tan & Le 2019, arXiv:1905.11946; "Lite" is the TensorFlow TPU models' variant without
squeeze-and-excitation and with ReLU6, made for small boards.

The one description that reading, training and export share; pure, so that each needs only its own framework.
Any side that is a multiple of 32 px fits: then TensorFlow's SAME padding is the same at every size.
"""

from __future__ import annotations

from dataclasses import dataclass

CELLS, FRAME = "cells", "frame"
"""The two parts of the head: a 1×1 convolution and a matrix for the whole frame."""
POOLED_SCALE = 0.5
"""What the pooled features are multiplied with before the head's whole-frame part."""
SHARPNESS = 2.0
"""Of the cells' log-mean-exp; as `edge.vision.decoders.cells`, which the exporting environment cannot import."""
CHANNELS = 1280
STRIDE = 32
"""Pixels of the picture to a cell of the last feature map."""
LAST = 16
"""Block number of the last, 1×1 convolution; 0–15 are the inverted residuals, the stem counts as 0."""

# expansion, channels out, repeats, stride of the first, kernel: table 1 of the paper
STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


@dataclass(frozen=True)
class Convolution:
    """One convolution with bias. `opens`: its input is the block's input, which a convolution with `adds` adds to its
    own output; `relu6`: followed by that."""

    name: str
    block: int
    inputs: int
    outputs: int
    kernel: int
    stride: int
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
        """TensorFlow's SAME for an even side: pixels before and after, on both axes."""
        total = self.kernel - self.stride
        return total // 2, total - total // 2


def _convolutions() -> tuple[Convolution, ...]:
    found = [Convolution("stem", 0, 3, 32, 3, 2)]
    inputs, block = 32, 0
    for expansion, outputs, repeats, first_stride, kernel in STAGES:
        for repeat in range(repeats):
            stride, wide, name = first_stride if repeat == 0 else 1, inputs * expansion, f"block{block}"
            if expansion > 1:
                found.append(Convolution(f"{name}_expand", block, inputs, wide, 1, 1, opens=True))
            found.append(
                Convolution(
                    f"{name}_depthwise", block, wide, wide, kernel, stride, depthwise=True, opens=expansion == 1
                )
            )
            adds = stride == 1 and inputs == outputs
            found.append(Convolution(f"{name}_project", block, wide, outputs, 1, 1, relu6=False, adds=adds))
            inputs, block = outputs, block + 1
    found.append(Convolution("last", LAST, inputs, CHANNELS, 1, 1))
    return tuple(found)


CONVOLUTIONS = _convolutions()
