"""Export: `python -m edge.vision.training.export RUN/best.npz OUT.tflite` writes the model that a device runs.

TensorFlow 2.15 lives in an environment of its own (`pip install tensorflow-cpu==2.15.1`, with NumPy 1); PyTorch is not
needed. Beside OUT.tflite come OUT.yaml, a registry that names it, and OUT.md, its card to be filled in.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from edge.core.errors import ModelError
from edge.vision.arrays import Image, Tensor
from edge.vision.training.architecture import (
    CELLS,
    CONVOLUTIONS,
    FRAME,
    POOLED_SCALE,
    SHARPNESS,
    STRIDE,
)
from edge.vision.training.card import Made, card, registry_entry
from edge.vision.training.run_weights import read_run

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
    parser.add_argument("--side", type=int, help="of the model's input, px, a multiple of 32 (default: as trained)")
    options = parser.parse_args(arguments)
    if options.side is not None and (options.side < 1 or options.side % STRIDE):
        parser.error(f"--side {options.side}: must be a multiple of {STRIDE}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        with errors.status("converting"):
            about, weights = read_run(options.weights)
            pictures = np.load(options.int8) if options.int8 else None
            classes = about["classes"]
            side = options.side or about["hyperparameters"]["side"]
            model = convert(weights, classes.index("ebike"), side, pictures)
            options.out.write_bytes(model)
            made = Made(hashlib.sha256(model).hexdigest(), len(model), side, 8 if options.int8 else 16)
            entry = registry_entry(options.out, made, classes, outputs(model))
    except ModelError as error:
        errors.print(str(error), markup=False, style="red")
        return 2
    except OSError as error:
        errors.print(f"{error.filename}: {error.strerror}", markup=False, style="red")
        return 2
    options.out.with_suffix(".yaml").write_text(entry, encoding="utf-8")
    text = card(options.out.stem, made, about)
    if options.out.with_suffix(".md").exists():
        errors.print(f"{options.out.with_suffix('.md')} is kept: somebody may have filled it in.", style="yellow")
    else:
        options.out.with_suffix(".md").write_text(text, encoding="utf-8")
    Console(highlight=False, soft_wrap=True).print(f"sha256 {made.sha256}\n\n{entry}\n{text}", markup=False)
    return 0


def convert(weights: Mapping[str, Tensor], ebike: int, side: int, calibration: Image | None = None) -> bytes:
    """The TFLite file: 1×side×side×3 (pixel / 127.5 − 1) → P(electric bike), cell logits (1, side / 32, side / 32,
    classes) and the frame's embedding (1, 2560). `ebike`: the number of the class that P speaks of.

    float16 weights; with calibration pictures 8-bit weights and activations, in and out still float32.
    """
    import tensorflow as tf

    concrete = graph(tf, weights, ebike, side).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if calibration is None:
        converter.target_spec.supported_types = [tf.float16]
    else:
        if calibration.dtype != np.uint8 or calibration.ndim != 4 or calibration.shape[1] != calibration.shape[2]:
            raise ModelError(f"calibration pictures are n×side×side×3 bytes, got {calibration.shape}.")

        def representative() -> Iterator[list[Tensor]]:
            for image in calibration:
                fitted = tf.image.resize(image[None], (side, side)).numpy()
                yield [(fitted / 127.5 - 1).astype(np.float32)]

        converter.representative_dataset = representative
        lite = tf.lite.experimental
        chosen = lite.QuantizationDebugOptions(denylisted_ops=list(FLOAT_OPERATORS))
        # a debugger by name, but the public way to leave operators as they are
        debugger = lite.QuantizationDebugger(converter=converter, debug_dataset=representative, debug_options=chosen)
        return bytes(debugger.get_nondebug_quantized_model())
    return bytes(converter.convert())


def graph(tf: Any, weights: Mapping[str, Tensor], ebike: int, side: int) -> Any:
    """The network of `network.EbikeNet` as a TensorFlow function; `ebike`: the class whose probability it gives."""
    classes = weights[f"{FRAME}.bias"].shape[0]

    def conv(x: Any, name: str, stride: int = 1, depthwise: bool = False) -> Any:
        kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        if depthwise:
            return tf.nn.depthwise_conv2d(x, kernel.transpose(2, 3, 0, 1), [1, stride, stride, 1], "SAME") + bias
        return tf.nn.conv2d(x, kernel.transpose(2, 3, 1, 0), stride, "SAME") + bias

    def model(pictures: Any) -> tuple[Any, Any, Any]:
        x = entry = pictures
        for each in CONVOLUTIONS:
            entry = x if each.opens else entry
            x = conv(x, each.name, each.stride, each.depthwise)
            x = tf.nn.relu6(x) if each.relu6 else x
            x = x + entry if each.adds else x
        cells = conv(x, CELLS)
        logits = tf.reshape(cells, (1, (side // STRIDE) ** 2, classes)) * SHARPNESS
        peak = tf.reduce_max(logits, 1, keepdims=True)
        pooled = (tf.math.log(tf.reduce_mean(tf.exp(logits - peak), 1)) + peak[:, 0]) / SHARPNESS
        embedding = tf.concat([tf.reduce_mean(x, (1, 2)), tf.reduce_max(x, (1, 2))], 1) * np.float32(POOLED_SCALE)
        frame = tf.matmul(embedding, weights[f"{FRAME}.weight"].T) + weights[f"{FRAME}.bias"]
        raised = tf.exp(pooled + frame - tf.reduce_max(pooled + frame, 1, keepdims=True))
        return raised[:, ebike] / tf.reduce_sum(raised, 1), cells, embedding

    wrap: Callable[..., Any] = tf.function(input_signature=[tf.TensorSpec((1, side, side, 3), tf.float32)])
    return wrap(model)


def outputs(model: bytes) -> list[tuple[str, list[int]]]:
    """Name and shape of the model's outputs: the probability, the cells, the embedding."""
    import tensorflow as tf

    details = tf.lite.Interpreter(model_content=model).get_output_details()
    found = [(str(detail["name"]), [int(side) for side in detail["shape"]]) for detail in details]
    return sorted(found, key=lambda output: (len(output[1]) == 2, len(output[1])))


if __name__ == "__main__":
    sys.exit(main())
