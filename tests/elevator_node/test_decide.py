"""The rules of the lift door as stories: what happens, what the door does, what staff hear."""

from __future__ import annotations

import pytest

from edge.core.messages import Applied, Detection, Reading, Resumed, Sighting
from elevator_node.rules import ClassOptions, HoldOptions
from tests.elevator_node.lift import WHERE, Lift, bike


@pytest.mark.req("EL-2", "EL-13")
def test_the_first_credible_frame_holds_and_k_of_n_raise_one_event() -> None:
    lift = Lift()
    lift.frame(bike(0.45))
    assert lift.wanted.hold
    assert lift.wanted.attention
    assert lift.kinds == []
    lift.frame(bike(0.9))
    assert lift.kinds == []
    lift.frame(bike(0.9))
    assert lift.kinds == ["ebike.detected"]
    event = lift.events[0]
    assert event.picture
    assert event.opens == event.data["visit"]
    assert event.data["frame_to_hold_ms"] == 0.0
    assert (event.severity, event.prio) == ("alarm", 0)


@pytest.mark.req("EL-2")
def test_a_flicker_is_let_go_without_a_word_and_not_held_again_at_once() -> None:
    lift = Lift()
    lift.frame(bike(0.45))
    lift.frames(2.2)
    assert not lift.wanted.hold
    lift.frame(bike(0.45))
    assert not lift.wanted.hold
    lift.frames(4.0)
    lift.frame(bike(0.45))
    assert lift.wanted.hold
    assert lift.kinds == []


CONFIRM = [  # k, n, scores of the frames, a visit?
    (2, 3, (0.9, 0.9), True),
    (2, 3, (0.9, 0.1, 0.9), True),
    (2, 3, (0.9, 0.1, 0.1, 0.9), False),
    (3, 3, (0.9, 0.9), False),
    (1, 1, (0.9,), True),
    (2, 2, (0.49, 0.49, 0.49), False),
    (2, 2, (0.5, 0.5), True),
]


@pytest.mark.req("EL-2")
@pytest.mark.parametrize(("k", "n", "scores", "visit"), CONFIRM)
def test_k_of_n(k: int, n: int, scores: tuple[float, ...], visit: bool) -> None:
    lift = Lift(HoldOptions(confirm_frames=k, of_frames=n))
    for score in scores:
        lift.frame(bike(score))
    assert ("ebike.detected" in lift.kinds) == visit


@pytest.mark.req("EL-3", "EL-4")
def test_a_whole_visit() -> None:
    lift = Lift()
    lift.frames(12.0, bike())
    assert lift.wanted.say is not None
    assert (lift.wanted.say.prompt, lift.wanted.say.turn) == ("leave", 1)
    lift.frames(2.8)
    assert lift.wanted.hold
    assert lift.wanted.say is None
    lift.frames(0.6)
    assert not lift.wanted.hold
    assert lift.kinds == ["ebike.detected", "ebike.cleared"]
    cleared = lift.events[1]
    assert cleared.closes == lift.events[0].opens
    assert cleared.data["duration_s"] == pytest.approx(15.0, abs=0.5)


@pytest.mark.req("EL-4")
def test_a_visit_that_is_over_before_it_was_told_is_told_and_then_cleared() -> None:
    lift = Lift(HoldOptions(clear_s=0.2))
    lift.relay_tells = False  # the raised event waits for the relay's word
    lift.frames(0.4, bike())
    lift.frames(0.4)
    assert lift.kinds == ["ebike.detected", "ebike.cleared"]


@pytest.mark.req("EL-6")
def test_the_ladder_of_a_long_hold() -> None:
    lift = Lift()
    lift.frames(44.0, bike())
    assert lift.kinds == ["ebike.detected"]
    lift.frames(2.0, bike())
    assert lift.kinds[-1] == "ebike.staff_needed"
    assert lift.wanted.say is not None
    assert lift.wanted.say.prompt == "staff"
    lift.frames(45.0, bike())
    assert lift.kinds[-1] == "ebike.released"
    assert lift.events[-1].severity == "critical"
    assert lift.events[-1].data["reason"] == "released with bike aboard"
    assert not lift.wanted.hold
    lift.frames(100.0, bike())
    assert not lift.wanted.hold, "not re-armed before the car was clear"
    lift.frames(4.0)
    assert lift.kinds == ["ebike.detected", "ebike.staff_needed", "ebike.released", "ebike.cleared"]
    lift.frames(1.0, bike())
    assert lift.wanted.hold


