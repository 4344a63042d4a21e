"""Contacts: polarity, edges, the hand-over between threads, healing of lost edges, and a line that cannot be read."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.clock import ManualClock, SystemClock
from edge.core.errors import DeviceError
from edge.core.messages import Message, Reading
from edge.hw.contact import REPEAT_S, Contact, ContactOptions, contact_worker
from tests.hw.support import Inbox, eventually, running, sim_pins

PIN = 5
LEVELS = [  # normally, pull, level, asserted
    ("open", "up", "high", False),
    ("open", "up", "low", True),
    ("closed", "up", "low", False),
    ("closed", "up", "high", True),  # fire, or a cut wire: the same thing
    ("open", "down", "low", False),
    ("open", "down", "high", True),
    ("closed", "down", "high", False),
    ("closed", "down", "low", True),
    ("open", "none", "high", False),
    ("closed", "none", "high", True),
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def pins(clock: ManualClock) -> Iterator[Any]:
    factory = sim_pins(clock)
    yield factory
    factory.close()


def contact(pins: Any, post: Any, clock: Any, normally: Any = "closed", pull: Any = "up") -> Contact:
    return Contact("fire", ContactOptions(pin=PIN, normally=normally, pull=pull), pins, post, clock)


@pytest.mark.parametrize(("normally", "pull", "level", "asserted"), LEVELS)
def test_polarity(pins: Any, clock: ManualClock, normally: str, pull: str, level: Any, asserted: bool) -> None:
    subject = contact(pins, Inbox(), clock, normally, pull)
    pins.drive(PIN, level)
    assert subject.read() is asserted


@pytest.mark.req("EL-5")
def test_a_cut_wire_of_a_normally_closed_input_is_an_alarm(pins: Any, clock: ManualClock) -> None:
    inbox = Inbox()
    subject = contact(pins, inbox, clock)
    pins.drive(PIN, "low")  # the loop is closed
    assert subject.read() is False
    pins.drive(PIN, "high")  # the wire is cut: only the pull-up is left
    assert inbox.readings("fire")[-1] == Reading("fire", True, clock.now())


def test_every_edge_is_posted_bounce_included(pins: Any, clock: ManualClock) -> None:
    inbox = Inbox()
    contact(pins, inbox, clock)
    for _ in range(5):
        pins.drive(PIN, "low")
        pins.drive(PIN, "high")
    assert inbox.values("fire") == [False, True] * 5


def test_callbacks_come_from_another_thread_and_only_enqueue(pins: Any) -> None:
    """The library's thread puts frozen messages into the inbox; the owner takes them in order."""
    queue: SimpleQueue[Message] = SimpleQueue()
    posted_by: list[str] = []

    def post(message: Message) -> None:
        posted_by.append(threading.current_thread().name)
        queue.put(message)

    contact(pins, post, SystemClock())
    world = threading.Thread(
        name="library", target=lambda: [pins.drive(PIN, level) for _ in range(200) for level in ("low", "high")]
    )
    world.start()
    world.join(10)
    taken = [queue.get_nowait() for _ in range(400)]
    assert queue.empty()
    assert set(posted_by) == {"library"}
    assert [message.value for message in taken if isinstance(message, Reading)] == [False, True] * 200
    times = [message.at for message in taken if isinstance(message, Reading)]
    assert all(a <= b for a, b in itertools.pairwise(times))


def test_edges_and_polls_at_once_end_with_the_truth(pins: Any) -> None:
    inbox = Inbox()
    subject = contact(pins, inbox, SystemClock())
    done = threading.Event()

    def poll() -> None:
        while not done.is_set():
            subject.poll()

    poller = threading.Thread(target=poll)
    poller.start()
    for _ in range(300):
        pins.drive(PIN, "low")
        pins.drive(PIN, "high")
    pins.drive(PIN, "low")
    assert eventually(lambda: inbox.values("fire")[-1] is False)
    done.set()
    poller.join(5)
    assert inbox.values("fire")[-1] is False


def test_a_poll_heals_a_lost_edge(pins: Any, clock: ManualClock) -> None:
    inbox = Inbox()
    subject = contact(pins, inbox, clock)
    subject.poll()
    pins.pin(PIN).when_changed = None  # the kernel's queue overflowed: no callback any more
    pins.drive(PIN, "low")
    assert inbox.values("fire") == [True]
    subject.poll()
    assert inbox.values("fire") == [True, False]


def test_a_poll_posts_on_difference_or_once_a_second(pins: Any, clock: ManualClock) -> None:
    inbox = Inbox()
    subject = contact(pins, inbox, clock)
    for _ in range(41):  # 2.05 s
        subject.poll()
        clock.advance(0.05)
    assert 2 <= len(inbox.messages) <= 3
    assert [reading.at for reading in inbox.readings("fire")][1] - inbox.readings("fire")[0].at >= REPEAT_S - 1e-6


@pytest.mark.req("EL-5")
def test_a_line_that_cannot_be_read_is_unknown_with_a_reason(pins: Any, clock: ManualClock) -> None:
    inbox = Inbox()
    subject = contact(pins, inbox, clock)
    subject.poll()

    def broken() -> bool:
        raise OSError("I/O error")

    pins.pin(PIN)._get_state = broken
    subject.poll()
    last = inbox.readings("fire")[-1]
    assert last.value is None
    assert "I/O error" in str(last.fault)
    del pins.pin(PIN)._get_state
    subject.poll()
    assert inbox.values("fire")[-1] is True


def test_a_pin_used_twice_is_refused(pins: Any, clock: ManualClock) -> None:
    first = contact(pins, Inbox(), clock)
    with pytest.raises(DeviceError, match=r"fire \(GPIO 5\).*already in use.*gpioinfo"):
        contact(pins, Inbox(), clock)
    first.close()
    contact(pins, Inbox(), clock).close()


def test_the_worker_polls_all(pins: Any) -> None:
    inbox, clock = Inbox(), SystemClock()
    subject = contact(pins, inbox, clock)
    other = Contact("door", ContactOptions(pin=6, normally="open"), pins, inbox, clock)
    with running([contact_worker([subject, other])], clock):
        assert eventually(lambda: inbox.values("fire") and inbox.values("door"))
    assert inbox.values("fire")[-1] is True
    assert inbox.values("door")[-1] is False


@given(st.lists(st.sampled_from(["high", "low", "poll", "lost high", "lost low", "time"]), max_size=40))
def test_after_a_poll_the_last_reading_is_the_truth(script: list[str]) -> None:
    clock = ManualClock()
    pins = sim_pins(clock)
    inbox = Inbox()
    subject = contact(pins, inbox, clock)
    mock = pins.pin(PIN)
    for act in script:
        if act == "poll":
            subject.poll()
            assert inbox.values("fire")[-1] is bool(mock.state)
        elif act == "time":
            clock.advance(0.3)
        elif act.startswith("lost"):
            mock._state = act.endswith("high")
        else:
            pins.drive(PIN, act)
    subject.poll()
    assert inbox.values("fire")[-1] is bool(mock.state)
    pins.close()
