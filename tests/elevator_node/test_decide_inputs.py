"""The rules of the lift door, as told by its contacts and by people: fire, inspection, door, key, command."""

from __future__ import annotations

import pytest

from tests.elevator_node.lift import ALL_INPUTS, Lift, bike


@pytest.mark.req("EL-5")
@pytest.mark.parametrize("name", ["fire", "inspection"])
@pytest.mark.parametrize("value", [True, None])
def test_fire_and_inspection_and_their_loss_beat_a_hold_at_once(name: str, value: bool | None) -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    assert lift.wanted.hold
    lift.input(name, value, None if value else "read failed: chip gone")
    assert not lift.wanted.hold
    assert "hold.yielded" in lift.kinds
    lift.frames(5.0, bike())
    assert not lift.wanted.hold
    lift.input(name, False)
    lift.frames(0.8, bike())
    assert not lift.wanted.hold, "must read normal for input_settle_s first"
    lift.frames(0.6, bike())
    assert lift.wanted.hold


@pytest.mark.req("EL-5")
def test_nothing_holds_before_the_fire_input_was_read() -> None:
    lift = Lift(ready=False)
    lift.frames(2.0, bike())
    assert not lift.wanted.hold
    assert lift.kinds == ["ebike.detected"]
    assert lift.events[0].data["frame_to_hold_ms"] is None


@pytest.mark.req("EL-5")
def test_a_chattering_fire_contact_never_allows_a_hold_between() -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    for _ in range(20):
        lift.input("fire", True)
        assert not lift.wanted.hold
        lift.frame(bike())
        lift.input("fire", False)
        lift.frame(bike())
        assert not lift.wanted.hold


@pytest.mark.req("EL-7")
def test_no_fresh_frame_frees_the_door_and_keeps_the_visit() -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    lift.tick(1.9)
    assert lift.wanted.hold
    lift.tick(0.3)
    assert not lift.wanted.hold
    lift.frame(bike())
    assert lift.wanted.hold
    assert lift.kinds == ["ebike.detected"]


@pytest.mark.req("EL-10")
def test_staff_release_by_command_is_kept_as_hard_negative() -> None:
    lift = Lift()
    assert lift.command("release").reason == "no hold to release"
    lift.frames(1.0, bike())
    assert lift.command("release", label="pram").status == "done"
    assert not lift.wanted.hold
    assert lift.wanted.say is None
    released = lift.events[-1]
    assert (released.cls, released.data["hard_negative"], released.data["by"]) == ("audit", "pram", "duty-desk")
    assert released.picture
    assert lift.state.releases == {"pram": 1}
    lift.frames(5.0, bike())
    assert not lift.wanted.hold
    assert lift.command("release", label="pram").status == "rejected"
    lift.frames(4.0)
    lift.frames(1.0, bike())
    assert lift.wanted.hold


BAD_COMMANDS: list[tuple[str, str, dict[str, object], str]] = [
    ("door", "open", {}, "unknown command door/open"),
    ("car", "release", {}, "unknown command car/release"),
    ("door", "release", {"label": "../../etc"}, "label must be"),
    ("door", "release", {"label": 7}, "label must be"),
    ("door", "release", {"label": "x" * 40}, "label must be"),
]


@pytest.mark.parametrize(("component", "verb", "args", "reason"), BAD_COMMANDS)
def test_a_malformed_command_is_rejected_and_moves_nothing(
    component: str, verb: str, args: dict[str, object], reason: str
) -> None:
    lift = Lift()
    lift.frames(1.0, bike())
    reply = lift.command(verb, component, **args)
    assert reply.status == "rejected"
    assert reason in reply.reason
    assert lift.wanted.hold


@pytest.mark.req("EL-10")
def test_the_key_switch_releases_and_keeps_released() -> None:
    lift = Lift(wired=ALL_INPUTS)
    lift.frames(1.0, bike())
    lift.input("release_key", True)
    assert not lift.wanted.hold
    assert lift.events[-1].data["how"] == "key"
    lift.input("release_key", False)
    lift.frames(3.0, bike())
    assert not lift.wanted.hold


@pytest.mark.req("EL-11")
def test_no_hold_starts_on_a_closed_door() -> None:
    lift = Lift(wired=ALL_INPUTS)
    lift.input("door_open", False)
    lift.frames(2.0, bike())
    assert not lift.wanted.hold
    lift.input("door_open", True)
    lift.frames(1.4, bike())
    assert lift.wanted.hold


@pytest.mark.req("EL-11")
def test_a_door_that_closes_although_held_is_a_fault() -> None:
    lift = Lift(wired=ALL_INPUTS)
    lift.frames(1.0, bike())
    lift.input("door_open", False)
    lift.frames(2.8, bike())
    assert lift.wanted.hold
    lift.frames(0.6, bike())
    assert not lift.wanted.hold
    assert lift.events[-1].kind == "elevator.door.fault"
    assert lift.events[-1].data["fault"] == "hold commanded, door closed"
    lift.input("door_open", True)
    lift.frames(1.4, bike())
    assert lift.kinds[-1] == "door.recovered"
    assert lift.wanted.hold
