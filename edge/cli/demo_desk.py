"""The demo's duty desk: hears everything a device says, acknowledges each event, remembers what to show."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from edge.core.errors import DeviceError

DESK = "demo-desk"


@dataclass
class Heard:
    """One event as it arrived: its envelope, when it was acknowledged, its picture (a JPEG)."""

    envelope: dict[str, Any]
    acked_at: float | None = None
    picture: bytes | None = None

    @property
    def kind(self) -> str:
        """`elevator.ebike.detected`, without the wire's prefix and version."""
        return str(self.envelope["type"]).removeprefix("community.").rpartition(".v")[0]


@dataclass
class Desk:
    """Subscribes under `base` at a broker on this machine. paho's thread fills it; read it under `lock`."""

    base: str
    port: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, Heard] = field(default_factory=dict)
    availability: str = "unknown"
    news: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=DESK, protocol=mqtt.MQTTv5)
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *_: client.subscribe(f"{self.base}/#", qos=1)
        self._client.on_publish = lambda _client, _data, mid, *_: self._on_acked(mid)
        self._acks: dict[int, str] = {}

    def open(self) -> None:
        """Connect. Raises DeviceError when there is no broker."""
        try:
            self._client.connect("127.0.0.1", self.port)
        except OSError as absent:
            raise DeviceError(f"the demo's broker does not answer on port {self.port}: {absent}") from absent
        self._client.loop_start()

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        kind, _, rest = message.topic.removeprefix(f"{self.base}/").partition("/")
        with self.lock:
            if kind == "event":
                self._event(client, json.loads(message.payload))
            elif kind == "image":
                properties = dict(getattr(message.properties, "UserProperty", []))
                heard = self.events.get(properties.get("event_id", ""))
                if heard:
                    heard.picture = bytes(message.payload)
            elif kind == "state":
                self.states[rest] = json.loads(message.payload)
            elif kind == "availability":
                self.availability = message.payload.decode()
        self.news.set()

    def _event(self, client: mqtt.Client, envelope: dict[str, Any]) -> None:
        self.events.setdefault(envelope["id"], Heard(envelope))
        # Each delivery is acknowledged: a device sends again what it was never told of, whatever the broker promised.
        ack = json.dumps({"ids": [envelope["id"]], "by": DESK})
        sent = client.publish(f"{self.base}/evack", ack, qos=1)
        if sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._acks[sent.mid] = envelope["id"]

    def _on_acked(self, mid: int) -> None:
        with self.lock:
            heard = self.events.get(self._acks.pop(mid, ""))
            if heard:
                heard.acked_at = time.monotonic()
        self.news.set()

    @property
    def picture(self) -> bytes:
        """The newest picture that came, a JPEG; empty while none did."""
        with self.lock:
            return next((event.picture for event in reversed(self.events.values()) if event.picture), b"")

    def missing(self, expected: tuple[str, ...]) -> list[str]:
        """What one visit still lacks: an event that did not come, an acknowledgement or a picture that is due."""
        with self.lock:
            heard = list(self.events.values())
        lacks = [kind for kind in expected if all(event.kind != kind for event in heard)]
        for event in heard:
            if event.acked_at is None:
                lacks.append(f"acknowledgement of {event.kind}")
            if "image" in event.envelope["data"] and event.picture is None:
                lacks.append(f"picture of {event.kind}")
        return lacks
