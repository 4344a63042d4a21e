"""Pure rules: who has what, what is sent again, when; retained values; when to try again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.backoff import Backoff
from edge.wire.delivery import WINDOW, Delivery
from edge.wire.retained import Retained
from edge.wire.rows import Row


def row(seq: int, prio: int = 0) -> Row:
    return Row(seq, prio, False, "alarm", f"id{seq}", b"{}")


@pytest.mark.req("PL-1")
def test_without_a_receiver_the_broker_s_word_is_the_last() -> None:
    delivery = Delivery(False)
    delivery.alarm(1, 0.0)
    delivery.sent(7, row(1))
    assert delivery.puback(7, True, 1.0) == (row(1), True)
    assert delivery.puback(7, True, 1.0) is None
    assert delivery.overdue(1000.0) is None
    assert delivery.due(1000.0) == []


@pytest.mark.req("PL-1", "SM-3")
@pytest.mark.parametrize(("prio", "t_s", "due"), [(0, 9.9, []), (0, 10.0, [1]), (1, 599.0, []), (2, 600.0, [1])])
def test_a_silent_receiver_is_asked_again(prio: int, t_s: float, due: list[int]) -> None:
    delivery = Delivery(True)
    delivery.sent(7, row(1, prio))
    assert delivery.due(t_s) == []  # still in flight: MQTT itself sees to it
    assert delivery.puback(7, True, 0.0) == (row(1, prio), False)
    assert delivery.due(t_s) == due


@pytest.mark.parametrize(
    ("receivers", "by", "leaves"), [(True, "x", [1]), (["desk"], "desk", [1]), (["desk"], "x", [])]
)
def test_whose_acknowledgement_counts(receivers: bool | list[str], by: str, leaves: list[int]) -> None:
    delivery = Delivery(receivers)
    delivery.sent(7, row(1))
    delivery.puback(7, True, 0.0)
    assert delivery.evack(["id1", "other"], by) == leaves
    assert delivery.due(100.0) == ([] if leaves else [1])


def test_an_acknowledgement_faster_than_the_broker_s() -> None:
    delivery = Delivery(True)
    delivery.alarm(1, 0.0)
    delivery.sent(7, row(1))
    assert delivery.evack(["id1"], "desk") == [1]
    assert delivery.room == WINDOW - 1
    assert delivery.puback(7, True, 1.0) is None
    assert delivery.room == WINDOW
    assert delivery.due(1000.0) == []
    assert delivery.overdue(1000.0) is None


def test_what_the_broker_refuses_stays_and_is_tried_again() -> None:
    delivery = Delivery(False)
    delivery.sent(7, row(1))
    assert delivery.puback(7, False, 0.0) == (row(1), False)
    assert delivery.due(10.0) == [1]


@pytest.mark.req("SM-3")
@pytest.mark.parametrize(("t_s", "overdue"), [(99.9, None), (100.0, 1)])
def test_an_alarm_without_acknowledgement_is_overdue_also_when_it_was_never_sent(
    t_s: float, overdue: int | None
) -> None:
    delivery = Delivery(True)
    delivery.alarm(1, 0.0)
    delivery.alarm(2, 50.0)
    assert delivery.overdue(t_s) == overdue
    delivery.reconnected()
    assert delivery.overdue(t_s) == overdue


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["send", "ack", "evack", "lose"])), max_size=120))
def test_the_window_holds_whatever_happens(steps: list[tuple[int, str]]) -> None:
    delivery, left = Delivery(True), set[int]()
    for number, what in steps:
        if what == "send" and delivery.room > 0 and delivery.wanted(row(number)) and number not in left:
            delivery.sent(number, row(number))
        elif what == "ack":
            delivery.puback(number, True, 0.0)
        elif what == "evack":
            leaving = delivery.evack([f"id{number}"], "desk")
            assert not left.intersection(leaving), "a row leaves once"
            left.update(leaving)
        elif what == "lose":
            delivery.reconnected()
        assert 0 <= delivery.room <= WINDOW
        assert not left.intersection(delivery.due(1e9))


@pytest.mark.req("PL-1")
def test_a_retained_value_goes_out_on_change_and_every_30_s_one_at_a_time() -> None:
    retained = Retained()
    retained.set("a", b"1")
    assert retained.due(0.0) == [("a", b"1")]
    retained.sent("a", 1, 0.0)
    retained.set("a", b"2")
    retained.set("a", b"3")
    assert retained.due(1.0) == []  # one is in flight
    retained.puback(1)
    assert retained.due(1.0) == [("a", b"3")]
    retained.sent("a", 2, 1.0)
    retained.puback(2)
    retained.set("a", b"3")
    assert retained.due(30.9) == []
    assert retained.due(31.0) == [("a", b"3")]
    retained.sent("a", 3, 31.0)
    retained.reconnected()
    assert retained.due(31.0) == [("a", b"3")]


def test_backoff_grows_with_full_jitter_up_to_its_cap() -> None:
    longest = Backoff(1.0, 60.0, uniform=lambda low, high: high)
    assert [longest.failed() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    longest.succeeded()
    assert longest.failed() == 1
    shortest = Backoff(1.0, 60.0, uniform=lambda low, high: low)
    assert [shortest.failed() for _ in range(3)] == [0, 0, 0]
    assert shortest.failed(refused=True) == 30
