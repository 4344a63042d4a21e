"""The head of one lift: a small correction of the model's own score. Pure, but for its file.

    logit' = scale · logit(P) + clip(weights · features + centre, ±limit) + offset

The shared model stays the main judge: `scale` is near 1 and `limit` bounds what this lift's few pictures may add, so
that a scene unlike all that was recorded cannot be turned round. `offset` puts the lift's own threshold where the
configuration's stands, so that `credible` and `confirm` keep their meaning.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor

Floats = npt.NDArray[np.float64]
LEAST_P = 1e-6  # a probability nearer to 0 or 1 says no more than this
MOST_BYTES = 4_000_000  # a head is some 10 kB; whatever is larger is none
FORMAT = 1


def logit(probability: npt.ArrayLike) -> Floats:
    """ln(p / (1 − p)), with p kept 10⁻⁶ away from 0 and 1."""
    p = np.clip(np.asarray(probability, np.float64), LEAST_P, 1 - LEAST_P)
    return np.asarray(np.log(p / (1 - p)), np.float64)


def probability(logits: npt.ArrayLike) -> Floats:
    """The inverse of `logit`."""
    return np.asarray(1 / (1 + np.exp(-np.clip(np.asarray(logits, np.float64), -60, 60))), np.float64)


@dataclass(frozen=True, eq=False)
class Head:
    """See the formula above. `weights` (n,) float32 for the features of the model file whose SHA-256 is `model_sha256`;
    `about` (JSON) is what the fit says of itself."""

    model_sha256: str
    scale: float
    weights: Tensor
    centre: float
    limit: float
    offset: float
    about: dict[str, Any] = field(default_factory=dict)

    def logits(self, base: npt.ArrayLike, features: npt.ArrayLike) -> Floats:
        """Corrected logits from the model's own (n,) and its features (n, d), or one of each."""
        correction = np.asarray(features, np.float64) @ self.weights.astype(np.float64) + self.centre
        clipped = np.clip(correction, -self.limit, self.limit)
        return np.asarray(self.scale * np.asarray(base, np.float64) + clipped + self.offset, np.float64)

    def __call__(self, p: float, features: Tensor) -> float:
        """The corrected probability (0–1) of one picture."""
        return float(probability(self.logits(logit(p), features)))

    def to_bytes(self) -> bytes:
        """The head as an .npz file."""
        file = io.BytesIO()
        numbers = np.array([FORMAT, self.scale, self.centre, self.limit, self.offset], np.float64)
        text = json.dumps({"model_sha256": self.model_sha256, "about": self.about}, ensure_ascii=False)
        np.savez_compressed(file, numbers=numbers, weights=self.weights, text=np.array(text))
        return file.getvalue()


def read_head(path: Path) -> Head:
    """A head from its file. Raises ModelError that names the file: unreadable, damaged, or no head."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError(f"{path}: no head of a calibration: too large")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    try:
        head, version = _parse(data)
    except Exception as error:  # a damaged .npz raises nearly anything; it is told, not swallowed
        raise ModelError(f"{path}: damaged, or no head of a calibration ({type(error).__name__}: {error})") from error
    if version != FORMAT:
        raise ModelError(f"{path}: written by another release (format {version:g}, this one reads {FORMAT})")
    numbers = (head.scale, head.centre, head.limit, head.offset)
    if not (np.isfinite(head.weights).all() and np.isfinite(numbers).all()) or head.limit < 0 or head.scale <= 0:
        raise ModelError(f"{path}: damaged: its numbers are not those of a head")
    return head


def _parse(data: bytes) -> tuple[Head, float]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        numbers, weights = np.asarray(file["numbers"], np.float64), np.asarray(file["weights"], np.float32)
        text = json.loads(str(file["text"][()]))
    version, scale, centre, limit, offset = (float(number) for number in numbers)
    if weights.ndim != 1:
        raise ValueError(f"weights {weights.shape}")
    return Head(str(text["model_sha256"]), scale, weights, centre, limit, offset, dict(text["about"])), version
