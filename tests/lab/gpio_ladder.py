"""Told inside gpio-lab with a broker on its loopback: one long visit, its ladder, and what the property hears of it."""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.wire.broker import LocalBroker
from tests.lab.bench import (
    CLOSED,
    FIRE,
    HOLD,
    INSPECTION,
    SETTLE_S,
    Camera,
    Daemon,
    Lines,
    scratch_folder,
    told_in,
    wait_for,
    write_config,
)

BASE = "community/1/lab/elevator-lab"
HOLD_MAX_S, STAFF_S, CLEAR_S = 10.0, 5.0, 1.5


def main(folder: Path) -> None:
    """A bike comes, stays too long, leaves, comes again; then the daemon is asked to stop."""
    lines, scratch = Lines(), scratch_folder()
    camera = Camera(folder / "frames", scratch)
    with LocalBroker(scratch / "broker") as broker, told_in(folder, scratch) as told:
        hold = {"hold_max_s": HOLD_MAX_S, "staff_call_s": STAFF_S, "clear_s": CLEAR_S}
        config = write_config(scratch, camera.pipe, broker.port, **hold)
        heard = Property(broker.port)
        daemon = Daemon(config, scratch / "daemon.log")
        told["ready_s"] = daemon.wait_ready()
        for pin in (FIRE, INSPECTION):
            lines.pull(pin, CLOSED)
        time.sleep(3 * SETTLE_S)  # normal for so long allows a hold; nothing is written when they begin normal
        told |= visit(lines, camera, heard)
        asked_at = daemon.signal(signal.SIGTERM)
        off_at = lines.until(HOLD, 0, asked_at, 10.0)
        told["stopped"] = {"off_s": off_at and off_at - asked_at, "exit": daemon.process.wait(15)}
        told |= {"events": heard.events, "pictures": heard.pictures}
    camera.process.kill()


def visit(lines: Lines, camera: Camera, heard: Property) -> dict[str, Any]:
    """A visit that outstays its hold, then another one, as the door and the property saw them."""
    on_at, first = held(lines, camera)
    time.sleep(max(0.0, on_at + HOLD_MAX_S + 3.0 - time.monotonic()))  # the bike is still there
    edges = lines.between(HOLD, on_at, time.monotonic())
    falls = [edge.at for edge in edges if not edge.level]
    again = [edge for edge in edges if edge.level and edge.at > on_at + HOLD_MAX_S]
    camera.show("empty")
    wait_for(lambda: "elevator.ebike.cleared" in heard.kinds(), 10)
    _, second = held(lines, camera)  # armed again
    return {
        "frame_to_hold": [first, second],
        "held_s": falls[-1] - on_at if falls else None,  # on a starved machine it may have dipped for want of frames
        "held_again": again,
    }


def held(lines: Lines, camera: Camera) -> tuple[float, dict[str, Any]]:
    """A bike comes: when the door was held, how many ms after its first picture was written, and whether the machine
    let the lab run meanwhile."""
    came_at = camera.show("ebike")
    on_at = lines.until(HOLD, 1, came_at, 20.0)
    if on_at is None:
        raise SystemExit("the door is not held")
    steady = lines.steady(came_at, on_at)
    return on_at, {"ms": (on_at - camera.shown("ebike", came_at)[0]) * 1000, "steady": steady}


class Property:
    """The property office: hears every event, gets every picture."""

    def __init__(self, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        self.pictures: list[str] = []
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe([(f"{BASE}/event/#", 1), (f"{BASE}/image/#", 1)])
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def kinds(self) -> list[str]:
        """`elevator.ebike.detected` …"""
        return [event["type"].removeprefix("community.").removesuffix(".v1") for event in self.events]

    def _heard(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        if "/image/" in message.topic:
            self.pictures.append(message.payload[:3].hex())
        else:
            self.events.append(json.loads(message.payload))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
