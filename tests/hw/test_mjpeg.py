"""The JPEG splitter: any cutting of the stream gives the same pictures, any bytes at all give no exception."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.hw.mjpeg import JpegSplitter, jpeg_end
from tests.hw.pictures import colour, jpeg

NOISE = np.random.default_rng(1).integers(0, 256, (16, 16, 3), dtype=np.uint8)
JPEGS = [jpeg(colour(30, 8, 8)), jpeg(NOISE)]
INNER = jpeg(colour(9, 8, 8))
THUMBNAIL = JPEGS[0][:2] + b"\xff\xe1" + (len(INNER) + 2).to_bytes(2, "big") + INNER + JPEGS[0][2:]
GARBAGE = st.binary(max_size=40).map(lambda data: data.replace(b"\xff", b"\xfe"))


@given(
    st.lists(st.tuples(st.integers(0, 2), GARBAGE), max_size=5),
    st.lists(st.integers(1, 5000), min_size=1, max_size=30),
)
@settings(deadline=None)
def test_any_cutting_gives_the_same_pictures(kinds: list[tuple[int, bytes]], cuts: list[int]) -> None:
    parts = [([*JPEGS, THUMBNAIL][kind], garbage) for kind, garbage in kinds]
    stream = b"".join(picture + garbage for picture, garbage in parts)
    splitter, got, at, turn = JpegSplitter(), list[bytes](), 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        got += splitter.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    assert got == [picture for picture, _ in parts]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_it_never_raises_nor_hoards(chunks: list[bytes]) -> None:
    splitter = JpegSplitter(limit=500)
    for chunk in chunks:
        splitter.feed(b"\xff\xd8" + chunk)
        assert len(splitter._held) <= 500
    splitter.feed(bytes(600))
    assert splitter.feed(JPEGS[0])[-1:] in ([JPEGS[0]], [])


@given(st.integers(2, len(JPEGS[1]) - 1))
@settings(max_examples=50, deadline=None)
def test_a_cut_off_picture_is_incomplete(size: int) -> None:
    assert jpeg_end(JPEGS[1][:size]) is None


def test_after_a_cut_off_picture_the_next_ones_come() -> None:
    splitter = JpegSplitter()
    got = splitter.feed(JPEGS[1][:700])
    for _ in range(3):
        got += splitter.feed(JPEGS[0])
    assert JPEGS[0] in got


def test_a_thumbnail_does_not_end_its_picture() -> None:
    assert jpeg_end(THUMBNAIL) == len(THUMBNAIL)
