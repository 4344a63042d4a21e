"""Export: `python -m edge.vision.training.export RUN/best.npz OUT.tflite` writes the model that a device runs.

TensorFlow 2.15 lives in an environment of its own (`pip install tensorflow-cpu==2.15.1`, with NumPy 1); PyTorch is not
needed. Beside OUT.tflite come OUT.yaml, a registry that names it, and OUT.md, its card to be filled in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from edge.core.errors import ModelError
from edge.vision.arrays import Image, Tensor
from edge.vision.training.card import card, registry_entry
from edge.vision.training.mobilenet import CONVOLUTIONS, GRID, SIDE
from edge.vision.training.tflite_weights import CELLS, FRAME, POOLED_SCALE

SHARPNESS = 2.0  # as edge.vision.decoders.cells, which would need OpenCV here

# The head's own operators, of which the body has none: in 8 bits the probability would have steps of 1/256, too coarse
# to tell one false alarm in a hundred, and tflite-runtime 2.14 has no such LOG.
FLOAT_OPERATORS = (
    *("CONCATENATION", "DIV", "EXP", "FULLY_CONNECTED", "LOG", "MEAN", "MUL"),
    *("REDUCE_MAX", "RESHAPE", "STRIDED_SLICE", "SUB", "SUM"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and export. Exit code 2: it could not be done, and why is on standard error."""
    parser = argparse.ArgumentParser(prog="python -m edge.vision.training.export", description="Weights to TFLite.")
    parser.add_argument("weights", type=Path, help="best.npz or last.npz of a run")
    parser.add_argument("out", type=Path, help="the .tflite file to write")
    parser.add_argument("--int8", type=Path, metavar="CALIBRATION", help="8 bits, ranges from a run's calibration.npy")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        with errors.status("converting"):
            about, weights = read_run(options.weights)
            pictures = np.load(options.int8) if options.int8 else None
            model = convert(weights, about["classes"].index("ebike"), pictures)
            options.out.write_bytes(model)
            entry = registry_entry(options.out, hashlib.sha256(model).hexdigest(), about["classes"], outputs(model))
    except ModelError as error:
        errors.print(str(error), markup=False, style="red")
        return 2
    except OSError as error:
        errors.print(f"{error.filename}: {error.strerror}", markup=False, style="red")
        return 2
    options.out.with_suffix(".yaml").write_text(entry, encoding="utf-8")
    text = card(options.out.stem, len(model), about, bits=8 if options.int8 else 16)
    if options.out.with_suffix(".md").exists():
        errors.print(f"{options.out.with_suffix('.md')} is kept: somebody may have filled it in.", style="yellow")
    else:
        options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    Console(highlight=False, soft_wrap=True).print(
        f"sha256 {hashlib.sha256(model).hexdigest()}\n\n{entry}\n{text}", markup=False
    )
    return 0


def read_run(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What a run wrote: `about` (its JSON) and its weights by name. Raises ModelError for other files."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            weights = {name: file[name] for name in file.files if name != "about"}
    except (ValueError, KeyError, EOFError) as error:
        raise ModelError(f"{path} is not a run's best.npz or last.npz: {error}") from error
    layers = [*(each.name for each in CONVOLUTIONS), CELLS, FRAME]
    missing = [name for layer in layers for name in (f"{layer}.weight", f"{layer}.bias") if name not in weights]
    if missing:
        raise ModelError(f"{path} has no '{missing[0]}' ({len(missing)} missing): it was made by another version.")
    return about, weights


def convert(weights: Mapping[str, Tensor], ebike: int, calibration: Image | None = None) -> bytes:
    """The TFLite file: 1×300×300×3 (pixel / 127.5 − 1) → P(electric bike) and 1×10×10×classes cell logits.

    float16 weights; with calibration pictures 8-bit weights and activations, in and out still float32.
    """
    import tensorflow as tf

    concrete = graph(tf, weights, ebike).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if calibration is None:
        converter.target_spec.supported_types = [tf.float16]
    else:
        if calibration.dtype != np.uint8 or calibration.ndim != 4 or calibration.shape[1:] != (SIDE, SIDE, 3):
            raise ModelError(f"calibration pictures are n×{SIDE}×{SIDE}×3 bytes, got {calibration.shape}.")

        def representative() -> Iterator[list[Tensor]]:
            for image in calibration:
                yield [(image[None].astype(np.float32) / 127.5 - 1).astype(np.float32)]

        converter.representative_dataset = representative
        lite = tf.lite.experimental
        chosen = lite.QuantizationDebugOptions(denylisted_ops=list(FLOAT_OPERATORS))
        # a debugger by name, but the public way to leave operators as they are
        debugger = lite.QuantizationDebugger(converter=converter, debug_dataset=representative, debug_options=chosen)
        return bytes(debugger.get_nondebug_quantized_model())
    return bytes(converter.convert())


def graph(tf: Any, weights: Mapping[str, Tensor], ebike: int) -> Any:
    """The network of `network.EbikeNet` as a TensorFlow function; `ebike`: the class whose probability it gives."""
    classes = weights[f"{FRAME}.bias"].shape[0]

    def conv(x: Any, name: str, stride: int = 1, depthwise: bool = False) -> Any:
        kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if depthwise:
            return tf.nn.depthwise_conv2d(x, kernel.transpose(2, 3, 0, 1), [1, stride, stride, 1], "SAME") + bias
        return tf.nn.conv2d(x, kernel.transpose(2, 3, 1, 0), stride, "SAME") + bias

    def model(pictures: Any) -> tuple[Any, Any]:
        x = entry = pictures
        for each in CONVOLUTIONS:
            entry = x if each.opens else entry
            x = conv(x, each.name, each.stride, each.depthwise)
            x = tf.nn.relu6(x) if each.relu6 else x
            x = x + entry if each.adds else x
        cells = conv(x, CELLS)
        logits = tf.reshape(cells, (1, GRID * GRID, classes)) * SHARPNESS
        peak = tf.reduce_max(logits, 1, keepdims=True)
        pooled = (tf.math.log(tf.reduce_mean(tf.exp(logits - peak), 1)) + peak[:, 0]) / SHARPNESS
        pair = tf.concat([tf.reduce_mean(x, (1, 2)), tf.reduce_max(x, (1, 2))], 1)
        frame = tf.matmul(pair, weights[f"{FRAME}.weight"].T * np.float32(POOLED_SCALE)) + weights[f"{FRAME}.bias"]
        raised = tf.exp(pooled + frame - tf.reduce_max(pooled + frame, 1, keepdims=True))
        return raised[:, ebike] / tf.reduce_sum(raised, 1), cells

    wrap: Callable[..., Any] = tf.function(input_signature=[tf.TensorSpec((1, SIDE, SIDE, 3), tf.float32)])
    return wrap(model)


def outputs(model: bytes) -> list[tuple[str, list[int]]]:
    """Name and shape of the model's outputs: the probability, then the cells."""
    import tensorflow as tf

    details = tf.lite.Interpreter(model_content=model).get_output_details()
    found = [(str(detail["name"]), [int(side) for side in detail["shape"]]) for detail in details]
    return sorted(found, key=lambda output: len(output[1]))


if __name__ == "__main__":
    sys.exit(main())
