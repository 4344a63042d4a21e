"""One connection to the broker, from opening to loss: a paho client that is used once and thrown away.

paho's callbacks run on its own thread, which dies silently of an exception; so they only enqueue, through `tell`.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.core.clock import Clock
from edge.wire.commands import Incoming
from edge.wire.credentials import read_credential
from edge.wire.cures import Failure, explain, explain_reason
from edge.wire.options import BrokerOptions

log = logging.getLogger(__name__)
CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Opened:
    """The broker accepted us; it takes packets up to `packet_max` bytes."""

    link: Link
    packet_max: int | None


@dataclass(frozen=True)
class Lost:
    """The connection could not be opened, or ended."""

    link: Link
    failure: Failure


@dataclass(frozen=True)
class Acked:
    """The broker's answer to message `mid`; not `accepted` where it may not be published (see `reason`)."""

    link: Link
    mid: int
    accepted: bool
    reason: str


@dataclass(frozen=True)
class Heard:
    """A message on a subscribed topic."""

    link: Link
    incoming: Incoming


@dataclass(frozen=True)
class Deaf:
    """The broker does not let us subscribe."""

    link: Link
    reason: str


News = Opened | Lost | Acked | Heard | Deaf


class Link:
    """Opens in a thread of its own, because names and handshakes may hang; everything it learns goes to `tell`."""

    def __init__(self, broker: BrokerOptions, client_id: str, will: str, clock: Clock, tell: Callable[[News], None]):
        self._broker, self._client_id, self._will, self._clock, self._tell = broker, client_id, will, clock, tell
        self._client: Client | None = None
        self._closed = False
        self._unacked: dict[int, float] = {}
        self._acked_at = clock.now()
        threading.Thread(target=self._open, name="link", daemon=True).start()

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, event_id: str = "", correlation: bytes | None = None
    ) -> int:
        """Send at QoS 1; returns the message id that `Acked` will name."""
        assert self._client is not None, "publish comes after Opened"
        properties = Properties(PacketTypes.PUBLISH)
        if event_id:
            properties.UserProperty = ("event_id", event_id)
        if correlation is not None:
            properties.CorrelationData = correlation
        mid = self._client.publish(topic, payload, qos=1, retain=retain, properties=properties).mid
        self._unacked[mid] = self._clock.now()
        return mid

    def subscribe(self, *topics: str) -> None:
        """At QoS 1, without what is retained; a retain flag stays visible, so that it can be refused."""
        assert self._client is not None, "subscribe comes after Opened"
        options = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
        self._client.subscribe([(topic, options) for topic in topics])

    def acked(self, mid: int) -> None:
        """Note the broker's sign of life."""
        self._unacked.pop(mid, None)
        self._acked_at = self._clock.now()

    def silent_s(self) -> float:
        """For how long the broker has owed an acknowledgement without giving any. paho's thread may be dead, or the
        line half open, while everything looks connected."""
        oldest = next(iter(self._unacked.values()), None)
        return 0.0 if oldest is None else self._clock.now() - max(oldest, self._acked_at)

    def has(self, mid: int) -> bool:
        """Whether the broker has acknowledged message `mid`."""
        return mid not in self._unacked

    def disconnect(self) -> None:
        """Say goodbye (the last will is not sent); `Lost` follows."""
        if self._client is not None:
            self._client.disconnect()

    def abandon(self) -> None:
        """Let it go without waiting for anybody; its threads end by themselves."""
        self._closed = True
        if self._client is not None and (sock := self._client.socket()) is not None:
            with suppress(OSError):
                cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)

    # ── in the link's own threads ─────────────────────────────────────────────────────────────────────────────────
    def _open(self) -> None:
        try:
            client = self._prepare()
            client.connect(self._broker.host, self._broker.port, self._broker.keepalive_s, clean_start=True)
        except (OSError, ValueError) as error:  # ValueError: a host, key or credential that cannot be
            self._tell(Lost(self, explain(error, self._broker)))
            return
        self._client = client
        if self._closed:  # given up meanwhile
            self.abandon()
            return
        client.loop_start()

    def _prepare(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_publish, client.on_message = self._on_publish, self._on_message
        client.on_subscribe = self._on_subscribe
        client.will_set(self._will, b"offline", qos=1, retain=True)
        if self._broker.username is not None:
            credential = self._broker.password_credential
            client.username_pw_set(self._broker.username, read_credential(credential) if credential else None)
        if (tls := self._broker.tls) is not None:
            ca, cert, key = (str(file) if file else None for file in (tls.ca_file, tls.cert_file, tls.key_file))
            client.tls_set(ca, cert, key, cert_reqs=ssl.CERT_REQUIRED)
        return client

    def _on_connect(
        self, client: Client, data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._tell(Lost(self, explain_reason(str(reason), self._broker)))
        else:
            self._tell(Opened(self, getattr(properties, "MaximumPacketSize", None)))

    def _on_disconnect(
        self, client: Client, data: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        where = f"broker {self._broker.host}:{self._broker.port}"
        self._tell(Lost(self, Failure(f"{where}: the connection ended ({reason}). Check the broker and the network.")))

    def _on_publish(
        self, client: Client, data: Any, mid: int, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self._tell(Acked(self, mid, not reason.is_failure, str(reason)))

    def _on_subscribe(
        self, client: Client, data: Any, mid: int, reasons: list[ReasonCode], properties: Properties | None
    ) -> None:
        if refused := [str(reason) for reason in reasons if reason.is_failure]:
            self._tell(Deaf(self, ", ".join(refused)))

    def _on_message(self, client: Client, data: Any, message: MQTTMessage) -> None:
        found = message.properties
        incoming = Incoming(
            message.topic,
            bytes(message.payload),
            self._clock.now(),
            bool(message.retain),
            getattr(found, "MessageExpiryInterval", None),
            getattr(found, "ResponseTopic", None),
            getattr(found, "CorrelationData", None),
        )
        self._tell(Heard(self, incoming))