@pytest.mark.req("EL-7")
def test_the_same_frame_again_is_not_fresh() -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    for _ in range(30):
        lift.now += 0.1
        lift.send(Sighting(lift.now, lift.frame_no, (bike(),), lift.now))
    assert not lift.wanted.hold


@pytest.mark.req("EL-7")
@pytest.mark.parametrize("fault", ["unreadable", "moved", None])
def test_frames_that_the_model_does_not_answer_cannot_hold(fault: str | None) -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    for _ in range(11):
        lift.now += 0.2
        lift.frame_no += 1
        lift.send(Sighting(lift.now, lift.frame_no, None, lift.now, fault))
    assert not lift.wanted.hold
    lift.frames(1.0, bike())
    assert lift.wanted.hold
    assert "ebike.cleared" not in lift.kinds


@pytest.mark.req("EL-9", "EL-6")
def test_a_camera_covered_during_a_visit_keeps_it_alive_up_to_the_maximum() -> None:
    lift = Lift()
    lift.frames(2.0, bike())
    lift.frames(30.0, fault="covered")
    assert lift.wanted.hold
    assert lift.kinds == ["ebike.detected", "camera.fault"]
    assert lift.events[1].severity == "alarm"
    lift.frames(60.0, fault="covered")
    assert not lift.wanted.hold
    assert lift.kinds[-1] == "ebike.released"


@pytest.mark.req("EL-9")
@pytest.mark.parametrize("fault", ["lost", "frozen"])
def test_a_camera_that_shows_nothing_new_cannot_hold(fault: str) -> None:
    lift = Lift()
    lift.frames(2.0, bike())
    lift.frames(2.4, fault=fault)
    assert not lift.wanted.hold
    lift.frames(10.0)
    assert lift.kinds == ["ebike.detected", "camera.fault", "camera.recovered", "ebike.cleared"]


def test_unknown_frames_break_a_run_of_clear_ones() -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    for _ in range(10):
        lift.frames(2.0)
        lift.frame(fault="covered")
    assert "ebike.cleared" not in lift.kinds


VETO = [  # what else is seen, does the bike hold?
    (Detection("bicycle", 0.97, WHERE), False),
    (Detection("bicycle", 0.90, WHERE), True),
    (Detection("wheelchair", 0.99, (0.8, 0.3, 1.0, 0.9)), True),
    (Detection("wheelchair", 0.99, (0.2, 0.3, 0.6, 0.9)), False),
    (Detection("person", 0.99, WHERE), True),
]


@pytest.mark.req("EL-1")
@pytest.mark.parametrize(("other", "holds"), VETO)
def test_a_veto_class_explains_a_bike_away_only_in_its_own_place(other: Detection, holds: bool) -> None:
    lift = Lift()
    lift.frame(bike(0.95), other)
    assert lift.wanted.hold == holds


@pytest.mark.req("EL-1")
def test_a_warning_class_warns_once_a_minute_and_never_holds() -> None:
    lift = Lift(classes=ClassOptions(warning={"trolley": 0.5}))
    lift.frames(30.0, Detection("trolley", 0.8, WHERE))
    assert lift.kinds == ["warning.seen"]
    assert not lift.wanted.hold


def test_a_relay_that_cannot_be_driven_is_a_critical_fault_during_a_visit() -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    lift.send(Applied("hold", True, lift.now, fault="GPIO17: not driven"))
    assert lift.events[-1].kind == "elevator.relay.fault"
    assert lift.events[-1].severity == "critical"


def test_a_speaker_fault_is_told_and_recovers() -> None:
    lift = Lift()
    lift.send(Reading("speaker", None, lift.now, "aplay is not installed"))
    lift.send(Reading("speaker", True, lift.now))
    assert lift.kinds == ["speaker.fault", "speaker.recovered"]


def test_a_resumed_visit_goes_on_counting_its_hold_and_is_cleared_once() -> None:
    lift = Lift()
    lift.send(Resumed("old-1", {"label": "ebike", "confidence": 0.9}, age_s=60.0))
    lift.frames(20.0, bike())
    assert lift.wanted.hold
    assert "ebike.detected" not in lift.kinds
    lift.frames(12.0, bike())
    assert not lift.wanted.hold
    assert "ebike.released" in lift.kinds
    lift.frames(4.0)
    assert lift.kinds.count("ebike.cleared") == 1
    assert lift.events[-1].closes == "old-1"


def test_a_visit_of_another_boot_holds_no_more_but_is_cleared() -> None:
    lift = Lift()
    lift.send(Resumed("old-1", {}, age_s=None))
    lift.frames(5.0, bike())
    assert not lift.wanted.hold
    lift.frames(4.0)
    assert lift.kinds == ["ebike.cleared"]
