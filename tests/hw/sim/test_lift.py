"""The simulated door: it opens, dwells, closes; the hold line keeps it open or opens it again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.clock import SystemClock
from edge.hw.contact import Contact, ContactOptions, contact_worker
from edge.hw.gpio import pin_workers
from edge.hw.relay import RelayOptions, open_relay
from edge.hw.sim.lift import Door
from tests.hw.support import Inbox, eventually, running, sim_pins

STEP_S, DWELL_S, TRAVEL_S = 0.1, 4.0, 2.0


def play(seconds: float, door: Door, held: bool = False, called: bool = False) -> Door:
    for _ in range(round(seconds / STEP_S)):
        door = door.step(held, called, STEP_S, DWELL_S, TRAVEL_S)
    return door


def test_it_opens_dwells_and_closes_by_itself() -> None:
    door = play(1.9, Door())
    assert not door.is_open
    door = play(0.2, door)
    assert door.is_open
    door = play(3.7, door)
    assert door.is_open
    door = play(0.5, door)
    assert not door.is_open
    door = play(2.0, door)
    assert (door.position, door.moving) == (0.0, "still")
    assert play(5.0, door) == door


def test_a_held_door_stays_open_and_dwells_again_when_freed() -> None:
    door = play(60.0, Door(), held=True)
    assert door.is_open
    door = play(3.8, door)
    assert door.is_open
    assert not play(0.4, door).is_open


def test_holding_opens_a_closing_door_again() -> None:
    door = play(2.1 + 4.0 + 0.8, Door())
    assert door.moving == "closing"
    assert play(1.0, door, held=True).is_open


def test_a_call_opens_a_closed_door() -> None:
    door = play(10.0, Door())
    assert not door.is_open
    door = door.step(False, True, STEP_S, DWELL_S, TRAVEL_S)
    assert play(2.0, door).is_open


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 10)), max_size=50))
def test_the_door_stays_within_its_frame_and_a_held_open_door_never_closes(
    script: list[tuple[bool, bool, float]],
) -> None:
    door = Door()
    for held, called, dt_s in script:
        before = door
        door = door.step(held, called, dt_s, DWELL_S, TRAVEL_S)
        assert 0.0 <= door.position <= 1.0
        assert not (held and before.is_open and not door.is_open)
        assert not (held and door.position < before.position)


@pytest.mark.req("EL-11")
@pytest.mark.parametrize(("level", "pull"), [("low", "up"), ("high", "down")])
def test_relay_door_and_contact_play_together(level: Any, pull: Any) -> None:
    clock, inbox = SystemClock(), Inbox()
    lift = {"hold_pin": 17, "door_pin": 6, "dwell_s": 0.2, "travel_s": 0.1, "call_pin": 7, "door_open_level": level}
    pins = sim_pins(clock, lift=lift)
    relay = open_relay("hold", RelayOptions(driver="gpio", pin=17), pins, clock)
    contact = Contact("door_open", ContactOptions(pin=6, normally="open", pull=pull), pins, inbox, clock)
    with running([*pin_workers(pins), contact_worker([contact])], clock):
        assert eventually(contact.read)  # it opens at the start
        relay.set(True)
        assert not eventually(lambda: not contact.read(), 0.5)  # held for longer than it dwells
        relay.set(False)
        assert eventually(lambda: not contact.read())  # it closes by itself
        pins.drive(7, "high")  # a call
        assert eventually(contact.read)
    values = inbox.values("door_open")
    assert [value for n, value in enumerate(values) if n == 0 or value != values[n - 1]][-3:] == [True, False, True]
    relay.close()
    pins.close()
