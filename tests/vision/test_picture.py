"""Pictures for people: boxes drawn, bounds kept, rubbish refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.errors import FrameError
from edge.core.messages import Detection
from edge.vision import picture
from edge.vision.picture import RED
from tests.vision.scenes import bicycle, car


def test_boxes_are_drawn_on_a_copy() -> None:
    image = car()
    before = image.copy()
    drawn = picture.draw(image, [Detection("ebike", 0.93, (0.25, 0.25, 0.75, 0.75))])
    assert (image == before).all()
    for y, x in ((240, 160), (240, 479), (359, 320)):
        assert tuple(drawn[y, x]) == RED
    assert (drawn[300, 320] == image[300, 320]).all()


@settings(max_examples=40, deadline=None)
@given(
    box=st.tuples(*[st.floats(0, 1)] * 4),
    label=st.sampled_from(["ebike", "wheelchair", "a label that is longer than the whole picture"]),
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
)
def test_no_box_is_too_odd_to_draw(box: tuple[float, float, float, float], label: str, size: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), np.uint8)
    assert picture.draw(image, [Detection(label, 0.5, box)]).shape == image.shape


def test_a_picture_survives_packing_and_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(picture.encode(bicycle(car()), quality=95))
    again = picture.read(path)
    assert again.shape == (480, 640, 3)
    assert np.abs(again.astype(int) - bicycle(car())).mean() < 3  # and red is still red


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 1920), (100, 50)])
def test_the_longer_side_is_bounded(width: int, height: int) -> None:
    shape = picture.decode(picture.encode(car(width, height), max_side=640)).shape
    assert max(shape[:2]) == min(640, max(width, height))
    assert shape[1] / shape[0] == pytest.approx(width / height, rel=0.01)


def test_bytes_are_bounded_even_for_noise() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    assert len(picture.encode(noise, max_bytes=40_000)) <= 40_000
    with pytest.raises(FrameError, match="cannot be packed into 100 bytes"):
        picture.encode(noise, max_bytes=100)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_rubbish_is_a_frame_error(data: bytes) -> None:
    with pytest.raises(FrameError, match="camera 1"):
        picture.decode(data, "camera 1")


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 20_000), value=st.integers(0, 255), cut=st.integers(0, 20_000))
def test_a_damaged_jpeg_gives_a_picture_or_a_frame_error(place: int, value: int, cut: int) -> None:
    data = bytearray(picture.encode(car(160, 120)))
    data[place % len(data)] = value
    try:
        image = picture.decode(bytes(data[: cut % len(data)]))
    except FrameError:
        return
    assert image.ndim == 3


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match=r"none\.jpg cannot be read"):
        picture.read(tmp_path / "none.jpg")
    (tmp_path / "text.jpg").write_text("not a picture")
    with pytest.raises(FrameError, match=r"text\.jpg is not a readable picture"):
        picture.read(tmp_path / "text.jpg")
