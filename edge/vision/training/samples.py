"""What training wants of its data, and how the mixed and augmented pictures of a `Mixer` become that."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import cv2
import numpy as np

from edge.vision.arrays import Image
from edge.vision.training.augment_recipe import Mixer
from edge.vision.training.dataset import TARGETS
from edge.vision.training.mobilenet import SIDE

Sample = tuple[Image, int]
"""A picture of 300×300×3 RGB bytes and its class's number."""
AHEAD = 16


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
    """`count` samples of a mixer for each epoch, made by `workers` threads ahead of the training.

    `shares` says how much each class gets; without, as the records have it. Class numbers are places in
    `dataset.TARGETS`.
    """

    mixer: Mixer
    count: int
    shares: Mapping[str, float] | None = None
    workers: int = 1

    @property
    def counts(self) -> Sequence[int]:
        """As scheduled; the mixer makes a few of them "other" by cutting a part without the vehicle."""
        found = Counter(self.mixer.records[index].target for index in self.mixer.schedule(0, self.count, self.shares))
        return [found[target] for target in TARGETS]

    def __len__(self) -> int:
        return self.count

    def epoch(self, number: int, start: int = 0) -> Iterator[Sample]:
        """Raises FrameError for an unreadable file."""
        seen: Counter[int] = Counter()
        order = []
        for index in self.mixer.schedule(number, self.count, self.shares):
            order.append((index, seen[index]))
            seen[index] += 1

        def make(chosen: tuple[int, int]) -> Sample:
            index, repeat = chosen
            sample = self.mixer.sample(index, number, repeat)
            return fit(sample.image), TARGETS.index(sample.target)

        pool = ThreadPoolExecutor(self.workers)
        try:
            rest = iter(order[start:])
            ahead: deque[Future[Sample]] = deque(pool.submit(make, chosen) for chosen in islice(rest, AHEAD))
            while ahead:
                yield ahead.popleft().result()
                ahead.extend(pool.submit(make, chosen) for chosen in islice(rest, 1))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def fit(image: Image) -> Image:
    """Stretched to 300×300 as the device does it (`edge.vision.preprocess`)."""
    if image.shape[:2] == (SIDE, SIDE):
        return image
    smooth = min(image.shape[:2]) > 2 * SIDE
    return np.asarray(
        cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA if smooth else cv2.INTER_LINEAR), np.uint8
    )
