"""The weights that a run writes: an .npz of tensors by name and `about`, JSON of what they are."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.training.architecture import CELLS, CONVOLUTIONS, FRAME


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


def write_run(path: Path, about: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
    """Whole or not at all: a crash leaves the file that was there."""
    fresh = path.with_suffix(".new.npz")
    np.savez(fresh, about=np.array(json.dumps(about)), **weights)
    os.replace(fresh, path)
