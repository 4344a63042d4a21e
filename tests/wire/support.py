"""A laboratory for the wing: a device on the wire, a receiver that listens, waiting with a deadline."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.core.clock import SystemClock
from edge.core.messages import Command, Event, Message
from edge.core.supervisor import Supervisor
from edge.wire.backoff import Backoff
from edge.wire.broker import LocalBroker
from edge.wire.events import Sealer
from edge.wire.options import BrokerOptions, OutboxOptions, SiteOptions
from edge.wire.outbox import Outbox
from edge.wire.recorder import WireRecorder
from edge.wire.uplink import Uplink

BOOT = "0123456789abcdef0123456789abcdef"
BASE = "community/1/guojigang/elevator-3-2"


def until(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
    """Wait for a condition; fail after the deadline."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.01)


def event(prio: int = 0, number: int = 0, **more: Any) -> Event:
    """An event of a lift."""
    cls = {0: "alarm", 1: "fault", 2: "audit"}[prio]
    severity = "alarm" if prio == 0 else "info"
    fields: dict[str, Any] = {"cls": cls, "kind": "elevator.ebike.detected", "component": "car", "severity": severity}
    return Event(**{**fields, "prio": prio, "data": {"number": number}, **more})


def site(port: int = 1883, **more: Any) -> SiteOptions:
    """Configuration with a short keepalive."""
    broker = BrokerOptions(**{"host": "127.0.0.1", "port": port, "keepalive_s": 5, **more.pop("broker", {})})
    return SiteOptions(site="guojigang", broker=broker, audience=["property"], **more)


class Device:
    """Outbox, uplink and recorder of one device, running."""

    def __init__(self, folder: Path, options: SiteOptions) -> None:
        self.clock = SystemClock()
        self.posted: list[Message] = []
        self.faults: list[tuple[str, str | None]] = []
        self.outbox = Outbox(folder, OutboxOptions(), self.clock, BOOT, self._fault)
        self.uplink = Uplink(
            options,
            "elevator-3-2",
            self.outbox,
            self.clock,
            boot_id=BOOT,
            birth={"version": "0.1.0", "capabilities": {"door": ["hold"]}, "config": "abc"},
            post=self.posted.append,
            on_fault=self._fault,
            backoff=Backoff(0.1, 0.5),
        )
        self.recorder = WireRecorder(Sealer(options, "elevator-3-2", self.clock, BOOT), self.outbox, self.uplink)
        self.supervisor = Supervisor(self.clock, self.posted.append, lambda state: None)

    def _fault(self, component: str, text: str | None) -> None:
        self.faults.append((component, text))

    def start(self) -> None:
        self.supervisor.start([self.outbox.worker, self.uplink.worker])

    @property
    def commands(self) -> list[Command]:
        return [message for message in self.posted if isinstance(message, Command)]

    def depth(self) -> tuple[int, int, int]:
        reader = self.outbox.reader()
        try:
            return reader.depth().events
        finally:
            reader.close()


@contextmanager
def running(folder: Path, options: SiteOptions) -> Iterator[Device]:
    """A device until the end of the block, stopped in good order."""
    device = Device(folder, options)
    device.start()
    try:
        yield device
    finally:
        device.supervisor.stop()


class Receiver:
    """A desk on the broker: keeps every message, acknowledges events if `acks`."""

    def __init__(self, broker: LocalBroker, *, acks: bool = False, topic: str = "community/#") -> None:
        self.messages: list[MQTTMessage] = []
        self.acks = acks
        self._subscribed = threading.Event()
        self._topic = topic
        self._client = Client(CallbackAPIVersion.VERSION2, "desk", protocol=MQTTProtocolVersion.MQTTv5)
        self._client.reconnect_delay_set(0, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topic, options=SubscribeOptions(qos=1))
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._client.connect(broker.host, broker.port, clean_start=False, properties=_session())
        self._client.loop_start()
        assert self._subscribed.wait(5)

    def _on_message(self, client: Client, data: Any, message: MQTTMessage) -> None:
        self.messages.append(message)
        if self.acks and "/event/" in message.topic:
            self.evack(json.loads(message.payload)["id"])

    def evack(self, *ids: str, by: str = "duty-desk") -> None:
        self.send("evack", {"ids": list(ids), "by": by})

    def send(self, tail: str, body: Any, *, retain: bool = False, **properties: Any) -> None:
        found = Properties(PacketTypes.PUBLISH)
        for name, value in properties.items():
            setattr(found, name, value)
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._client.publish(f"{BASE}/{tail}", payload, qos=1, retain=retain, properties=found)

    def on(self, tail: str) -> list[MQTTMessage]:
        return [message for message in list(self.messages) if message.topic == f"{BASE}/{tail}"]

    def texts(self, tail: str) -> list[str]:
        return [message.payload.decode() for message in self.on(tail)]

    def json(self, tail: str) -> list[dict[str, Any]]:
        return [json.loads(message.payload) for message in self.on(tail)]

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(it.payload) for it in list(self.messages) if it.topic.startswith(f"{BASE}/event/")]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def _session() -> Properties:
    found = Properties(PacketTypes.CONNECT)
    found.SessionExpiryInterval = 600
    return found


def interrupt(broker: LocalBroker) -> None:
    """End the device's connection once: somebody else connects under its name, and leaves."""
    client = Client(CallbackAPIVersion.VERSION2, "guojigang-elevator-3-2", protocol=MQTTProtocolVersion.MQTTv5)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert connected.wait(5)
    client.disconnect()
    client.loop_stop()


@contextmanager
def receiving(broker: LocalBroker, **more: Any) -> Iterator[Receiver]:
    """A receiver until the end of the block."""
    receiver = Receiver(broker, **more)
    try:
        yield receiver
    finally:
        receiver.close()
