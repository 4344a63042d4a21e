"""A subscriber that remembers every message, and sends commands: an independent witness of the wire contract."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

LIMIT_S = 60.0


@dataclass(frozen=True)
class Got:
    """One message as it came."""

    topic: str
    payload: bytes
    retain: bool
    properties: dict[str, str]

    @property
    def json(self) -> Any:
        """Its payload, decoded."""
        return json.loads(self.payload)


@dataclass
class Listener:
    """Subscribes to everything with a session that the broker keeps; reconnects by itself."""

    port: int
    got: list[Got] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._ready = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener", protocol=mqtt.MQTTv5)
        self._client.on_message = self._heard
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.reconnect_delay_set(1, 1)

    def __enter__(self) -> Listener:
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600
        self._client.connect("127.0.0.1", self.port, clean_start=True, properties=session)
        self._client.loop_start()
        assert self._ready.wait(LIMIT_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        properties = dict(getattr(message.properties, "UserProperty", []))
        with self._news:
            self.got.append(Got(message.topic, bytes(message.payload), bool(message.retain), properties))
            self._news.notify_all()

    def wait(self, what: str, wanted: Callable[[Got], bool], limit_s: float = LIMIT_S) -> Got:
        """The first message that is wanted, already here or to come. Raises TimeoutError saying what never came."""
        with self._news:
            found = self._news.wait_for(lambda: next((got for got in self.got if wanted(got)), None), limit_s)
            if found is None:
                raise TimeoutError(f"waited {limit_s:.0f} s for {what}; got {[got.topic for got in self.got][-20:]}")
            return found

    def event(self, kind: str) -> dict[str, Any]:
        """The first event of a kind such as `elevator.ebike.detected`."""
        found = self.wait(kind, lambda got: "/event/" in got.topic and got.json["type"] == f"community.{kind}.v1")
        envelope: dict[str, Any] = found.json
        return envelope

    def events(self) -> list[dict[str, Any]]:
        """All events, each delivery once."""
        with self._news:
            return [got.json for got in self.got if "/event/" in got.topic]

    def ask(self, topic: str, payload: bytes | dict[str, Any], reply_to: str = "test/reply") -> None:
        """Send a command with a response topic."""
        properties = Properties(PacketTypes.PUBLISH)
        properties.ResponseTopic = reply_to
        properties.CorrelationData = b"c-1"
        properties.MessageExpiryInterval = 5
        data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(topic, data, qos=1, properties=properties)

    def reply(self, status: str, reply_to: str = "test/reply") -> dict[str, Any]:
        """The first reply of a status."""
        found: dict[str, Any] = self.wait(
            f"reply {status}", lambda got: got.topic == reply_to and got.json["status"] == status
        ).json
        return found
