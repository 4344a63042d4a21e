"""The arithmetic of a run."""

from __future__ import annotations

import pytest

from edge.vision.training.hyperparameters import average_share, class_weights, rate_factor


@pytest.mark.parametrize(
    ("counts", "balance", "wanted"),
    [
        ([10, 10], 0.7, [1, 1]),
        ([30, 10], 0.0, [1, 1]),
        ([30, 10], 1.0, [0.5, 1.5]),
        ([30, 10, 0], 1.0, [0.5, 1.5, 0]),  # a class that never comes has no say in the mean
    ],
)
def test_rare_classes_weigh_more(counts: list[int], balance: float, wanted: list[float]) -> None:
    assert class_weights(counts, balance) == pytest.approx(wanted)


def test_the_rate_rises_then_falls_to_nothing() -> None:
    factors = [rate_factor(step, 1000, 60) for step in range(1001)]
    peak = factors.index(max(factors))
    assert 0 < factors[0] < 0.05
    assert peak == 59
    assert factors[peak] > 0.98
    assert factors[:60] == sorted(factors[:60])
    assert factors[60:] == sorted(factors[60:], reverse=True)
    assert factors[1000] == pytest.approx(0)


def test_a_short_run_warms_up_for_a_tenth() -> None:
    assert max(range(20), key=lambda step: rate_factor(step, 20, 60)) == 1


def test_the_average_forgets_its_start() -> None:
    shares = [average_share(step, 0.998) for step in range(10_000)]
    assert shares[0] == pytest.approx(0.1)
    assert shares == sorted(shares)
    assert shares[-1] == 0.998
