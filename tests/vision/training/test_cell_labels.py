"""What the cells should say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.vision.training.augment_recipe import Sample
from edge.vision.training.cell_labels import NO_VEHICLE, UNKNOWN, all_boxed, cell_labels
from edge.vision.training.dataset import TARGETS, Box, Record

BIKE, PERSON = TARGETS.index("ebike"), TARGETS.index("person")
IMAGE = np.zeros((64, 64, 3), np.uint8)


def sample(target: str, *boxes: Box, way: str = "whole", kind: str = "render") -> Sample:
    return Sample(IMAGE, target, boxes, way, Record(Path("a"), target, kind, "s", frozenset()))


def test_the_inner_part_speaks_and_the_rim_is_open() -> None:
    found = cell_labels(sample("ebike", Box("ebike", 0.25, 0.25, 0.75, 0.75)), 8)
    assert (found[3:5, 3:5] == BIKE).all()
    assert found[2, 2] in (BIKE, UNKNOWN)
    assert found[0, 0] == found[7, 7] == NO_VEHICLE


def test_a_vehicle_lies_over_its_rider() -> None:
    found = cell_labels(sample("ebike", Box("ebike", 0.3, 0.5, 0.7, 1.0), Box("person", 0.2, 0.0, 0.8, 1.0)), 8)
    assert found[6, 4] == BIKE
    assert found[1, 4] == PERSON


SURE = [  # target, way, kind, boxes → is every vehicle boxed?
    ("other", "whole", "scene", (), True),
    ("person", "whole", "lobby", (), True),
    ("ebike", "paste", "product", (), True),
    ("ebike", "whole", "lift", (Box("ebike", 0, 0, 1, 1),), True),
    ("ebike", "whole", "lift", (), False),
    ("motorcycle", "crop", "street", (Box("rider", 0, 0, 1, 1),), False),
    ("bicycle", "whole", "street", (Box("bicycle", 0, 0, 1, 1),), False),
]


@pytest.mark.parametrize(("target", "way", "kind", "boxes", "sure"), SURE)
def test_only_where_every_vehicle_is_boxed_the_rest_shows_none(
    target: str, way: str, kind: str, boxes: tuple[Box, ...], sure: bool
) -> None:
    made = sample(target, *boxes, way=way, kind=kind)
    assert all_boxed(made) == sure
    assert (cell_labels(made, 4) == NO_VEHICLE).any() == (sure and not boxes)


@given(
    st.tuples(*(st.floats(0.0, 1.0) for _ in range(4))),
    st.sampled_from([4, 8, 10]),
)
def test_every_box_has_at_least_one_cell(sides: tuple[float, ...], grid: int) -> None:
    left, right = sorted(sides[:2])
    top, bottom = sorted(sides[2:])
    found = cell_labels(sample("ebike", Box("ebike", left, top, right, bottom)), grid)
    assert found.shape == (grid, grid)
    assert (found == BIKE).any()
