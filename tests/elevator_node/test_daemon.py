"""The real daemon, broker and model on our own clip: what the property office gets, and every kind of bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from edge.wire.broker import LocalBroker
from tests.elevator_node.process import CLIP, HOLD_PIN, Elevator, bike_frames, empty_frames, wait_for
from tests.listener import Listener

BASE = "community/1/test/elevator-demo"
QUICK = {"hold": {"confirm_frames": 2, "of_frames": 5, "clear_s": 1.0, "input_settle_s": 0.1}}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    with LocalBroker(tmp_path / "broker", persistence=True) as it:
        yield it


@pytest.mark.req("EL-2", "EL-4", "EL-8", "EL-13", "PL-1")
def test_a_visit_from_the_frame_to_the_property_office(tmp_path: Path, broker: LocalBroker) -> None:
    frames = [*empty_frames()[:1] * 10, *bike_frames(), *empty_frames()[:1] * 30]
    lift = Elevator(tmp_path / "lift", broker.port, frames, loop=False, changes=QUICK)
    with Listener(broker.port) as office:
        with lift:
            raised = office.event("elevator.ebike.detected")
            cleared = office.event("elevator.ebike.cleared")
            picture = office.wait("the picture", lambda got: got.topic == f"{BASE}/image/car")
            birth = office.wait("birth", lambda got: got.topic == f"{BASE}/birth").json
            wait_for("the door to be free", lambda: lift.line() is False)
        assert lift.process
        assert lift.process.returncode == 0
        office.wait("stopped", lambda got: got.topic == f"{BASE}/availability" and got.payload == b"stopped")
    assert raised["data"]["frame_to_hold_ms"] > 0
    assert (raised["severity"], raised["prio"], raised["source"]) == (
        "alarm",
        0,
        "/site/test/device/elevator-demo",
    )
    assert picture.properties["event_id"] == raised["id"] == raised["data"]["image"]
    assert picture.payload[:2] == b"\xff\xd8"
    assert cleared["data"]["visit"] == raised["data"]["visit"]
    assert cleared["seq"] == raised["seq"] + 1
    assert birth["capabilities"]["model"] == "ebike"


@pytest.mark.req("EL-1")
def test_our_pram_is_let_ride(tmp_path: Path, broker: LocalBroker) -> None:
    frames = sorted(CLIP.with_name("pram_visit").glob("*.jpg"))
    with Listener(broker.port) as office:
        with Elevator(tmp_path / "lift", broker.port, frames, loop=False, changes=QUICK):
            office.event("elevator.camera.fault")  # the clip has ended
        assert [event["type"] for event in office.events()] == ["community.elevator.camera.fault.v1"]


@pytest.mark.req("EL-2")
def test_without_a_broker_the_door_is_held_all_the_same_and_the_event_waits(tmp_path: Path) -> None:
    with LocalBroker(tmp_path / "broker") as broker:
        port = broker.port
    lift = Elevator(tmp_path / "lift", port, [*empty_frames()[:1] * 10, *bike_frames()], changes=QUICK)
    with lift:
        wait_for("the door to be held", lift.line)
        wait_for("the word about the broker", lambda: "[uplink.lost]" in lift.log)
        with LocalBroker(tmp_path / "broker", port=port), Listener(port) as office:
            assert office.event("elevator.ebike.detected")["hist"] is True


def test_a_refusing_broker_is_told_with_a_cure_and_does_not_stop_the_protection(tmp_path: Path) -> None:
    with LocalBroker(tmp_path / "broker", anonymous=False) as broker:
        lift = Elevator(tmp_path / "lift", broker.port, [*empty_frames()[:1] * 10, *bike_frames()], changes=QUICK)
        with lift:
            wait_for("the door to be held", lift.line)
            wait_for("the word about the refusal", lambda: "[uplink.lost]" in lift.log)
            line = next(line for line in lift.log.splitlines() if "[uplink.lost]" in line)
            assert "Not authorized" in line
            assert "username" in line or "password" in line or "credential" in line


@pytest.mark.req("EL-10")
def test_release_by_command_once_and_malformed_commands_never(tmp_path: Path, broker: LocalBroker) -> None:
    frames = [*empty_frames()[:1] * 5, *bike_frames() * 40]
    lift = Elevator(tmp_path / "lift", broker.port, frames, changes=QUICK)
    topic = f"{BASE}/cmd/door/release"
    with Listener(broker.port) as office, lift:
        office.event("elevator.ebike.detected")
        bad = [b"not json", b"[]", b'{"by": "x"}', b'{"cmdid": "a1", "by": 7}', b"\xff\xfe", b"{" * 5000]
        for number, payload in enumerate(bad):
            office.ask(topic, payload, f"test/bad/{number}")
        office.ask(f"{BASE}/cmd/door/open", {"cmdid": "c-open", "by": "duty-desk"}, "test/open")
        office.ask(topic, {"cmdid": "c-label", "by": "duty-desk", "label": "../.."}, "test/label")
        assert "unknown command" in office.reply("rejected", "test/open")["reason"]
        assert "label must be" in office.reply("rejected", "test/label")["reason"]
        for number in range(len(bad)):
            assert office.reply("rejected", f"test/bad/{number}")["reason"]
        assert lift.line() is True, "nothing moves"
        office.ask(topic, {"cmdid": "c-1", "by": "duty-desk", "label": "pram"})
        office.reply("done")
        wait_for("the door to be free", lambda: lift.line() is False)
        released = office.event("elevator.hold.released")
        assert released["data"]["hard_negative"] == "pram"
        kept = lift.folder / "state/evidence/hard_negatives"
        wait_for("the hard negative", lambda: (kept / "counts.json").is_file())
        assert [path.parent.name for path in kept.glob("*/*.jpg")] == ["pram"]
        lift.kill()
        lift.ready()
        wait_for("it to be back", lambda: sum(got.topic == f"{BASE}/birth" for got in list(office.got)) == 2)
        office.ask(topic, {"cmdid": "c-1", "by": "duty-desk"}, "test/again")
        again = office.wait("the earlier outcome", lambda got: got.topic == "test/again").json
        assert again["status"] in ("done", "rejected"), again
        kind = "community.elevator.hold.released.v1"
        assert {event["id"] for event in office.events() if event["type"] == kind} == {released["id"]}
        cars = [got.json for got in list(office.got) if got.topic == f"{BASE}/state/car"]
        assert cars[-1]["released_by_class"] == {"pram": 1}, "the count outlives the process"


@pytest.mark.req("EL-9")
def test_an_absent_camera_is_a_fault_and_the_relay_stays_off(tmp_path: Path, broker: LocalBroker) -> None:
    absent = {"camera": {"driver": "v4l2", "device": "/dev/v4l/by-id/not-there"}}
    with Listener(broker.port) as office, Elevator(tmp_path / "lift", broker.port, [], changes=absent) as lift:
        fault = office.event("elevator.camera.fault")
        assert fault["data"]["fault"] == "lost"
        assert "/dev/v4l/by-id/not-there" in lift.log
        assert lift.line() is False


def test_an_unreadable_frame_is_named_and_skipped(tmp_path: Path, broker: LocalBroker) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes((CLIP / "0000.jpg").read_bytes()[:500])
    frames = [*empty_frames()[:1] * 5, broken, *bike_frames()]
    with Listener(broker.port) as office, Elevator(tmp_path / "lift", broker.port, frames, changes=QUICK) as lift:
        office.event("elevator.ebike.detected")
        assert "00005.jpg" in lift.log


def exit_of(lift: Elevator) -> tuple[int, str]:
    """Run a daemon that must refuse; its exit code and what it says."""
    command = [sys.executable, "-m", "elevator_node", "run", str(lift.config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr


def test_wrong_yaml_ends_with_ex_config_and_every_error(tmp_path: Path) -> None:
    lift = Elevator(tmp_path / "lift", 1, [], changes={"relay": {"driver": "gpio", "pin": 22, "leese_s": 1}})
    code, said = exit_of(lift)
    assert code == os.EX_CONFIG
    assert "relay.leese_s: unknown key. Did you mean 'lease_s'?" in said


def test_a_missing_site_file(tmp_path: Path) -> None:
    lift = Elevator(tmp_path / "lift", 1, [])
    (lift.folder / "site.yaml").unlink()
    code, said = exit_of(lift)
    assert code == os.EX_CONFIG
    assert f"{lift.config}:" in said, "who names it"
    assert "site.yaml: file not found; copy config/site.yaml there" in said


@pytest.mark.req("PL-7")
@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_an_altered_or_missing_model_is_refused_before_it_is_loaded(tmp_path: Path, harm: str) -> None:
    from edge.vision.models import SHIPPED

    registry = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    entry = next(model for model in registry["models"] if model["name"] == "ebike")
    data = bytearray((SHIPPED.parent / entry["file"]).read_bytes())
    data[len(data) // 2] ^= 1
    folder = tmp_path / "site-models"
    folder.mkdir()
    if harm == "altered":
        (folder / entry["file"]).write_bytes(bytes(data))
    (folder / "registry.yaml").write_text(yaml.safe_dump({"models": [entry]}))
    changes = {"eye": {"registry": str(folder / "registry.yaml"), "picture_model": None}}
    lift = Elevator(tmp_path / "lift", 1, empty_frames()[:1], changes=changes)
    code, said = exit_of(lift)
    assert code == os.EX_CONFIG
    assert "ebike" in said
    assert "SHA-256" in said if harm == "altered" else "cannot be read" in said
    assert lift.line() is None, "the relay was not even claimed"


def test_a_class_that_the_model_does_not_report_is_refused(tmp_path: Path) -> None:
    changes = {"classes": {"blocking": {"hovercraft": {"credible": 0.5, "confirm": 0.5}}}}
    lift = Elevator(tmp_path / "lift", 1, empty_frames()[:1], changes=changes)
    code, said = exit_of(lift)
    assert code == os.EX_CONFIG
    assert "reports no class 'hovercraft'" in said
    assert f"{lift.config}:" in said


@pytest.mark.req("PL-8")
def test_a_corrupt_database_is_put_aside_and_the_daemon_protects(tmp_path: Path, broker: LocalBroker) -> None:
    lift = Elevator(tmp_path / "lift", broker.port, [*empty_frames()[:1] * 10, *bike_frames()], changes=QUICK)
    (lift.folder / "state").mkdir()
    (lift.folder / "state/alarm.db").write_bytes(b"this is no database" * 1000)
    with Listener(broker.port) as office, lift:
        assert office.event("elevator.storage.fault")["severity"] == "warning"
        office.event("elevator.ebike.detected")
        assert list((lift.folder / "state").glob("alarm.db.bad-*"))


@pytest.mark.req("PL-8")
def test_on_a_full_disk_the_door_is_held_and_the_alarm_is_sent(tmp_path: Path, broker: LocalBroker) -> None:
    lift = Elevator(tmp_path / "lift", broker.port, [*empty_frames()[:1] * 10, *bike_frames()], changes=QUICK)
    lift.file_bytes_max = 32 * 1024  # as a full disk: no file may grow beyond it
    with Listener(broker.port) as office, lift:
        wait_for("the door to be held", lift.line)
        office.event("elevator.ebike.detected")
        assert office.event("elevator.storage.fault")["data"]["fault"]


@pytest.mark.req("PL-2", "EL-7")
def test_every_way_out_leaves_the_line_low(tmp_path: Path) -> None:
    lift = Elevator(tmp_path / "lift", 1, [*empty_frames()[:1] * 10, *bike_frames() * 40], changes=QUICK)
    lift.ready()
    wait_for("the door to be held", lift.line)
    assert lift.stop() == 0
    assert lift.line() is False
    lift.ready()
    wait_for("the door to be held", lift.line)
    lift.kill()
    assert lift.line() is True, "a simulated line keeps its level, as a Raspberry Pi's does"
    safe = [sys.executable, "-m", "elevator_node", "safe", str(lift.config)]
    assert subprocess.run(safe, timeout=60).returncode == 0
    assert lift.line(HOLD_PIN) is False
