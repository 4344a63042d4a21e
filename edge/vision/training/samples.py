"""What training wants of its data, and how the mixed and augmented pictures of a `Mixer` become that."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Protocol

import cv2
import numpy as np

from edge.vision.arrays import Image
from edge.vision.training.architecture import STRIDE
from edge.vision.training.augment_recipe import Mixer
from edge.vision.training.cell_labels import CellLabels, cell_labels
from edge.vision.training.dataset import TARGETS

Sample = tuple[Image, int, CellLabels]
"""A picture of side×side×3 RGB bytes, its class's number, and what its cells show."""
AHEAD = 48


class Samples(Protocol):
    """A training set. `counts`: how often each class comes in an epoch, in the classes' order."""

    @property
    def counts(self) -> Sequence[int]: ...

    def __len__(self) -> int: ...

    def epoch(self, number: int, start: int = 0) -> Iterator[Sample]:
        """The samples of an epoch from the `start`-th on: always the same ones for the same number."""
        ...


@dataclass(frozen=True)
class Mixed:
    """`count` samples of a mixer for each epoch, made by `workers` processes ahead of the training; 0: by itself.

    `shares` says how much each class gets; without, as the records have it. Class numbers are places in
    `dataset.TARGETS`.
    """

    mixer: Mixer
    count: int
    shares: Mapping[str, float] | None = None
    workers: int = 0

    @property
    def counts(self) -> Sequence[int]:
        """As scheduled; the mixer makes a few of them another class by cutting a part without the vehicle."""
        found = Counter(self.mixer.records[index].target for index in self.mixer.schedule(0, self.count, self.shares))
        return [found[target] for target in TARGETS]

    def __len__(self) -> int:
        return self.count

    def epoch(self, number: int, start: int = 0) -> Iterator[Sample]:
        """Raises FrameError for an unreadable file."""
        seen: Counter[int] = Counter()
        order = []
        for index in self.mixer.schedule(number, self.count, self.shares):
            order.append((index, number, seen[index]))
            seen[index] += 1
        if not self.workers:
            yield from (_make(self.mixer, *chosen) for chosen in order[start:])
            return
        # Threads would queue for Python's lock behind the network's many small calls, at three times the cost. Forked:
        # the mixer comes along; the children touch nothing of PyTorch, nor of OpenCV's own threads, which do not fork.
        cv2.setNumThreads(1)
        pool = ProcessPoolExecutor(self.workers, get_context("fork"), _settle, (self.mixer,))
        try:
            rest = iter(order[start:])
            ahead: deque[Future[Sample]] = deque(pool.submit(_work, chosen) for chosen in islice(rest, AHEAD))
            while ahead:
                yield ahead.popleft().result()
                ahead.extend(pool.submit(_work, chosen) for chosen in islice(rest, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_mixer: Mixer | None = None
"""A worker's own."""


def _settle(mixer: Mixer) -> None:
    global _mixer
    _mixer = mixer


def _work(chosen: tuple[int, int, int]) -> Sample:
    assert _mixer is not None
    return _make(_mixer, *chosen)


def _make(mixer: Mixer, index: int, epoch: int, repeat: int) -> Sample:
    sample = mixer.sample(index, epoch, repeat)
    return sample.image, TARGETS.index(sample.target), cell_labels(sample, mixer.recipe.size // STRIDE)


def fit(image: Image, side: int) -> Image:
    """Stretched to side×side as the device does it (`edge.vision.preprocess`)."""
    if image.shape[:2] == (side, side):
        return image
    smooth = min(image.shape[:2]) > 2 * side
    way = cv2.INTER_AREA if smooth else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side, side), interpolation=way), np.uint8)
