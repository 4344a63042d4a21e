"""The motion gate: what opens it, and what must not."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision.arrays import Image
from edge.vision.motion import HEIGHT, WIDTH, Gate, MotionOptions, small_gray
from tests.vision.scenes import bicycle, car

OPTIONS = MotionOptions()
STEP_S = 0.2
STILL = small_gray(car())
pytestmark = pytest.mark.req("EL-12")


def settled(scene: Image = STILL, seconds: float = 10.0) -> tuple[Gate, float]:
    """A gate that watched a still scene until it closed, and the time."""
    gate, at = Gate(OPTIONS), 1000.0
    gate.update(scene, at)
    while at < 1000.0 + seconds:
        at += STEP_S
        opened = gate.update(scene, at)
    assert not opened
    return gate, at


def with_block(x: int, y: int, side: int, step: int) -> Image:
    frame = STILL.astype(int)
    frame[y : y + side, x : x + side] += step
    return np.clip(frame, 0, 255).astype(np.uint8)


def test_the_helper_gives_small_grey_frames() -> None:
    assert STILL.shape == (HEIGHT, WIDTH)
    assert small_gray(np.full((31, 17, 3), 200, np.uint8)).tolist() == np.full((HEIGHT, WIDTH), 200).tolist()


def test_it_starts_open_and_closes_after_the_linger() -> None:
    gate = Gate(OPTIONS)
    opens = [(at, gate.update(STILL, at)) for at in np.arange(0, 6, STEP_S)]
    assert all(opened == (at <= OPTIONS.linger_s) for at, opened in opens)


def test_a_bicycle_opens_it_at_its_first_frame_and_then_is_absorbed() -> None:
    gate, at = settled()
    parked = small_gray(bicycle(car()))
    assert gate.update(parked, at + STEP_S)
    assert gate.moving_share > OPTIONS.min_area
    opened = [gate.update(parked, at + STEP_S * n) for n in range(2, 60)]
    assert opened[int(OPTIONS.linger_s / STEP_S) - 2]
    assert not opened[-1]


@settings(max_examples=40, deadline=None)
@given(
    x=st.integers(0, WIDTH - 8),
    y=st.integers(0, HEIGHT - 8),
    side=st.integers(6, 8),
    step=st.sampled_from([-60, -35, 35, 60]),
)
def test_any_block_of_one_percent_and_35_grey_levels_opens_it_for_the_linger(
    x: int, y: int, side: int, step: int
) -> None:
    gate, at = settled()
    assert gate.update(with_block(x, y, side, step), at + STEP_S)
    later = at + STEP_S
    while later + STEP_S - (at + STEP_S) <= OPTIONS.linger_s:
        later += STEP_S
        assert gate.update(STILL, later)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), sigma=st.floats(0, 3), flicker=st.floats(0, 0.35))
def test_noise_and_lamp_flicker_do_not_keep_it_open(seed: int, sigma: float, flicker: float) -> None:
    random, gate, opened = np.random.default_rng(seed), Gate(OPTIONS), []
    for n in range(100):
        light = 1 + random.uniform(-flicker, flicker)
        frame = np.clip(STILL * light + random.normal(0, sigma, STILL.shape), 0, 255)
        opened.append(gate.update(frame.astype(np.uint8), n * STEP_S))
    assert not any(opened[50:])  # after 10 s it knows the noise of its scene


def test_jpeg_and_sensor_noise_never_open_it() -> None:
    random, image = np.random.default_rng(3), bicycle(car())
    gate, opened = Gate(OPTIONS), []
    for n in range(60):
        noisy = np.clip(image + random.normal(0, 12, image.shape), 0, 255).astype(np.uint8)
        packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, 25 + 40 * (n % 2)])[1]
        opened.append(gate.update(small_gray(np.asarray(cv2.imdecode(packed, 1), np.uint8)), n * STEP_S))
    assert not any(opened[int(OPTIONS.linger_s / STEP_S) + 2 :])


def test_long_motion_is_not_taken_for_noise() -> None:
    gate, at = settled()
    for n in range(300):  # a minute of somebody walking to and fro
        at += STEP_S
        assert gate.update(with_block(4 + 3 * (n % 15), 12, 12, -50), at)


def test_a_still_scene_costs_little() -> None:
    """≤ 5 % of a core at 5 fps leaves 10 ms of CPU a frame; the gate must need a small part of it."""
    gate, image = Gate(OPTIONS), car()
    gate.update(small_gray(image), 0)
    costs = []
    for n in range(50):
        start = time.thread_time()
        gate.update(small_gray(image), n * STEP_S)
        costs.append(time.thread_time() - start)
    assert sorted(costs)[25] < 0.005


def test_another_frame_size_and_a_clock_that_stands_do_no_harm() -> None:
    gate, at = settled()
    assert gate.update(STILL[:24], at)
    assert gate.update(STILL[:24], at)
