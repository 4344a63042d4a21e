"""Camera health on synthetic frames: each fault, its hysteresis, and what must not be taken for a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.hw.camera_health import CameraHealthOptions, Health, small_gray
from tests.hw.pictures import Image, noisy, scene

FPS = 2.0
OPTIONS = CameraHealthOptions(frozen_s=10, dark_s=3, covered_s=2, moved_s=60, clear_s=1)


class Watch:
    """Feeds frames to a Health at 2 a second and notes when its verdict changes."""

    def __init__(self, options: CameraHealthOptions = OPTIONS, sigma: float = 2.0) -> None:
        self.health = Health(options)
        self.random = np.random.default_rng(7)
        self.sigma, self.at = sigma, 0.0
        self.verdict: str | None = None
        self.changes: list[tuple[float, Any]] = []

    def show(self, image: Image | Callable[[int], Image], seconds: float) -> Watch:
        for n in range(round(seconds * FPS)):
            picture = image(n) if callable(image) else image
            verdict = self.health.update(noisy(picture, self.sigma, self.random) if self.sigma else picture, self.at)
            if verdict != self.verdict:
                self.changes.append((round(self.at, 2), verdict))
                self.verdict = verdict
            self.at += 1 / FPS
        return self

    @property
    def faults(self) -> list[Any]:
        return [verdict for _, verdict in self.changes]


def dimmed(image: Image, factor: float) -> Image:
    return (image * factor).astype(np.uint8)


CLOTH = np.full((60, 80), 90, np.uint8)  # a cloth, a sticker, a hand on the lens: lit, and without any detail
SCENE = scene()


def test_a_healthy_scene_has_no_fault() -> None:
    assert Watch().show(SCENE, 400).faults == []


@pytest.mark.req("EL-9")
def test_a_frozen_picture_is_told_after_its_time_and_clears_with_hysteresis() -> None:
    watch = Watch().show(SCENE, 20)
    watch.sigma = 0.0
    watch.show(SCENE, 15)
    [(told_at, fault)] = watch.changes
    assert fault == "frozen"
    assert told_at == pytest.approx(30.5, abs=0.6)
    watch.sigma = 2.0
    watch.show(SCENE, 0.5)  # a glitch
    assert watch.verdict == "frozen"
    watch.sigma = 0.0
    watch.show(SCENE, 5)
    assert watch.verdict == "frozen"
    watch.sigma = 2.0
    assert watch.show(SCENE, 3).faults == ["frozen", None]


@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0])
def test_a_still_scene_with_sensor_noise_is_not_frozen(sigma: float) -> None:
    assert Watch(sigma=sigma).show(SCENE, 120).faults == []


def test_the_same_pictures_again_and_again_are_not_frozen() -> None:
    """A looped clip: identical frames come back, but never one after the other for long."""
    clip = [noisy(SCENE, 1.0, np.random.default_rng(n)) for n in range(10)]
    assert Watch(sigma=0.0).show(lambda n: clip[n % 10], 60).faults == []


def test_frozen_can_be_switched_off() -> None:
    watch = Watch(CameraHealthOptions(frozen_s=None), sigma=0.0)
    assert watch.show(SCENE, 60).faults == []


@pytest.mark.req("EL-9")
def test_dark_is_told_with_hysteresis_and_is_not_covered_or_moved() -> None:
    watch = Watch().show(SCENE, 30).show(dimmed(SCENE, 0.05), 100)
    assert watch.faults == ["dark"]
    assert watch.changes[0][0] == pytest.approx(33, abs=0.5)
    level = OPTIONS.dark_luma * 1.2 / float(SCENE.mean())
    watch.show(dimmed(SCENE, level), 10)  # a little more light is not enough
    assert watch.verdict == "dark"
    assert watch.show(SCENE, 3).faults == ["dark", None]


@pytest.mark.parametrize("factor", [0.7, 0.5, 0.3])
def test_a_dimmed_car_is_neither_dark_nor_covered_nor_moved(factor: float) -> None:
    assert Watch().show(SCENE, 60).show(dimmed(SCENE, factor), 200).faults == []


@pytest.mark.req("EL-9")
@pytest.mark.parametrize("brightness", [40, 90, 200])
def test_a_covered_lens_is_told_within_its_time(brightness: int) -> None:
    watch = Watch().show(SCENE, 30).show(np.full_like(SCENE, brightness), 10)
    assert watch.faults == ["covered"]
    assert watch.changes[0][0] == pytest.approx(32, abs=0.5)
    assert watch.show(SCENE, 3).faults == ["covered", None]


def test_a_hand_that_leaves_a_rim_free_still_covers() -> None:
    hand = np.full_like(SCENE, 100)
    hand[:, :12] = SCENE[:, :12]
    assert Watch().show(SCENE, 30).show(hand, 10).verdict == "covered"


def test_covered_from_the_start_is_told_too() -> None:
    assert Watch().show(CLOTH, 10).faults == ["covered"]


def test_a_short_cover_is_not_told() -> None:
    assert Watch().show(SCENE, 30).show(CLOTH, 1.5).show(SCENE, 10).faults == []


def test_a_cover_is_never_learned() -> None:
    watch = Watch().show(SCENE, 30).show(CLOTH, 300)
    assert watch.verdict == "covered"
    assert watch.show(SCENE, 3).verdict is None


@pytest.mark.req("EL-9")
def test_a_moved_camera_is_told_after_its_time_and_clears_when_put_back() -> None:
    watch = Watch().show(SCENE, 120).show(scene(shift=20), 90)
    assert watch.faults == ["moved"]
    assert watch.changes[0][0] == pytest.approx(180, abs=2)
    watch.show(scene(shift=20), 900)
    assert watch.verdict == "moved"  # not learned away
    assert watch.show(SCENE, 3).faults == ["moved", None]


def test_a_trembling_camera_and_passengers_are_not_moved() -> None:
    def visit(n: int) -> Image:
        image: Image = np.roll(SCENE, n % 2, axis=1)
        if n % 120 < 60:  # somebody with a bike fills half of the car for 30 s
            image[20:58, 10:45] = scene(seed=9)[20:58, 10:45]
        return image

    assert Watch().show(SCENE, 60).show(visit, 600).faults == []


def test_slow_changes_are_learned() -> None:
    """In time one scene turns into another one: posters, seasons, dirt."""
    other = scene(seed=3)
    options = CameraHealthOptions(learn_s=30, moved_s=60)

    def fading(n: int) -> Image:
        share = min(1.0, n / (1200 * FPS))
        faded: Image = (SCENE * (1 - share) + other * share).astype(np.uint8)
        return faded

    assert Watch(options).show(SCENE, 60).show(fading, 1500).faults == []


def test_another_resolution_starts_learning_anew() -> None:
    watch = Watch().show(SCENE, 60).show(scene(seed=2, height=45, width=80), 120)
    assert watch.faults == []


def test_every_check_can_be_switched_off() -> None:
    options = CameraHealthOptions(frozen_s=None, dark_s=None, covered_s=None, moved_s=None)
    watch = Watch(options).show(SCENE, 60).show(CLOTH, 60).show(np.zeros_like(SCENE), 60).show(scene(seed=5), 400)
    assert watch.faults == []


@st.composite
def stories(draw: Any) -> Iterator[tuple[float, int, float]]:
    step = st.tuples(st.floats(0, 30), st.integers(0, 5), st.floats(0, 3))
    return draw(st.lists(step, max_size=40))  # type: ignore[no-any-return]


@settings(deadline=None, max_examples=40)
@given(stories())
def test_any_story_gives_a_verdict_and_a_long_good_picture_clears_all(story: list[tuple[float, int, float]]) -> None:
    watch = Watch().show(SCENE, 15)
    kinds = [SCENE, CLOTH, np.zeros_like(SCENE), scene(seed=4), scene(shift=5), dimmed(SCENE, 0.2)]
    for gap_s, kind, sigma in story:
        watch.at += gap_s
        image = noisy(kinds[kind], sigma, watch.random)
        assert watch.health.update(image, watch.at) in {None, "frozen", "dark", "covered", "moved"}
    assert watch.show(SCENE, 20).verdict is None


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.integers(2, 5), st.integers(2, 5))
def test_odd_times_and_tiny_frames_do_no_harm(steps: list[float], height: int, width: int) -> None:
    health, at = Health(OPTIONS), 0.0
    for step in steps:
        at += step
        health.update(np.zeros((height, width), np.uint8), at)


def test_small_gray_is_luma_and_keeps_the_noise() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[:, :320] = (255, 0, 0)
    image[:, 320:] = (0, 255, 0)
    gray = small_gray(image)
    assert gray.shape == (60, 80)
    assert abs(int(gray[30, 10]) - 76) <= 1
    assert abs(int(gray[30, 70]) - 149) <= 1
    random = np.random.default_rng(1)
    flat = np.full((480, 640, 3), 120, np.uint8)
    first, second = (small_gray(noisy(flat, 2.0, random)) for _ in range(2))
    assert np.abs(first.astype(int) - second.astype(int)).mean() > OPTIONS.frozen_difference * 10
    assert small_gray(np.zeros((33, 47, 3), np.uint8)).shape == (33, 47)
