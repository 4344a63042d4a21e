"""Safety rules stated once, against any order and timing of messages."""

from __future__ import annotations

import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from edge.core.messages import Detection, Event, Resumed, Sighting
from elevator_node.rules import HoldOptions
from tests.elevator_node.lift import ALL_INPUTS, FRAME_S, WHERE, Lift

HOLD = HoldOptions(hold_max_s=20, staff_call_s=10, clear_s=1.0, voice_repeat_s=3)
STEP_S = 0.1
NEVER = -math.inf
CREDIBLE = 0.4


class LiftDoor(RuleBasedStateMachine):
    """Whatever happens, in whatever order. What the door may do is judged by this machine's own memory of it."""

    def __init__(self) -> None:
        super().__init__()
        self.hold, self.lift = HOLD, Lift(HOLD, wired=ALL_INPUTS, ready=False)
        self.inputs: dict[str, bool | None] = dict.fromkeys(ALL_INPUTS)
        self.read_at: dict[str, float] = dict.fromkeys(ALL_INPUTS, math.inf)  # since when an input reads as it does
        self.answered_at = NEVER  # capture time of the newest frame that the model answered
        self.answered_no = 0  # its number
        self.held_from = math.inf  # first hold of the bike that is aboard, interruptions included
        self.clear_from = math.inf  # first of an unbroken run of frames that show a clear car
        self.open: str | None = None
        self.given_up = False  # the bike that is aboard was let ride, by time or by staff
        self.raised: list[str] = []

    # ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────
    @initialize(clear_s=st.sampled_from([0.2, 1.0]), relay_tells=st.booleans())
    def a_lift(self, clear_s: float, relay_tells: bool) -> None:
        self.hold = HOLD.model_copy(update={"clear_s": clear_s})
        self.lift = Lift(self.hold, wired=ALL_INPUTS, ready=False)
        self.lift.relay_tells = relay_tells

    @precondition(lambda self: self.lift.frame_no == 0 and self.open is None)
    @rule(age_s=st.sampled_from([None, 5.0, 19.0, 300.0]))
    def an_earlier_run_left_a_visit(self, age_s: float | None) -> None:
        self.open = "old-1"
        self.raised.append(self.open)
        self.held_from = self.lift.now - (age_s if age_s is not None else math.inf)
        self.judge(self.lift.send(Resumed("old-1", {"label": "ebike", "confidence": 0.9}, age_s)))

    @rule(name=st.sampled_from(sorted(ALL_INPUTS)), value=st.sampled_from([True, False, False, None]))
    def contact(self, name: str, value: bool | None) -> None:
        if self.inputs[name] is not value:
            self.inputs[name], self.read_at[name] = value, self.lift.now
            self.given_up |= bool(name == "release_key" and value and self.open)
        self.judge(self.lift.input(name, value, None if value is not None else "wire"))

    @precondition(lambda self: self.lift.wanted.hold)
    @rule(name=st.sampled_from(["fire", "inspection", "release_key"]), known=st.booleans())
    def a_contact_leaves_its_rest_under_a_hold(self, name: str, known: bool) -> None:
        self.contact(name, True if known else None)

    @rule(key=st.booleans())
    def everything_normal(self, key: bool) -> None:
        """All contacts at rest but perhaps the key; the car gets clear, then a bike comes."""
        for name in sorted(ALL_INPUTS):
            self.contact(name, name == "door_open" or (key and name == "release_key"))
        self.frames(0.0, 12)
        self.frames(0.95, 8)

    @rule(score=st.sampled_from([0.0, 0.3, 0.55, 0.8, 0.99]), count=st.integers(1, 30), veto=st.booleans())
    def frames(self, score: float, count: int, veto: bool = False) -> None:
        other = (Detection("bicycle", 0.995, WHERE),) if veto else ()
        seen, shows_bike = (Detection("ebike", score, WHERE), *other), score >= CREDIBLE and not veto
        for _ in range(count):
            self.look(FRAME_S, 0.0, seen, shows_bike=shows_bike)

    @rule(count=st.integers(60, 110))
    def a_bike_that_stays(self, count: int) -> None:
        self.frames(0.95, count)

    @rule(score=st.sampled_from([0.0, 0.99]), took_s=st.floats(0.1, 4.0))
    def a_slow_look(self, score: float, took_s: float) -> None:
        """The model answers late: the frame is as old as the inference was long."""
        self.look(FRAME_S, took_s, (Detection("ebike", score, WHERE),), shows_bike=score >= CREDIBLE)

    @rule(fault=st.sampled_from(["covered", "dark"]), count=st.integers(1, 20))
    def nothing_to_see(self, fault: str, count: int) -> None:
        """New frames that were looked at and show nothing."""
        for _ in range(count):
            self.look(FRAME_S, 0.0, None, fault)

    @rule(fault=st.sampled_from(["lost", "frozen", "unreadable", None]), new=st.booleans(), count=st.integers(1, 20))
    def no_answer(self, fault: str | None, new: bool, count: int) -> None:
        """No frame, always the same frame, or a frame to which the model had no answer."""
        for _ in range(count):
            self.pass_time(FRAME_S)
            self.lift.frame_no += new
            self.clear_from = math.inf
            self.judge(self.lift.send(Sighting(self.lift.now, self.lift.frame_no, None, self.lift.now, fault)))

    @rule(score=st.sampled_from([0.0, 0.99]), count=st.integers(1, 20))
    def the_same_frame_again(self, score: float, count: int) -> None:
        """The frame that was answered last; one without an answer would be a new one to the door."""
        seen = (Detection("ebike", score, WHERE),)
        for _ in range(count):
            self.pass_time(FRAME_S)
            self.clear_from = math.inf
            self.judge(self.lift.send(Sighting(self.lift.now, self.answered_no, seen, self.lift.now)))

    @rule(seconds=st.floats(0.1, 30))
    def silence(self, seconds: float) -> None:
        self.pass_time(seconds)

    @rule(label=st.sampled_from(["pram", "NOT A LABEL", ""]))
    def release(self, label: str) -> None:
        before = len(self.lift.events)
        self.given_up |= self.lift.command("release", label=label).status == "done"
        self.judge(self.lift.events[before:])

    # ── how it is told to the lift ────────────────────────────────────────────────────────────────────────────────
    def pass_time(self, seconds: float) -> None:
        for _ in range(max(1, round(seconds / STEP_S))):
            before = len(self.lift.events)
            self.lift.tick(STEP_S, STEP_S)
            self.judge(self.lift.events[before:])

    def look(
        self,
        wait_s: float,
        took_s: float,
        seen: tuple[Detection, ...] | None,
        fault: str | None = None,
        shows_bike: bool = False,
    ) -> None:
        """One new frame after `wait_s`, told `took_s` later."""
        self.pass_time(wait_s)
        frame_at = self.lift.now
        if took_s:
            self.pass_time(took_s)
        if seen is None or shows_bike:
            self.clear_from = math.inf
        elif self.clear_from == math.inf or frame_at - self.answered_at > HOLD.fresh_s:
            self.clear_from = frame_at
        self.answered_at = frame_at
        self.lift.frame_no += 1
        self.answered_no = self.lift.frame_no
        known_clear = seen is not None and not shows_bike
        sight = Sighting(frame_at, self.lift.frame_no, seen, self.lift.now, fault)
        self.judge(self.lift.send(sight), clear_s=frame_at - self.clear_from if known_clear else None)

    # ── what must be true ─────────────────────────────────────────────────────────────────────────────────────────
    def judge(self, events: list[Event], clear_s: float | None = None) -> None:
        """Every step's events and outputs. `clear_s`: for how long the car has been seen clear, where it is now."""
        for event in events:
            if event.opens:
                assert self.open is None, "a visit was raised while another is open"
                assert event.opens not in self.raised, "a visit was raised twice"
                self.open = event.opens
                self.raised.append(event.opens)
            if event.closes:
                assert event.closes == self.open, "cleared a visit that is not open"
                assert event.data["visit"] == event.closes
                assert clear_s is not None, "only a frame that shows a clear car may clear"
                assert clear_s >= self.hold.clear_s - 1e-6, "cleared before the car was seen clear for long enough"
                self.open, self.held_from, self.given_up = None, math.inf, False
            self.given_up |= event.kind == "elevator.ebike.released"
        if self.lift.wanted.hold:
            self.held_from = min(self.held_from, self.lift.now)
        elif self.open is None:
            self.held_from = math.inf
        self.no_wrong_hold()

    @invariant()
    def no_wrong_hold(self) -> None:
        if not self.lift.wanted.hold:
            return
        now = self.lift.now
        for name in ("fire", "inspection"):
            assert self.inputs[name] is False, f"held although {name} is asserted or unknown"
            assert now - self.read_at[name] >= HOLD.input_settle_s - 1e-6, f"held too soon after {name} was not normal"
        assert not self.inputs["release_key"], "held against the key switch"
        assert not self.given_up, "held again although the bike that is aboard was let ride"
        assert now - self.answered_at <= HOLD.fresh_s + 1e-6, "held without a fresh frame and inference"
        assert now - self.held_from <= HOLD.hold_max_s + 1e-6, "held longer than the maximum"

    def teardown(self) -> None:
        """Whatever went before: a car that stays clear ends the visit, once."""
        self.frames(0.0, 12)
        assert self.open is None, "a raised visit was never cleared"
        closed = [event.closes for event in self.lift.events if event.closes]
        assert closed == self.raised, "each raised visit is cleared exactly once, in order"
        assert not self.lift.wanted.hold


LiftDoor.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestLiftDoor = LiftDoor.TestCase
