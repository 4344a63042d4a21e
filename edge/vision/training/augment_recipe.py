"""The recipe: how each kind of picture is prepared, which changes follow how often, all from one seed.

- A thing on white is cut out and stood in a lift, a lobby, a rendered car or a scene; `Recipe.white` of them stay on a
  bright ground, as often for prams and wheelchairs as for bikes, so that white means nothing. A bike on white that
  cannot be cut out is not used.
- A street picture is cropped to one of its vehicles, else "street" is learned; one without a boxed bike is not used.
- `Recipe.near` of the other pictures with boxed vehicles come so near that the picture's edge cuts it: a camera
  over a small car sees half a handlebar. Vehicles of every class, so that a cut thing means nothing by itself.
- `Recipe.free` of the lift and rendered pictures with boxed vehicles give a part that shows none of them: the same
  camera, of whatever class is left. (Street pictures do not: many of their vehicles have no box.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from edge.vision import picture
from edge.vision.arrays import Image
from edge.vision.training import augment_geometry as geometry
from edge.vision.training import augment_light as light
from edge.vision.training.augment import Chain, Maybe, OneOf, Rng, Step
from edge.vision.training.augment_paste import cut_out, is_on_white, on_white, paste
from edge.vision.training.dataset import POWERED, TARGET_OF, TARGETS, VEHICLES, Boxes, Record, target_of

VEHICLE_LABELS = frozenset(label for label, target in TARGET_OF.items() if target in VEHICLES)
ROOMS: Mapping[str, float] = {"lift": 0.4, "lobby": 0.1, "render": 0.4, "scene": 0.2}
"""How often each kind of picture is the room a cut-out is stood in, where there are any."""
ROOM_KINDS = frozenset({"lift", "lobby", "render"})
TRIES = 20
NEAR = (-0.3, 0.3)
"""Margins of a crop that comes near, shares of the box's sides; below nought the vehicle is cut."""


def places(size: int) -> Step:
    """The default moves, to a square of `size` pixels."""
    return Chain(
        (
            Maybe(0.5, geometry.Crop(0.72)),
            geometry.Stretch(size),
            Maybe(0.5, geometry.mirror),
            Maybe(0.05, geometry.upside_down),
            Maybe(0.15, geometry.quarter_turns),
            Maybe(0.6, geometry.Tilt()),
            Maybe(0.3, geometry.Fisheye()),
        )
    )


