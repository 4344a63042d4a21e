"""What goes beside a new model: its registry entry, and its card with what is known filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from edge.vision.models import Entry
from edge.vision.training.mobilenet import GRID, SIDE
from edge.vision.training.runlog import told

LEAST_SCORE = 0.3
ORIGIN = "trained for this project on the Open Images MobileNetV2 of npm @mediapipe/objectron 0.4.1675468480"


def registry_entry(
    path: Path, sha256: str, classes: Sequence[str], outputs: Sequence[tuple[str, Sequence[int]]]
) -> str:
    """A registry (YAML) with the one model, checked, ready to lie beside its file or to be layered over another."""
    name = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in path.stem.lower())
    entry = {
        "name": name,
        "file": path.name,
        "sha256": sha256,
        "licence": "Apache-2.0",
        "origin": ORIGIN,
        "card": path.with_suffix(".md").name,
        "decoder": "ebike_cells",
        "input": {
            "width": SIDE,
            "height": SIDE,
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


def card(name: str, size: int, about: Mapping[str, Any], bits: int) -> str:
    """The card: `about` is a run's, `size` in bytes. What only its author knows is marked TODO."""
    numbers = "\n".join(f"- {key.replace('_', ' ')}: {value}" for key, value in about["hyperparameters"].items())
    figures = about["development"]
    measured = (
        "\n".join(f"| {told(key)} | {value} |" for key, value in figures.items()) or "| TODO | `edge vision eval` |"
    )
    return f"""# {name}

TODO: one sentence, what it is for and what it replaces.

| | |
|---|---|
| File | `{name}.tflite`, {size / 1e6:.2f} MB, {"float16 weights" if bits == 16 else "8-bit weights and activations"} |
| Licence | Apache-2.0 (TODO: check that the data allows it) |
| Origin | {ORIGIN} |
| Trained on | {about["samples"]} pictures (TODO: which, from where, redistributable or not), {about["step"]} steps |
| Input | 1×{SIDE}×{SIDE}×3 RGB, pixel / 127.5 − 1, the picture stretched to the square |
| Output | P(electric bike); {GRID}×{GRID} cells × {len(about["classes"])} logits: {", ".join(about["classes"])} |
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
