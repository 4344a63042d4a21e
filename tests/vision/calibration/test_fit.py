"""The regression: it leans on the shared model, weighs groups alike, and learns what a lift's features tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision.calibration import fit
from edge.vision.calibration.fit import INDEPENDENT, LIMIT, regress, space, to_head, weigh
from edge.vision.calibration.head import Floats
from edge.vision.calibration.samples import Samples, beside, folds, joined, thinned
from tests.vision.calibration.lifts import HABIT, WIDTH, lift


def simple(groups: dict[str, int]) -> Samples:
    parts = [
        Samples(np.zeros(n), np.zeros((n, 2)), np.array([name] * n), np.zeros(n, np.intp), np.arange(n) * 0.4)
        for name, n in groups.items()
    ]
    return joined(parts)


SLOW = settings(deadline=None)
SIZES = st.dictionaries(st.sampled_from(["empty", "people", "pram"]), st.integers(1, 60), min_size=1)


@SLOW
@given(sizes=SIZES, bikes=st.integers(1, 60))
def test_groups_weigh_alike_and_the_bike_as_much_as_all_others(sizes: dict[str, int], bikes: int) -> None:
    samples = simple({**sizes, "ebike": bikes})
    weights = weigh(samples)
    for name, count in sizes.items():
        assert weights[samples.group == name].sum() == pytest.approx(min(count, INDEPENDENT))
    assert weights[samples.positive].sum() == pytest.approx(weights[~samples.positive].sum())


@SLOW
@given(sizes=SIZES, most=st.integers(1, 30))
def test_thinning_keeps_every_group_and_no_more_than_asked(sizes: dict[str, int], most: int) -> None:
    kept = thinned(simple(sizes), most)
    for name, count in sizes.items():
        assert int((kept.group == name).sum()) == min(count, most)


@SLOW
@given(sizes=SIZES)
def test_folds_are_blocks_of_time_and_their_neighbours_are_not_learned_from(sizes: dict[str, int]) -> None:
    samples = simple(sizes)
    fold = folds(samples, 5)
    for name in sizes:
        assert (np.diff(fold[samples.group == name]) >= 0).all()
    out = np.asarray(fold == 2)
    near = beside(samples, out, 2)
    assert not (near & out).any()
    for row in np.flatnonzero(~out & ~near):
        same = out & (samples.group == samples.group[row])
        assert (np.abs(samples.at_s[same] - samples.at_s[row]) > 0.8).all()


def test_the_parameters_are_the_most_probable_ones() -> None:
    """The loss is convex, so no step in any direction may lower it."""
    samples = lift(3, 0, pictures=12)
    places, y, w = space(samples).places, samples.positive.astype(float), weigh(samples)
    found = regress(samples.base, places, y, w)

    def loss(scale: float, offset: float, direction: Floats) -> float:
        margin = scale * samples.base + offset + places @ direction
        prior = ((scale - 1) / fit.SCALE_SD) ** 2 + (offset / fit.OFFSET_SD) ** 2
        return float(w @ np.log1p(np.exp(np.where(y > 0, -margin, margin)))
                     + (prior + (direction**2).sum() / fit.CORRECTION_SD**2) / 2)  # fmt: skip

    best = loss(found.scale, found.offset, found.direction)
    for seed in range(200):
        step = 1e-2 * np.random.default_rng(seed).standard_normal(2 + len(found.direction))
        assert loss(found.scale + step[0], found.offset + step[1], found.direction + step[2:]) > best


def test_a_head_in_the_features_is_the_regression_in_its_own_directions() -> None:
    samples = lift(4, 0)
    room = space(samples)
    found = regress(samples.base, room.places, samples.positive.astype(float), weigh(samples))
    head = to_head(found, room, 0.0, "0" * 64)
    np.testing.assert_allclose(
        head.logits(samples.base, samples.features), found.logits(samples.base, room.places), atol=1e-3
    )


def test_directions_keep_the_distances_between_pictures() -> None:
    samples = lift(5, 0, pictures=10)
    room = space(samples)
    assert np.average((room.places**2).sum(axis=1), weights=weigh(samples)) == pytest.approx(1.0)
    np.testing.assert_allclose((samples.features - room.mean) @ room.axes, room.places, atol=1e-8)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), pictures=st.integers(1, 8), loud=st.sampled_from([1e-6, 1.0, 1e6]))
def test_no_features_however_wild_break_a_fit_or_its_bounds(seed: int, pictures: int, loud: float) -> None:
    samples = lift(seed, 0, pictures)
    wild = Samples(samples.base, samples.features * loud, samples.group, samples.take, samples.at_s)
    room = space(wild)
    found = regress(wild.base, room.places, wild.positive.astype(float), weigh(wild))
    moved = found.logits(wild.base, room.places) - found.scale * wild.base - found.offset
    assert np.isfinite(moved).all()
    assert (np.abs(moved) <= LIMIT + 1e-9).all()
    assert found.scale >= 0.5


def test_features_that_never_change_leave_the_model_as_it_was() -> None:
    samples = lift(6, 0)
    still = Samples(samples.base, np.ones((len(samples), WIDTH)), samples.group, samples.take, samples.at_s)
    room = space(still)
    found = regress(still.base, room.places, still.positive.astype(float), weigh(still))
    assert np.abs(room.places @ found.direction).max(initial=0.0) < 1e-6
    assert 0.5 <= found.scale <= 1.5


def test_every_group_of_the_habit_is_there() -> None:
    assert lift(1, 0).names == (*sorted(set(HABIT) - {"ebike"}), "ebike")
