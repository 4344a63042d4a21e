"""A model at work: picture in, detections out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.core.messages import Detection
from edge.vision.arrays import Image, Tensor
from edge.vision.calibration.head import Head
from edge.vision.decoders import DECODERS, Decoded
from edge.vision.interpreter import Interpreter
from edge.vision.models import Entry
from edge.vision.preprocess import Preprocess


@dataclass(frozen=True)
class Timing:
    """Where one picture's time went, milliseconds."""

    preprocess_ms: float = 0.0
    invoke_ms: float = 0.0
    decode_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        """All of it."""
        return self.preprocess_ms + self.invoke_ms + self.decode_ms


class Detector:
    """Create it at start (ModelError: missing or altered file, wrong runtime); the first thread to detect owns it.

    With a `head`, this lift's calibration, the electric bike's score is the corrected one; the other classes share what
    it leaves, so a veto sees the correction too.
    """

    def __init__(self, entry: Entry, threads: int = 1, head: Head | None = None) -> None:
        self.entry, self.head = entry, head
        self.interpreter = Interpreter(entry, threads)
        self.ebike_score = 0.0
        """Of the last picture, 0–1: an electric bike is in it, whatever the thresholds are."""
        self.features: Tensor | None = None
        """Of the last picture, (n,); None where the model gives none."""
        self.timing = Timing()
        """Of the last picture."""
        self._preprocess = Preprocess(entry.input)
        self._decode = DECODERS[entry.decoder](entry)

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture (H×W×3 RGB), best first, boxes as fractions of it. Raises FrameError for no picture."""
        start = time.perf_counter()
        self.interpreter.fill(lambda tensor: self._preprocess(image, tensor))
        filled = time.perf_counter()
        self.interpreter.invoke()
        invoked = time.perf_counter()
        decoded = self.interpreter.read(self._read)
        done = time.perf_counter()
        self.ebike_score, self.features = decoded.ebike_score, decoded.features
        self.timing = Timing((filled - start) * 1e3, (invoked - filled) * 1e3, (done - invoked) * 1e3)
        return decoded.detections

    def _read(self, outputs: Sequence[Tensor]) -> Decoded:
        if self.head is not None:
            corrected = self.head(float(outputs[0][0]), outputs[2][0])
            outputs = (np.array([corrected], np.float32), *outputs[1:])
        return self._decode(outputs)
