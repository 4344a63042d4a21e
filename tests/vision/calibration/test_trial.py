"""Whether a head is taken into use: never worse than the model alone, judged on what it did not learn from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.vision.calibration.figures import Row, Rule, table
from edge.vision.calibration.samples import EBIKE, Samples
from edge.vision.calibration.trial import LEAST, attempt, doubtful, lacking, threshold
from tests.vision.calibration.lifts import lift, scored

RULE = Rule(confirm=0.5, k=2, n=3, window_s=2.0)
ALL = {"empty": LEAST, "people": LEAST, "pram": LEAST, "ebike": LEAST}
LACKS = [
    (ALL, []),
    ({**ALL, "pram": 0, "wheelchair": LEAST}, []),
    ({**ALL, "ebike": LEAST - 1}, [f"ebike: only {LEAST - 1} pictures, {LEAST} are needed"]),
    ({**ALL, "pram": 3}, ["pram: only 3 pictures"]),
    ({**ALL, "pram": 0}, ["pram: nothing recorded"]),
    ({}, ["empty: nothing", "people: nothing", "ebike: nothing", "pram: nothing"]),
]


@pytest.mark.parametrize(("counts", "starts"), LACKS)
def test_what_is_lacking_is_named_with_what_to_do(counts: dict[str, int], starts: list[str]) -> None:
    found = lacking(counts)
    assert len(found) == len(starts)
    for text, start in zip(found, starts, strict=True):
        assert text.startswith(start)
        assert "edge vision calibrate record CONFIG --as " + text.partition(":")[0] in text


@pytest.mark.req("EL-10")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lifts_own_pram_no_longer_holds_and_its_bike_still_does(seed: int) -> None:
    """Judged on another pram, another bike and other people than were recorded."""
    trial = attempt(lift(seed, thing=1), RULE, "0" * 64)
    assert not trial.against
    later = lift(seed, thing=2)
    rows = {row.group: row for row in table(later, trial.head.logits(later.base, later.features), RULE)}
    assert rows["pram"].before > 0.6
    assert rows["pram"].after < 0.3
    assert rows[EBIKE].after >= 0.9
    assert rows["people"].after == rows["empty"].after == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_the_features_tell_nothing_no_figure_gets_worse(seed: int) -> None:
    trial = attempt(lift(seed, thing=1, telling=0.0), RULE, "0" * 64)
    for row in trial.rows if not trial.against else ():
        assert row.after >= row.before if row.group == EBIKE else row.after <= row.before


def test_a_lift_without_false_holds_and_nothing_to_learn_keeps_the_model_as_it_is() -> None:
    """All is well already and the features are noise: a head could only do harm."""
    habit = {"empty": -12.0, "people": -12.0, "pram": -12.0, "ebike": 12.0}
    plain = lift(1, 1, habit=habit, telling=0.0)
    wrong = Samples(plain.base, np.zeros_like(plain.features), plain.group, plain.take, plain.at_s)
    trial = attempt(wrong, RULE, "0" * 64)
    assert all(row.after == row.before for row in trial.rows)


def test_a_model_that_has_it_backwards_is_not_made_to_look_good() -> None:
    """Prams score above every bike and no feature tells them apart: there is no threshold to save that."""
    habit = {"empty": -5.0, "people": -4.0, "pram": 4.0, "ebike": 1.0}
    trial = attempt(lift(1, 1, habit=habit, telling=0.0), RULE, "0" * 64)
    rows = {row.group: row for row in trial.rows}
    assert trial.against or (rows[EBIKE].after >= rows[EBIKE].before and rows["pram"].after <= rows["pram"].before)


SCORES = st.lists(st.floats(-9, 9), min_size=1, max_size=12)


@settings(deadline=None)
@given(bikes=SCORES, prams=SCORES, people=SCORES, seed=st.integers(0, 99))
def test_a_threshold_that_is_called_possible_is_at_no_point_worse(
    bikes: list[float], prams: list[float], people: list[float], seed: int
) -> None:
    samples = scored({"ebike": bikes, "pram": prams, "people": people})
    after = samples.base + np.random.default_rng(seed).normal(size=len(samples))
    flagged = samples.base > RULE.margin
    shift, possible = threshold(samples, flagged, after)
    if possible:
        now = after > shift
        assert now[samples.positive].mean() >= flagged[samples.positive].mean()
        for name in ("pram", "people"):
            assert now[samples.group == name].mean() <= flagged[samples.group == name].mean()


@settings(deadline=None)
@given(bikes=SCORES, prams=SCORES)
def test_the_model_itself_always_has_a_possible_threshold(bikes: list[float], prams: list[float]) -> None:
    samples = scored({"ebike": bikes, "pram": prams})
    assert threshold(samples, samples.base > RULE.margin, samples.base)[1]


def test_the_threshold_stands_in_the_gap_and_not_at_its_edge() -> None:
    samples = scored({"ebike": [3.0, 4.0, 5.0], "pram": [-6.0, -5.0]})
    shift, possible = threshold(samples, samples.base > 0, samples.base)
    assert possible
    assert -5 + 0.35 * 8 <= shift <= 3 - 0.35 * 8
    samples = scored({"ebike": [3.0, 4.0], "pram": [1.0]})
    assert 1.7 <= threshold(samples, samples.base > 0, samples.base)[0] <= 2.3


DOUBTS = [  # group, share after, what is said
    ("ebike", 0.1, ["only 10% of the electric bike's pictures confirm"]),
    ("ebike", 0.9, []),
    ("pram", 0.8, ["pram: 80% of its pictures still confirm"]),
    ("pram", 0.1, []),
]


@pytest.mark.parametrize(("group", "after", "said"), DOUBTS)
def test_what_a_head_could_not_mend_is_said(group: str, after: float, said: list[str]) -> None:
    found = doubtful([Row(group, 20, 1, after, after, 0, 0)])
    assert len(found) == len(said)
    for text, start in zip(found, said, strict=True):
        assert text.startswith(start)
