"""Safety rules stated once, against any order and timing of messages."""

from __future__ import annotations

import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edge.core.messages import Detection, Event
from elevator_node.rules import HoldOptions
from tests.elevator_node.lift import ALL_INPUTS, WHERE, Lift

HOLD = HoldOptions(hold_max_s=20, staff_call_s=10, clear_s=1.0, voice_repeat_s=3)
STEP_S = 0.1


class LiftDoor(RuleBasedStateMachine):
    """Whatever happens, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.lift = Lift(HOLD, wired=ALL_INPUTS, ready=False)
        self.inputs: dict[str, bool | None] = dict.fromkeys(ALL_INPUTS)
        self.hold_since = math.inf
        self.seen_at = -math.inf
        self.open: str | None = None
        self.raised: list[str] = []
        self.unknown_since_bike = False

    def after(self, events: list[Event], *, clear_frame: bool) -> None:
        for event in events:
            visit = event.data.get("visit")
            if event.opens:
                assert self.open is None, "a visit was raised while another is open"
                assert event.opens not in self.raised, "a visit was raised twice"
                self.open = event.opens
                self.raised.append(event.opens)
            if event.closes:
                assert event.closes == self.open, "cleared a visit that is not open"
                assert visit == event.closes
                assert clear_frame, "only a frame that shows a clear car may clear"
                self.open = None
        if not self.lift.wanted.hold:
            self.hold_since = math.inf
        elif self.hold_since == math.inf:
            self.hold_since = self.lift.now

    @rule(name=st.sampled_from(sorted(ALL_INPUTS)), value=st.sampled_from([True, False, False, None]))
    def contact(self, name: str, value: bool | None) -> None:
        self.inputs[name] = value
        self.after(self.lift.input(name, value, None if value is not None else "wire"), clear_frame=False)

    @rule()
    def everything_normal(self) -> None:
        for name in ALL_INPUTS:
            self.contact(name, name == "door_open")
        self.frames(0.95, 8)

    @rule(score=st.sampled_from([0.0, 0.3, 0.55, 0.8, 0.99]), count=st.integers(1, 30), veto=st.booleans())
    def frames(self, score: float, count: int, veto: bool = False) -> None:
        for _ in range(count):
            self.seen_at = self.lift.now + 0.2
            other = (Detection("bicycle", 0.995, WHERE),) if veto else ()
            events = self.lift.frame(Detection("ebike", score, WHERE), *other)
            self.after(events, clear_frame=score < 0.5 or veto)
            self.check()

    @rule(fault=st.sampled_from(["lost", "frozen", "covered", "dark"]), count=st.integers(1, 20))
    def blind(self, fault: str, count: int) -> None:
        for _ in range(count):
            if fault in ("covered", "dark"):
                self.seen_at = self.lift.now + 0.2
            self.after(self.lift.frame(fault=fault), clear_frame=False)
            self.check()

    @rule(seconds=st.floats(0.1, 30))
    def silence(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            before = len(self.lift.events)
            self.lift.tick(STEP_S, STEP_S)
            self.after(self.lift.events[before:], clear_frame=False)
            self.check()

    @rule(label=st.sampled_from(["pram", "NOT A LABEL", ""]))
    def release(self, label: str) -> None:
        before = len(self.lift.events)
        self.lift.command("release", label=label)
        self.after(self.lift.events[before:], clear_frame=False)

    def teardown(self) -> None:
        """Whatever went before: a car that stays clear ends the visit, once."""
        self.frames(0.0, 12)
        assert self.open is None, "a raised visit was never cleared"
        closed = [event.closes for event in self.lift.events if event.closes]
        assert closed == self.raised, "each raised visit is cleared exactly once, in order"
        assert not self.lift.wanted.hold

    @invariant()
    def check(self) -> None:
        if not self.lift.wanted.hold:
            return
        assert self.inputs["fire"] is False, "held although fire is asserted or unknown"
        assert self.inputs["inspection"] is False, "held although inspection is asserted or unknown"
        assert not self.inputs["release_key"], "held against the key switch"
        assert self.lift.now - self.seen_at <= HOLD.fresh_s + STEP_S, "held without a fresh frame"
        assert self.lift.now - self.hold_since <= HOLD.hold_max_s + STEP_S, "held longer than the maximum"


LiftDoor.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestLiftDoor = LiftDoor.TestCase
