"""Commands over a real broker: each is executed once, and answered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Command, Reply
from edge.wire.broker import LocalBroker
from tests.wire.support import Receiver, receiving, running, site, until


def answers(desk: Receiver, tail: str = "rsp/desk") -> list[tuple[str, str]]:
    return [(it["cmdid"], it["status"]) for it in desk.json(tail)]


def command(cmdid: str, **more: Any) -> dict[str, Any]:
    return {"cmdid": cmdid, "by": "desk", **more}


@pytest.mark.req("PL-1")
def test_a_command_is_accepted_executed_once_and_done_also_across_a_restart(
    broker: LocalBroker, tmp_path: Path
) -> None:
    with receiving(broker) as desk:
        with running(tmp_path / "d", site(broker.port)) as device:
            until(lambda: desk.json("health"))
            desk.send("cmd/door/hold", command("c1", hold_ms=3000), MessageExpiryInterval=5)
            until(lambda: device.commands)
            assert device.commands == [Command("c1", "door", "hold", "desk", {"hold_ms": 3000})]
            desk.send("cmd/door/hold", command("c1"))
            until(lambda: len(answers(desk)) == 2)
            device.recorder.reply(Reply("c1", "done"))
            until(lambda: len(answers(desk)) == 3)
            desk.send("cmd/door/hold", command("c1"))
            until(lambda: len(answers(desk)) == 4)
            assert answers(desk) == [("c1", "accepted"), ("c1", "rejected"), ("c1", "done"), ("c1", "done")]
            assert desk.json("rsp/desk")[1]["reason"] == "already executed"
            desk.send("cmd/door/hold", command("c2"))
            until(lambda: len(device.commands) == 2)
            until(lambda: answers(desk)[-1] == ("c2", "accepted"))
        with running(tmp_path / "d", site(broker.port)) as device:
            until(lambda: len(desk.json("birth")) == 2)  # it has subscribed
            desk.send("cmd/door/hold", command("c1"))
            desk.send("cmd/door/hold", command("c2"))
            desk.send("cmd/door/hold", command("c3"))
            until(lambda: answers(desk)[-3:] == [("c1", "done"), ("c2", "rejected"), ("c3", "accepted")])
            assert [it.cmdid for it in device.commands] == ["c3"]


@pytest.mark.req("PL-1")
def test_an_answer_goes_to_the_response_topic_with_its_correlation(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker, topic="#") as desk, running(tmp_path / "d", site(broker.port)) as device:
        until(lambda: device.uplink.connected and desk.json("birth"))
        desk.send("cmd/door/hold", command("c1"), ResponseTopic="answers/7", CorrelationData=b"\x07")
        until(lambda: device.commands)
        device.recorder.reply(Reply("c1", "rejected", "the door is closed"))
        until(lambda: len([it for it in desk.messages if it.topic == "answers/7"]) == 2)
        found = [it for it in desk.messages if it.topic == "answers/7"]
        assert all(vars(it.properties)["CorrelationData"] == b"\x07" for it in found)
        assert b"the door is closed" in found[1].payload


@pytest.mark.req("PL-1", "PL-8")
def test_malformed_late_and_retained_commands_move_nothing(broker: LocalBroker, tmp_path: Path) -> None:
    with receiving(broker) as desk:
        desk.send("cmd/door/hold", command("old"), retain=True)  # lies there before the device comes
        until(lambda: desk.on("cmd/door/hold"))
        with running(tmp_path / "d", site(broker.port)) as device:
            until(lambda: desk.json("health"))
            desk.send("cmd/door/hold", b"\xffnonsense", ResponseTopic="community/answers")
            desk.send("cmd/door/hold", {"by": "desk"})
            desk.send("cmd/door", command("c2"))
            desk.send("cmd/door/hold", command("c3"), retain=True)
            desk.send("cmd/door/hold", command("c4", expires_at=time.time() - 60))
            desk.send("cmd/door/hold", b"{" + b" " * 10_000)
            desk.send("cmd/door/hold", command("c5"))
            until(lambda: ("c5", "accepted") in answers(desk))
            synced = device.clock.quality() == "ntp"
            assert [it.cmdid for it in device.commands] == (["c5"] if synced else ["c4", "c5"])
            late = ("c4", "expired" if synced else "accepted")
            assert answers(desk) == [(None, "rejected"), ("c3", "rejected"), late, ("c5", "accepted")]
            assert b"not JSON" in next(it.payload for it in desk.messages if it.topic == "community/answers")
