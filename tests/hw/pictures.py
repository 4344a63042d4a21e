"""Synthetic pictures, a fake camera that obeys a script, and a writer process for pipes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.clock import Clock
from edge.hw.frame import Frame, NoFrame

Image = NDArray[np.uint8]


def scene(seed: int = 1, height: int = 60, width: int = 80, shift: int = 0) -> Image:
    """A grey scene with structure: boxes of different brightness, moved sideways by `shift` pixels."""
    random = np.random.default_rng(seed)
    image = np.full((height, width), 120, np.uint8)
    for _ in range(25):
        y, x = int(random.integers(0, height - 8)), int(random.integers(0, width - 8))
        h, w = int(random.integers(4, 20)), int(random.integers(4, 20))
        image[y : y + h, x : x + w] = random.integers(30, 230)
    return np.roll(image, shift, axis=1)


def noisy(image: Image, sigma: float, random: np.random.Generator) -> Image:
    """The image with sensor noise of `sigma` grey levels."""
    return np.clip(image + random.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def colour(value: int, height: int = 48, width: int = 64) -> Image:
    """A picture of one colour that tells `value` (0–255) in its red channel; green is 0 and blue 255 − value."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0], image[..., 2] = value, 255 - value
    return image


def jpeg(image: Image) -> bytes:
    """An RGB picture as JPEG."""
    good, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    assert good
    return data.tobytes()


class ScriptedCamera:
    """A `Camera`: each read takes the next act — a frame's red value, an error to raise, or nothing in time.

    After the script it goes on giving `then`.
    """

    def __init__(self, clock: Clock, acts: list[int | Exception | None], then: int | None = None) -> None:
        self.acts = deque(acts)
        self.then = then
        self.opened = self.closed = 0
        self.refuse: Exception | None = None
        self._clock, self._number = clock, 0
        self._pause = threading.Event()

    def open(self) -> None:
        self.opened += 1
        if self.refuse is not None:
            raise self.refuse

    def read(self, timeout_s: float) -> Frame:
        act = self.acts.popleft() if self.acts else self.then
        if isinstance(act, Exception):
            raise act
        if act is None:
            self._pause.wait(min(timeout_s, 0.01))
            raise NoFrame(f"no frame for {timeout_s:g} s")
        self._pause.wait(0.001)
        self._number += 1
        return Frame(colour(act), self._clock.now(), self._number)

    def close(self) -> None:
        self.closed += 1


WRITER = """
import sys, time
pipe, frames, interval_s = sys.argv[1], sys.argv[2].split(','), float(sys.argv[3])
data = [open(f, 'rb').read() for f in frames]
with open(pipe, 'wb', buffering=0) as out:
    print('connected', flush=True)
    for n in range(int(sys.argv[4])):
        out.write(data[n % len(data)])
        time.sleep(interval_s)
"""


def start_writer(pipe: Path, frames: list[Path], interval_s: float, count: int) -> subprocess.Popen[bytes]:
    """A process that writes JPEGs, one after the other, into a named pipe."""
    names = ",".join(map(str, frames))
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(pipe), names, str(interval_s), str(count)], stdout=subprocess.PIPE
    )
