"""The order and the changes of training pictures follow from the seed alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.core.errors import FrameError
from edge.vision.arrays import Image
from edge.vision.training.augment import Chain, Rng, Step
from edge.vision.training.augment_geometry import Stretch
from edge.vision.training.augment_recipe import Mixer, Recipe
from edge.vision.training.dataset import Boxes, Record
from edge.vision.training.samples import Mixed, Sample


def records(folder: Path, count: int = 30) -> list[Record]:
    """Pictures told apart by their grey; every third shows an electric bike."""
    found = []
    for number in range(count):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), np.full((40, 60, 3), 8 * number, np.uint8))
        target = "other" if number % 3 else "ebike"
        found.append(Record(path, target, "scene", "here", frozenset({target})))
    return found


def speckle(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    return image + rng.integers(0, 8, image.shape).astype(np.uint8), boxes


def mixed(found: list[Record], lights: Step, seed: int = 0, **options: Any) -> Mixed:
    """Without moves and crops, so that the grey tells the picture."""
    recipe = Recipe(seed=seed, size=64, free=0, moves=Stretch(64), lights=lights)
    return Mixed(Mixer(found, recipe), **({"count": len(found)} | options))


PLAIN = Chain(())


def same(some: list[Sample], others: list[Sample]) -> bool:
    pairs = zip(some, others, strict=True)
    return all(np.array_equal(a, b) and one == two and np.array_equal(c, d) for (a, one, c), (b, two, d) in pairs)


def test_an_epoch_repeats_itself_and_can_be_entered_anywhere(tmp_path: Path) -> None:
    pictures = mixed(records(tmp_path), speckle, seed=3)
    whole = list(pictures.epoch(1))
    assert len(whole) == len(pictures) == 30
    assert {(image.shape, image.dtype.name, cells.shape) for image, _, cells in whole} == {
        ((64, 64, 3), "uint8", (2, 2))
    }
    assert same(whole, list(pictures.epoch(1)))
    assert same(whole[17:], list(pictures.epoch(1, 17)))
    assert same(whole, list(mixed(pictures.mixer.records, speckle, seed=3, workers=3).epoch(1)))


def test_epochs_and_seeds_differ(tmp_path: Path) -> None:
    found = records(tmp_path)

    def order(seed: int, epoch: int) -> list[int]:
        return [int(image[0, 0, 0]) for image, *_ in mixed(found, PLAIN, seed=seed).epoch(epoch)]

    assert sorted(order(0, 0)) == sorted(order(0, 1)) == [8 * number for number in range(30)]
    assert order(0, 0) != order(0, 1) != order(1, 1)


def test_classes_are_counted_and_go_with_their_pictures(tmp_path: Path) -> None:
    pictures = mixed(records(tmp_path), PLAIN)
    assert list(pictures.counts) == [20, 10, 0, 0, 0, 0, 0, 0]
    assert all(label == (0 if image[0, 0, 0] // 8 % 3 else 1) for image, label, _ in pictures.epoch(0))


def test_shares_and_repeats(tmp_path: Path) -> None:
    pictures = mixed(records(tmp_path), speckle, count=60, shares={"ebike": 0.5, "other": 0.5})
    assert list(pictures.counts) == [30, 30, 0, 0, 0, 0, 0, 0]
    bikes = [image.tobytes() for image, label, _ in pictures.epoch(0) if label == 1]
    assert len(set(bikes)) == 30, "ten pictures come three times, changed each time"


def test_an_unreadable_picture_is_named(tmp_path: Path) -> None:
    lost = mixed([Record(tmp_path / "lost.jpg", "other", "scene", "here", frozenset({"scene"}))], PLAIN)
    with pytest.raises(FrameError, match=r"lost\.jpg"):
        list(lost.epoch(0))


def test_an_epoch_may_be_left(tmp_path: Path) -> None:
    epoch = mixed(records(tmp_path), PLAIN).epoch(0)
    next(epoch)
    assert hasattr(epoch, "close")
    epoch.close()
    assert list(epoch) == []
