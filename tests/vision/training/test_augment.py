"""The steps: a marked rectangle stays inside its box, input is never touched, the same seed gives the same picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision.arrays import Image
from edge.vision.training import augment_geometry as geometry
from edge.vision.training import augment_light as light
from edge.vision.training.augment import Chain, Maybe, OneOf, Step, in_view
from edge.vision.training.augment_paste import CutOut, cut_out, is_on_white, on_white, paste
from edge.vision.training.dataset import Box, Boxes
from tests.vision.scenes import bicycle, car

MARK = (255, 0, 255)
MOVES: dict[str, Step] = {
    "mirror": geometry.mirror,
    "upside_down": geometry.upside_down,
    "quarter_turns": geometry.quarter_turns,
    "crop": geometry.Crop(0.5),
    "crop_to_box": geometry.CropToBox(frozenset({"ebike"})),
    "stretch": geometry.Stretch(96),
    "tilt": geometry.Tilt(),
    "fisheye": geometry.Fisheye(),
    "chain": Chain((geometry.Crop(0.8), geometry.Stretch(128), geometry.quarter_turns, geometry.Fisheye())),
}
CURVED = ("tilt", "fisheye", "chain")
LIGHTS: dict[str, Step] = {
    step.__name__: step
    for step in (
        light.exposure,
        light.colour_cast,
        light.grey,
        light.infrared,
        light.night,
        light.dark_rim,
        light.blur,
        light.motion_blur,
        light.coarse,
        light.noise,
        light.jpeg,
        light.caption,
        light.dirt,
    )
}
LIGHTS["cover"] = light.Cover()
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def marked(draw: st.DrawFn) -> tuple[Image, Boxes]:
    """A grey picture with one filled rectangle on whole pixels, and its box."""
    wide, high = draw(st.integers(80, 200)), draw(st.integers(80, 200))
    left, top = draw(st.integers(0, wide - 42)), draw(st.integers(0, high - 42))
    right, bottom = draw(st.integers(left + 41, wide)), draw(st.integers(top + 41, high))
    image = np.full((high, wide, 3), 128, np.uint8)
    image[top:bottom, left:right] = MARK
    return image, (Box("ebike", left / wide, top / high, right / wide, bottom / high),)


def marks(image: Image) -> Image:
    """Where more than half of the mark's colour is."""
    return np.asarray((image[..., 0] > 200) & (image[..., 1] < 56) & (image[..., 2] > 200))


@pytest.mark.parametrize("name", MOVES)
@settings(max_examples=40, deadline=None)
@given(picture=marked(), seed=SEEDS)
def test_what_was_in_the_box_is_in_the_new_box(name: str, picture: tuple[Image, Boxes], seed: int) -> None:
    image, boxes = picture
    before = image.copy()
    moved, found = MOVES[name](image, boxes, np.random.default_rng(seed))
    assert (image == before).all()
    if not found:
        return  # less than a quarter is left
    (box,) = found
    high, wide = moved.shape[:2]
    assert 0 <= box.left < box.right <= 1
    assert 0 <= box.top < box.bottom <= 1
    inside = np.zeros((high, wide), bool)
    slack = 1.5
    left, right = max(0, round(box.left * wide - slack)), round(box.right * wide + slack)
    top, bottom = max(0, round(box.top * high - slack)), round(box.bottom * high + slack)
    inside[top:bottom, left:right] = True
    if name not in CURVED:  # there a reflected border shows the mark once more
        assert not (marks(moved) & ~inside).any()
    if name in CURVED and not (box.left > 0 and box.top > 0 and box.right < 1 and box.bottom < 1):
        return  # the picture's edge took a corner: the rest need not fill the box
    ys, xs = np.nonzero(marks(moved) & inside)
    assert abs(xs.min() - box.left * wide) < 2.5
    assert abs(xs.max() + 1 - box.right * wide) < 2.5
    assert abs(ys.min() - box.top * high) < 2.5
    assert abs(ys.max() + 1 - box.bottom * high) < 2.5


