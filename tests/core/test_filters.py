"""Debounce and k of n: tables, and what must hold for any order of edges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.core.filters import Debounced, k_of_n

# t_s, raw → value. settle 1 s, worse news is True
STORY: list[tuple[float, bool | None, bool | None]] = [
    (0.0, False, None),
    (0.9, False, None),
    (1.0, False, False),
    (1.1, True, True),
    (1.2, False, True),
    (2.1, True, True),
    (2.2, False, True),
    (3.2, False, False),
    (3.3, None, None),
    (3.4, False, None),
    (4.4, False, False),
]


def test_worse_news_at_once_better_news_after_it_stood() -> None:
    contact = Debounced(settle_s=1.0, safe=True)
    for at, raw, value in STORY:
        contact = contact.update(raw, at)
        assert contact.value is value, f"at {at} s"


def test_settling_needs_no_further_reading() -> None:
    contact = Debounced(settle_s=1.0, safe=True).update(False, 0.0)
    assert contact.settle(0.99).value is None
    assert contact.settle(1.0).value is False


@given(st.lists(st.tuples(st.floats(0.001, 2), st.sampled_from([True, False, None]))))
def test_the_better_value_is_only_ever_read_after_an_unbroken_run_of_it(edges: list[tuple[float, bool | None]]) -> None:
    contact = Debounced(settle_s=1.0, safe=True)
    now, run_since = 0.0, None
    for wait_s, raw in edges:
        now += wait_s
        run_since = (now if run_since is None else run_since) if raw is False else None
        contact = contact.update(raw, now)
        if raw is not False:
            assert contact.value is raw
        if contact.value is False:
            assert run_since is not None
            assert now - run_since >= 1.0


K_OF_N = [  # hits, k, n, now, answer; window 2 s
    (((0.0, True), (0.2, True)), 2, 3, 0.2, True),
    (((0.0, True), (0.2, False), (0.4, False), (0.6, True)), 2, 3, 0.6, False),
    (((0.0, True), (2.1, True)), 2, 3, 2.1, False),
    ((), 1, 1, 0.0, False),
]


def test_k_of_n() -> None:
    for hits, k, n, now, answer in K_OF_N:
        assert k_of_n(hits, k, n, now, 2.0) is answer
