"""Reads the operators of a TensorFlow Lite file and their weights, through the interpreter the device itself uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.interpreter import runtime
from edge.vision.training.mobilenet import CHANNELS, CONVOLUTIONS

CELLS, FRAME = "cells", "frame"
POOLED_SCALE = 0.5
"""What the pooled features are multiplied with before the head's whole-frame part; folded into the file's weights."""


@dataclass(frozen=True)
class Operator:
    """One operator: TensorFlow Lite's name for it, its tensors' numbers and, of those, the constants as float32."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    constants: Mapping[int, Tensor]

    def constant(self, position: int) -> Tensor:
        """The constant at that place among the inputs. Raises ModelError where there is none."""
        if position >= len(self.inputs) or self.inputs[position] not in self.constants:
            raise ModelError(f"a {self.name} has no weights at input {position}: not a float model of this form.")
        return self.constants[self.inputs[position]]


def read_operators(path: Path) -> list[Operator]:
    """The operators in the order they run; float16 weights are given as float32, and DEQUANTIZE of them left out.

    Raises ModelError when the file cannot be read.
    """
    module, library = runtime()
    try:
        interpreter: Any = module.Interpreter(model_path=str(path))
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{path} is not a model that {library} can read: {error}") from error
    steps = interpreter._get_ops_details()  # no public way: the schema packages would need ten times the code
    widened: dict[int, int] = {}
    for step in steps:
        if step["op_name"] == "DEQUANTIZE":
            widened[int(step["outputs"][0])] = int(step["inputs"][0])
    computed = {int(tensor) for step in steps for tensor in step["outputs"]} - set(widened)
    computed |= {int(detail["index"]) for detail in interpreter.get_input_details()}

    def constants(tensors: Sequence[int]) -> Iterator[tuple[int, Tensor]]:
        for tensor in tensors:
            if tensor >= 0 and tensor not in computed:
                yield tensor, np.asarray(interpreter.get_tensor(widened.get(tensor, tensor)), np.float32)

    operators = []
    for step in steps:
        if step["op_name"] != "DEQUANTIZE":
            inputs = tuple(int(tensor) for tensor in step["inputs"])
            outputs = tuple(int(tensor) for tensor in step["outputs"])
            operators.append(Operator(step["op_name"], inputs, outputs, dict(constants(inputs))))
    return operators


def read_weights(path: Path) -> dict[str, Tensor]:
    """The weights by the names of `network.EbikeNet`: `stem.weight`, `stem.bias`, …, where there is one the head's too.

    The file is an Open Images SSD, of which everything beyond MobileNetV2 is left out, or an electric-bike model.
    Raises ModelError when it is neither.
    """
    operators = iter(read_operators(path))
    weights: dict[str, Tensor] = {}
    for wanted in CONVOLUTIONS:
        kind = "DEPTHWISE_CONV_2D" if wanted.depthwise else "CONV_2D"
        for operator in operators:  # an SSD's box predictors lie between; their shapes differ
            if operator.name == kind and _weight(operator).shape == wanted.shape:
                weights[f"{wanted.name}.weight"], weights[f"{wanted.name}.bias"] = _weight(operator), _bias(operator)
                break
        else:
            raise ModelError(f"{path}: not this MobileNetV2, it has no {kind} {wanted.shape} for {wanted.name}.")
    return weights | _head(list(operators))


def _weight(operator: Operator) -> Tensor:
    """In PyTorch's order: outputs, inputs per group, rows, columns."""
    order = (3, 0, 1, 2) if operator.name == "DEPTHWISE_CONV_2D" else (0, 3, 1, 2)
    return np.ascontiguousarray(operator.constant(1).transpose(order))


def _bias(operator: Operator) -> Tensor:
    return operator.constant(2)


def _head(operators: Sequence[Operator]) -> dict[str, Tensor]:
    """The electric-bike head: one 1×1 convolution for the cells, one matrix for the whole frame. Empty for an SSD."""
    matrix = next((operator for operator in operators if operator.name == "FULLY_CONNECTED"), None)
    if matrix is None:
        return {}
    frame = matrix.constant(1)
    classes = len(frame)
    cells = next(
        operator
        for operator in operators
        if operator.name == "CONV_2D" and _weight(operator).shape == (classes, CHANNELS, 1, 1)
    )
    bias = np.zeros(classes, np.float32)
    for operator in operators:  # the converter fuses the bias, or leaves it as a sum of its own
        added = [matrix.inputs[2]] if operator is matrix and len(matrix.inputs) > 2 else []
        added = list(operator.inputs) if operator.name == "ADD" else added
        for tensor in added:
            if tensor in operator.constants:
                bias = bias + operator.constants[tensor].reshape(-1)
    return {
        f"{CELLS}.weight": _weight(cells),
        f"{CELLS}.bias": _bias(cells),
        f"{FRAME}.weight": frame / POOLED_SCALE,
        f"{FRAME}.bias": bias,
    }