@pytest.mark.parametrize("name", ["tilt", "fisheye"])
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_nothing_of_a_mark_away_from_the_rim_leaves_its_box(name: str, seed: int) -> None:
    image = np.full((160, 200, 3), 128, np.uint8)
    image[60:110, 70:140] = MARK
    moved, (box,) = MOVES[name](
        image, (Box("ebike", 70 / 200, 60 / 160, 140 / 200, 110 / 160),), np.random.default_rng(seed)
    )
    _, pieces = cv2.connectedComponents(marks(moved).astype(np.uint8))
    ys, xs = np.nonzero(pieces == np.bincount(pieces[pieces > 0]).argmax())
    assert xs.min() >= box.left * 200 - 1.0
    assert xs.max() + 1 <= box.right * 200 + 1.0
    assert ys.min() >= box.top * 160 - 1.0
    assert ys.max() + 1 <= box.bottom * 160 + 1.0


@pytest.mark.parametrize("name", LIGHTS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_light_changes_the_picture_and_no_box(name: str, seed: int) -> None:
    image, boxes = bicycle(car(160, 120)), (Box("bicycle", 0.4, 0.4, 0.6, 0.6),)
    before = image.copy()
    lit, found = LIGHTS[name](image, boxes, np.random.default_rng(seed))
    again, _ = LIGHTS[name](image, boxes, np.random.default_rng(seed))
    assert (image == before).all()
    assert found == boxes
    assert (lit.dtype, lit.shape) == (image.dtype, image.shape)
    assert (lit == again).all()


@pytest.mark.parametrize("name", LIGHTS)
def test_light_does_something(name: str) -> None:
    image = bicycle(car(160, 120))
    image[..., 2] //= 2
    assert any((LIGHTS[name](image, (), np.random.default_rng(seed))[0] != image).any() for seed in range(5))


@given(seed=SEEDS)
def test_grey_and_infrared_have_no_colour(seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (40, 60, 3), np.uint8)
    for step in (light.grey, light.infrared):
        lit, _ = step(image, (), np.random.default_rng(seed))
        assert (lit == lit[..., :1]).all()


@settings(deadline=None)
@given(seed=SEEDS, picture=marked())
def test_a_cover_leaves_most_of_a_box(seed: int, picture: tuple[Image, Boxes]) -> None:
    image, boxes = picture
    covered, _ = light.Cover(most=0.3)(image, boxes, np.random.default_rng(seed))
    high, wide = image.shape[:2]
    box = boxes[0]
    part = np.s_[round(box.top * high) : round(box.bottom * high), round(box.left * wide) : round(box.right * wide)]
    assert (covered[part] != image[part]).any(axis=2).mean() < 0.36  # 0.3 and the rounding to pixels


@settings(deadline=None)
@given(seed=SEEDS, picture=marked())
def test_a_crop_without_shows_next_to_nothing_of_it(seed: int, picture: tuple[Image, Boxes]) -> None:
    image, boxes = picture
    rest = geometry.crop_without(image, boxes, np.random.default_rng(seed), frozenset({"ebike"}))
    if rest is not None:
        assert marks(rest[0]).sum() <= 0.12 * marks(image).sum()
        assert rest[1] == ()


def test_a_box_mostly_out_of_view_is_dropped() -> None:
    assert in_view((Box("a", -0.3, 0.0, 0.1, 1.0), Box("b", -0.2, 0.0, 0.1, 1.0)), least=0.3) == (
        Box("b", 0.0, 0.0, 0.1, 1.0),
    )


def test_crop_to_box_without_a_fitting_box_leaves_the_picture() -> None:
    image = car(100, 100)
    step = geometry.CropToBox(frozenset({"ebike"}))
    for boxes in ((), (Box("person", 0, 0, 1, 1),), (Box("ebike", 0.5, 0.5, 0.6, 0.6),)):
        assert step(image, boxes, np.random.default_rng(0))[0] is image


@given(seed=SEEDS)
def test_maybe_and_one_of(seed: int) -> None:
    image, boxes = car(60, 40), (Box("a", 0.0, 0.0, 0.5, 0.5),)
    rng = np.random.default_rng(seed)
    assert Maybe(0.0, geometry.mirror)(image, boxes, rng)[0] is image
    assert Maybe(1.0, geometry.mirror)(image, boxes, rng)[1] == (Box("a", 0.5, 0.0, 1.0, 0.5),)
    assert OneOf((geometry.mirror, geometry.upside_down))(image, boxes, rng)[1][0] in (
        Box("a", 0.5, 0.0, 1.0, 0.5),
        Box("a", 0.0, 0.5, 0.5, 1.0),
    )


def product(wide: int = 200, high: int = 160) -> Image:
    """A red wheel with a hole and a bar, and a small caption, on white."""
    image = np.full((high, wide, 3), 255, np.uint8)
    cv2.circle(image, (80, 90), 40, (200, 20, 30), 14)
    cv2.rectangle(image, (75, 20), (150, 40), (200, 20, 30), cv2.FILLED)
    cv2.rectangle(image, (75, 30), (85, 90), (200, 20, 30), cv2.FILLED)
    cv2.rectangle(image, (5, 5), (9, 9), (0, 0, 0), cv2.FILLED)
    return image


def test_a_thing_is_cut_out_without_its_ground_its_hole_and_the_caption() -> None:
    thing = cut_out(product(), "ebike")
    assert thing is not None
    assert thing.alpha.shape == pytest.approx((117, 118), abs=4)  # the wheel's and the bar's outer sides
    assert thing.alpha.max() == 1.0
    assert thing.alpha[70, 20 + 8] == 0.0  # inside the wheel
    assert (thing.image[thing.alpha == 1.0][:, 1] < 60).all()


def test_what_cannot_be_cut_out() -> None:
    framed = np.full((100, 100, 3), 255, np.uint8)
    framed[10:90, 10:90] = car(80, 80)
    assert cut_out(car(), "ebike") is None  # no white ground
    assert cut_out(np.full((50, 50, 3), 255, np.uint8), "ebike") is None  # nothing on it
    assert is_on_white(framed)
    assert cut_out(framed, "ebike") is None  # a photograph with a margin


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_pasted_thing_is_in_its_box_and_the_rest_of_the_room_stays(seed: int) -> None:
    thing = cut_out(product(), "ebike")
    assert thing is not None
    room = np.full((150, 180, 3), 90, np.uint8)
    people = (Box("person", 0.1, 0.1, 0.2, 0.9),)
    mixed, boxes = paste(room, people, thing, np.random.default_rng(seed), shadow=0.0)
    box = boxes[0]
    assert boxes[1:] == people
    assert box.label == "ebike"
    changed = (mixed != room).any(axis=2)
    ys, xs = np.nonzero(changed)
    assert xs.min() / 180 >= box.left
    assert (xs.max() + 1) / 180 <= box.right
    assert ys.min() / 150 >= box.top
    assert (ys.max() + 1) / 150 <= box.bottom
    assert box.area > 0.01
    again, _ = paste(room, people, thing, np.random.default_rng(seed), shadow=0.0)
    assert (again == mixed).all()


def test_a_large_cut_out_is_shrunk_first() -> None:
    thing = CutOut("pram", np.zeros((900, 700, 3), np.uint8), np.ones((900, 700), np.float32))
    mixed, (box,) = paste(np.full((100, 100, 3), 200, np.uint8), (), thing, np.random.default_rng(1), match=0.0)
    assert mixed.shape == (100, 100, 3)
    assert box.area > 0.02


def test_on_white_is_bright_around_the_thing() -> None:
    thing = cut_out(product(), "wheelchair")
    assert thing is not None
    mixed, (box,) = on_white(thing, 120, np.random.default_rng(3))
    assert box.label == "wheelchair"
    assert mixed[0, 0].min() >= 225
