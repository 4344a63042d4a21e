"""The uplink against a real mosquitto: what a receiver sees, whatever happens to broker and device."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.wire.broker import LocalBroker
from tests.wire.support import BOOT, Receiver, event, interrupt, receiving, running, site, until

ROOT = Path(__file__).parents[2]


def contents(receiver: Receiver) -> dict[str, str]:
    """Every event by id; fails where one id came with two contents."""
    found: dict[str, str] = {}
    for one in receiver.events():
        text = json.dumps(one, sort_keys=True)
        assert found.setdefault(one["id"], text) == text, "one id, two contents"
    return found


@pytest.mark.req("PL-1")
def test_a_connect_tells_availability_birth_and_full_state(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker) as desk:
        with running(tmp_path / "d", site(broker.port)) as device:
            device.recorder.state("car", {"hold": False})
            until(lambda: desk.json("state/car") and desk.json("birth") and desk.json("health"))
            assert desk.texts("availability") == ["online"]
            birth = desk.json("birth")[0]
            assert birth["bootid"] == BOOT
            assert birth["version"] == "0.1.0"
            assert birth["capabilities"] == {"door": ["hold"]}
            assert birth["seq"] == 0
            health = desk.json("health")[0]
            assert health["queue"] == {"prio_0": 0, "prio_1": 0, "prio_2": 0}
            assert health["rss_mib"] > 1
        until(lambda: desk.texts("availability") == ["online", "stopped"])
    with receiving(broker) as late:  # all of it is retained
        until(lambda: late.json("state/car") == [{"hold": False}])
        assert late.texts("availability") == ["stopped"]
        assert late.json("birth")
        assert late.json("health")


@pytest.mark.req("PL-1")
def test_state_is_published_on_change_only(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker) as desk, running(tmp_path / "d", site(broker.port)) as device:
        for hold in (False, False, True, True):
            device.recorder.state("car", {"hold": hold})
            until(lambda hold=hold: desk.json("state/car")[-1:] == [{"hold": hold}])  # type: ignore[misc]
        assert [it["hold"] for it in desk.json("state/car")] == [False, True]


@pytest.mark.req("PL-1")
def test_an_event_arrives_live_with_its_seq_and_leaves_on_puback(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker) as desk, running(tmp_path / "d", site(broker.port)) as device:
        until(lambda: device.uplink.connected)
        ids = [device.recorder.event(event(0, n)) for n in range(3)]
        until(lambda: len(desk.events()) == 3)
        assert [it["id"] for it in desk.events()] == ids
        assert [it["seq"] for it in desk.events()] == [1, 2, 3]
        assert not any(it["hist"] for it in desk.events())
        assert not any(message.retain for message in desk.on("event/alarm"))
        until(lambda: device.depth() == (0, 0, 0))


@pytest.mark.req("PL-1")
def test_without_a_broker_events_wait_and_come_later_as_history_by_priority(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path / "broker", persistence=True)
    with broker, receiving(broker):
        pass  # leaves its subscription in the broker, so that nothing passes it by
    with running(tmp_path / "d", site(broker.port)) as device:
        for n, prio in enumerate((2, 1, 0, 2, 0)):
            device.recorder.event(event(prio, n))
        assert device.outbox.flush(5)
        assert device.depth() == (2, 1, 2)
        with broker, receiving(broker) as desk:
            until(lambda: len(desk.events()) == 5)
            assert [it["data"]["number"] for it in desk.events()] == [2, 4, 1, 0, 3]
            assert all(it["hist"] for it in desk.events())
            until(lambda: device.uplink.connected and device.depth() == (0, 0, 0))
            device.recorder.event(event(1, 6))
            until(lambda: len(desk.events()) == 6)
            assert not desk.events()[-1]["hist"]


@pytest.mark.req("PL-1", "PL-8")
def test_a_broker_killed_in_the_middle_loses_nothing_that_the_receiver_did_not_store(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path / "broker")
    with broker, running(tmp_path / "d", site(broker.port, receivers=True)) as device:
        stored: dict[str, str] = {}
        ids = []
        for n in range(60):
            if n == 20:
                with receiving(broker, acks=True) as desk:
                    interrupt(broker)  # what came before the desk was there is sent again on the next connection
                    until(lambda: len(contents(desk)) >= 10)
                    stored.update(contents(desk))
                broker.kill()  # what it had acknowledged and not delivered is lost with it
            if n == 40:
                broker.start()
            ids.append(device.recorder.event(event(n % 3, n)))
        with receiving(broker, acks=True) as desk:
            interrupt(broker)
            until(lambda: device.depth() == (0, 0, 0), 20)
            for id_, text in contents(desk).items():
                assert stored.setdefault(id_, text) == text
        assert sorted(stored) == sorted(ids)
        assert sorted(json.loads(text)["seq"] for text in stored.values()) == list(range(1, 61))


@pytest.mark.req("PL-1", "SM-3")
def test_a_row_waits_for_the_receiver_and_only_one_that_counts(broker: LocalBroker, tmp_path: Path) -> None:
    options = site(broker.port, receivers=["duty-desk"])
    with receiving(broker) as desk, running(tmp_path / "d", options) as device:
        id_ = device.recorder.event(event(0))
        until(lambda: desk.events())
        desk.evack(id_, by="somebody")
        desk.send("evack", b"\xff not json")
        desk.send("evack", {"ids": "x", "by": 1})
        second = device.recorder.event(event(1))
        until(lambda: len(desk.events()) == 2)
        assert device.depth() == (1, 1, 0)
        desk.evack(id_, second, "unknown")
        until(lambda: device.depth() == (0, 0, 0))


@pytest.mark.req("PL-1", "SM-3")
def test_an_alarm_that_nobody_acknowledges_is_sent_again_and_becomes_a_fault(
    broker: LocalBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.wire.delivery.RESEND_S", {0: 0.2, 1: 600.0, 2: 600.0})
    monkeypatch.setattr("edge.wire.delivery.OVERDUE_S", 0.5)
    monkeypatch.setattr("edge.wire.sender.CHECK_S", 0.1)
    with receiving(broker) as desk, running(tmp_path / "d", site(broker.port, receivers=True)) as device:
        id_ = device.recorder.event(event(0))
        record = device.recorder.event(event(2))
        until(lambda: [it["id"] for it in desk.events()].count(id_) >= 3)
        until(lambda: device.faults)
        contents(desk)
        assert [it["id"] for it in desk.events()].count(record) == 1
        assert device.faults[0][0] == "uplink"
        assert "seq 1" in str(device.faults[0][1])
        desk.evack(id_)
        until(lambda: device.faults[-1] == ("uplink", None))


def test_a_picture_follows_its_alarm(broker: LocalBroker, tmp_path: Path) -> None:
    jpeg = b"\xff\xd8" + os.urandom(200_000) + b"\xff\xd9"
    (tmp_path / "one.jpg").write_bytes(jpeg)
    with receiving(broker) as desk, running(tmp_path / "d", site(broker.port)) as device:
        device.recorder.image("car", "gone", tmp_path / "vanished.jpg")
        id_ = device.recorder.event(event(0, picture=True))
        device.recorder.image("car", id_, tmp_path / "one.jpg")
        until(lambda: desk.on("image/car"))
        message = desk.on("image/car")[0]
        assert message.payload == jpeg
        assert not message.retain
        assert vars(message.properties)["UserProperty"] == [("event_id", id_)]
        assert desk.events()[0]["data"]["image"] == id_
        assert desk.messages.index(desk.on("event/alarm")[0]) < desk.messages.index(message)
        assert device.outbox.dropped == {"image_gone": 1}
        until(lambda: device.outbox.reader().depth().images == 0)


@pytest.mark.req("PL-8")
def test_kill_9_of_the_device_is_told_by_its_last_will(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker) as desk:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.wire.children", "device", str(tmp_path / "d"), str(broker.port)], cwd=ROOT
        )
        try:
            until(lambda: len(desk.events()) >= 3, 20)
        finally:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
        until(lambda: desk.texts("availability")[-1:] == ["offline"])
        sent = [it["seq"] for it in desk.events()]
        with running(tmp_path / "d", site(broker.port)) as device:
            device.recorder.event(event(1, 99))
            until(lambda: any(it["data"]["number"] == 99 for it in desk.events()))
            contents(desk)
            seqs = {it["seq"] for it in desk.events()}
            assert seqs == set(range(1, max(seqs) + 1))
            assert max(sent) < max(seqs)


@pytest.mark.req("PL-8")
def test_a_refusing_broker_is_told_once_with_its_cure_and_not_hammered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "password").write_text("wrong\n")
    (tmp_path / "users").touch(0o600)
    broker = LocalBroker(tmp_path / "broker", anonymous=False, extra_config=f"password_file {tmp_path / 'users'}")
    options = site(broker.port, broker={"username": "lift", "password_credential": str(tmp_path / "password")})
    with broker, running(tmp_path / "d", options) as device:
        device.recorder.event(event(0))
        until(lambda: broker.log.read_text().count("disconnected, not authori") >= 3)
        warnings = [it.getMessage() for it in caplog.records if it.levelname == "WARNING"]
        assert len(warnings) == 1
        assert "password_credential" in warnings[0]
        assert not device.uplink.connected
        assert device.depth() == (1, 0, 0)


def test_a_wiped_broker_gets_everything_retained_again(broker: LocalBroker, tmp_path: Path) -> None:
    with running(tmp_path / "d", site(broker.port)) as device:
        device.recorder.state("car", {"hold": True})
        until(lambda: device.uplink.connected)
        broker.restart()  # without persistence it forgets
        with receiving(broker) as desk:
            until(lambda: desk.json("state/car") == [{"hold": True}] and desk.json("birth"))
            assert desk.texts("availability")[-1] == "online"


@pytest.mark.req("PL-8")
def test_a_frozen_broker_is_noticed_and_the_link_rebuilt(broker: LocalBroker, tmp_path: Path) -> None:
    assert broker.pid is not None
    with receiving(broker) as desk, running(tmp_path / "d", site(broker.port)) as device:
        until(lambda: device.uplink.connected)
        os.kill(broker.pid, signal.SIGSTOP)  # the line looks connected, nothing comes back
        try:
            device.recorder.event(event(0))
            until(lambda: not device.uplink.connected, 12)
        finally:
            os.kill(broker.pid, signal.SIGCONT)
        until(lambda: device.depth() == (0, 0, 0))
        until(lambda: desk.events())
        contents(desk)