LIGHTS: Step = Chain(
    (
        Maybe(0.2, light.Cover()),
        Maybe(0.8, light.exposure),
        Maybe(0.35, light.colour_cast),
        Maybe(0.25, OneOf((light.grey, light.infrared, light.night))),
        Maybe(0.15, light.dark_rim),
        Maybe(0.1, light.dirt),
        Maybe(0.25, OneOf((light.blur, light.motion_blur))),
        Maybe(0.25, light.coarse),
        Maybe(0.25, light.noise),
        Maybe(0.15, light.caption),
        Maybe(0.35, light.jpeg),
    )
)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a model sees.

    `size` in pixels; `white`, `free`, `near` are shares, 0–1 (see above); `often` says how many times more often
    a kind of picture is dealt: real lift cameras are few, and what the model is for.
    """

    seed: int = 0
    size: int = 320
    white: float = 0.12
    free: float = 0.15
    near: float = 0.12
    often: Mapping[str, int] = field(default_factory=lambda: {"lift": 8, "render": 3})
    moves: Step | None = None
    lights: Step = field(default=LIGHTS, repr=False)


class Sample(NamedTuple):
    """A picture ready for training, size × size × 3 RGB.

    `way` says how it was made: whole, crop, near, paste, white or free (see above).
    """

    image: Image
    target: str
    boxes: Boxes
    way: str
    record: Record


class Mixer:
    """Samples of a set of records. Sample (epoch, index) is the same on every machine, in any order, in any process."""

    def __init__(self, records: Sequence[Record], recipe: Recipe, read: Callable[[Path], Image] = picture.read) -> None:
        """Unlabelled records are left out. Raises ValueError when nothing is left."""
        self.records = [record for record in records if record.target is not None]
        if not self.records:
            raise ValueError("no labelled picture to train on")
        self.recipe = recipe
        self._read = read
        self._moves = recipe.moves or places(recipe.size)
        self._fit = geometry.Stretch(recipe.size)
        self._of = {target: [r for r in self.records if r.target == target] for target in TARGETS}
        self._rooms = {kind: [r for r in self.records if r.kind == kind and _is_room(r)] for kind in ROOMS}

    def schedule(self, epoch: int, count: int, shares: Mapping[str, float] | None = None) -> list[int]:
        """`count` indices of records for an epoch, in random order; `shares` says how much each target gets.

        Every record of a target comes once (`often` times) before any comes again. Without shares the targets
        are as frequent as their records.
        """
        rng = np.random.default_rng((self.recipe.seed, epoch))
        if shares is None:
            return _dealt(self._deck(TARGETS), count, rng)
        groups = {target: deck for target in shares if len(deck := self._deck((target,)))}
        if not groups:
            raise ValueError(f"no picture of the classes {', '.join(shares)}")
        total = sum(shares[t] for t in groups)
        ends = np.round(np.cumsum([shares[t] / total for t in groups]) * count).astype(int)
        counts = np.diff(ends, prepend=0)
        chosen = [i for t, n in zip(groups, counts, strict=True) for i in _dealt(groups[t], int(n), rng)]
        return [chosen[i] for i in rng.permutation(len(chosen))]

    def _deck(self, targets: Sequence[str]) -> list[int]:
        often = self.recipe.often
        return [i for i, r in enumerate(self.records) if r.target in targets for _ in range(often.get(r.kind, 1))]

    def sample(self, index: int, epoch: int = 0, repeat: int = 0) -> Sample:
        """Record `index`, prepared, moved and lit; one that cannot be used gives way to another of its class.

        `repeat` tells apart the samples when a record comes more than once in an epoch. Raises FrameError for a picture
        that cannot be read, ValueError when no picture of the class can be used.
        """
        rng = np.random.default_rng((self.recipe.seed, epoch, index, repeat))
        record = self.records[index]
        for _ in range(TRIES):
            made = self._prepared(record, rng)
            if made is not None:
                image, boxes = self._moved(made, rng)
                image, boxes = self.recipe.lights(image, boxes, rng)
                return Sample(image, made.target, boxes, made.way, record)
            others = self._of[record.target or "other"]
            record = others[rng.integers(len(others))]
        raise ValueError(
            f"none of {TRIES} pictures of class {record.target!r} can be used; see the rules of the recipe"
        )

    def _prepared(self, record: Record, rng: Rng) -> Sample | None:
        image, target, boxes = self._read(record.path), record.target or "other", record.boxes
        boxed = target in VEHICLES and any(TARGET_OF.get(box.label) == target for box in boxes)
        if boxed and record.kind in ROOM_KINDS and rng.random() < self.recipe.free:
            rest = geometry.crop_without(image, boxes, rng, VEHICLE_LABELS)
            if rest is not None:
                return Sample(rest[0], _without_vehicle(rest[1]), rest[1], "free", record)
        if record.kind not in ROOM_KINDS and is_on_white(image):
            thing = cut_out(image, _name(record))
            if thing is not None and rng.random() < self.recipe.white:
                return Sample(*_between(on_white(thing, self.recipe.size, rng), target), "white", record)
            if thing is not None:
                room = self._room(rng)
                if room is not None:
                    return Sample(*_between(paste(*room, thing, rng), target), "paste", record)
            if target in POWERED:
                return None
        if record.kind == "street" and target in VEHICLES:
            part, seen = geometry.CropToBox(_labels_of(target))(image, boxes, rng)
            if part is not image:
                return Sample(part, target, seen, "crop", record)
            if target in POWERED:
                return None
        if boxed and rng.random() < self.recipe.near:
            part, seen = geometry.CropToBox(_labels_of(target), NEAR)(image, boxes, rng)
            if any(TARGET_OF.get(box.label) == target for box in seen):
                return Sample(part, target, seen, "near", record)
        return Sample(image, target, boxes, "whole", record)

    def _moved(self, made: Sample, rng: Rng) -> tuple[Image, Boxes]:
        """Moved so that no vehicle gets lost that the target promises; after a few tries, only stretched."""
        promised = any(TARGET_OF.get(box.label) == made.target for box in made.boxes)
        for _ in range(4):
            image, boxes = self._moves(made.image, made.boxes, rng)
            if not promised or any(TARGET_OF.get(box.label) == made.target for box in boxes):
                return image, boxes
        return self._fit(made.image, made.boxes, rng)

    def _room(self, rng: Rng) -> tuple[Image, Boxes] | None:
        """A picture without vehicles, size × size; None where the records have none."""
        kinds = [kind for kind, found in self._rooms.items() if found]
        if not kinds:
            return None
        shares = np.array([ROOMS[kind] for kind in kinds])
        for _ in range(TRIES):
            found = self._rooms[kinds[rng.choice(len(kinds), p=shares / shares.sum())]]
            record = found[rng.integers(len(found))]
            image, boxes = self._read(record.path), record.boxes
            if record.target in VEHICLES:
                rest = geometry.crop_without(image, boxes, rng, VEHICLE_LABELS)
                if rest is None:
                    continue
                image, boxes = rest
            elif rng.random() < 0.5:
                image, boxes = geometry.Crop(0.6)(image, boxes, rng)
            return self._fit(image, boxes, rng)
        return None


def _between(made: tuple[Image, Boxes], target: str) -> tuple[Image, str, Boxes]:
    return made[0], target, made[1]


def _labels_of(target: str) -> frozenset[str]:
    return frozenset(name for name, of in TARGET_OF.items() if of == target)


def _without_vehicle(boxes: Boxes) -> str:
    """The class of a part whose vehicles were cut away."""
    return target_of(box.label for box in boxes) or "other"


def _is_room(record: Record) -> bool:
    """Shows no vehicle, or shows its vehicles in boxes so that a part without them can be cut."""
    if record.target not in VEHICLES:
        return True
    return record.kind == "lift" and any(TARGET_OF.get(box.label) == record.target for box in record.boxes)


def _name(record: Record) -> str:
    """What a cut-out is called: as its box, else as its class."""
    fit = [box for box in record.boxes if TARGET_OF.get(box.label, "other") == record.target]
    return max(fit, key=lambda box: box.area).label if fit else str(record.target)


def _dealt(deck: Sequence[int], count: int, rng: Rng) -> list[int]:
    rounds = [rng.permutation(deck) for _ in range(-(-count // len(deck)))]
    return [int(i) for i in np.concatenate(rounds)[:count]] if rounds else []
