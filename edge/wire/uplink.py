"""The uplink: keeps a connection to the broker, and its side of the wire contract. MQTT 5 by paho."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from edge.core.clock import Clock
from edge.core.messages import Json, Reply
from edge.core.supervisor import Beat, Post, Worker
from edge.wire.backoff import Backoff
from edge.wire.cures import Failure
from edge.wire.events import EventError, encode
from edge.wire.intake import Claimed, Intake
from edge.wire.ledger import Fault
from edge.wire.link import Acked, Deaf, Heard, Link, Lost, News, Opened
from edge.wire.options import SiteOptions
from edge.wire.outbox import Outbox
from edge.wire.replies import Address
from edge.wire.sender import Sender
from edge.wire.topics import Topics, is_level

log = logging.getLogger(__name__)
TURN_S = 0.25
OPENING_S = 15.0  # name, TCP, TLS and CONNACK together
STABLE_S = 10.0  # a connection that lasted counts as recovered; one that flaps does not
FAREWELL_S = 1.0


@dataclass(frozen=True)
class _Committed:
    alarms: tuple[int, ...]


@dataclass(frozen=True)
class _State:
    topic: str
    payload: bytes


class Uplink:
    """One broker. `post` takes commands to the owner thread; `birth` is what the birth message tells (versions,
    capabilities, config hash); `on_fault` hears of `uplink` trouble and of its end, on the uplink's thread."""

    def __init__(
        self,
        site: SiteOptions,
        device: str,
        outbox: Outbox,
        clock: Clock,
        *,
        boot_id: str,
        birth: Json,
        post: Post,
        on_fault: Fault = lambda component, text: None,
        backoff: Backoff | None = None,
    ) -> None:
        self._broker, self._device, self._outbox, self._clock = site.broker, device, outbox, clock
        self._client_id = f"{site.site}-{device}"
        self._birth = {"bootid": boot_id, **birth}
        self._inbox: SimpleQueue[News | Claimed | Reply | _Committed | _State] = SimpleQueue()
        self._topics = Topics(site.root, site.site, device)
        self._sender = Sender(site, self._topics, outbox, clock, on_fault)
        self._intake = Intake(self._topics, outbox, clock, post=post, queue=self._inbox.put, say=self._say)
        self._backoff = backoff or Backoff()
        self._states: dict[str, Json] = {}
        self._link: Link | None = None
        self._open = self._troubled = False
        self._since = 0.0  # since when this link is being opened, or is open
        self._retry_at = float("-inf")
        outbox.on_commit(lambda alarms: self._inbox.put(_Committed(alarms)))
        self.worker = Worker("uplink", self._run, max_silence_s=10.0)

    # ── from the owner thread ─────────────────────────────────────────────────────────────────────────────────────
    def state(self, component: str, state: Json) -> None:
        """The component's full state, as it is now; costs next to nothing while it does not change. Raises EventError
        for what is no JSON."""
        if self._states.get(component) != state:
            if not is_level(component):
                raise EventError(f"state of {component!r}: cannot be a topic level (letters, digits, _ . : -)")
            payload = encode(state, f"state of {component}")
            self._states[component] = dict(state)
            self._inbox.put(_State(self._topics.state(component), payload))

    def reply(self, reply: Reply) -> None:
        """The outcome of a command."""
        self._inbox.put(reply)

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted us and was not lost since."""
        return self._open

    # ── the worker ────────────────────────────────────────────────────────────────────────────────────────────────
    def _run(self, beat: Beat) -> None:
        while not beat.stopping:
            beat()
            self._take(TURN_S)
            self._connect()
            self._sender.turn()
        self._farewell(beat)

    def _take(self, timeout_s: float) -> None:
        try:
            self._handle(self._inbox.get(timeout=timeout_s))
            while True:
                self._handle(self._inbox.get_nowait())
        except Empty:
            pass

    def _handle(self, message: News | Claimed | Reply | _Committed | _State) -> None:
        if isinstance(message, News) and message.link is not self._link:
            return  # a link that was given up
        match message:
            case Acked():
                message.link.acked(message.mid)
                self._sender.acked(message)
            case _Committed():
                self._sender.committed(message.alarms)
            case _State():
                self._sender.retained.set(message.topic, message.payload)
            case Heard() if message.incoming.topic == self._topics.evack:
                self._sender.evack(message.incoming.payload)
            case Heard():
                self._intake.heard(message.incoming)
            case Claimed():
                self._intake.claimed(message)
            case Reply():
                self._intake.finished(message)
            case Opened():
                self._opened(message)
            case Lost():
                self._lost(message.failure)
            case Deaf():
                log.warning(
                    "the broker lets nobody command us (%s). Check its access list for %s and %s",
                    message.reason,
                    self._topics.commands,
                    self._topics.evack,
                    extra={"EVENT": "uplink.deaf", "COMPONENT": "uplink"},
                )

    # ── the connection ────────────────────────────────────────────────────────────────────────────────────────────
    def _connect(self) -> None:
        """Open a link when it is time; give one up that hangs."""
        now, where = self._clock.now(), f"broker {self._broker.host}:{self._broker.port}"
        if self._link is None:
            if now >= self._retry_at:
                self._since = now
                self._link = Link(
                    self._broker, self._client_id, self._topics.availability, self._clock, self._inbox.put
                )
        elif not self._open:
            if now - self._since > OPENING_S:
                self._lost(Failure(f"{where}: no answer within {OPENING_S:.0f} s. Check the network and the broker."))
        elif (silent_s := self._link.silent_s()) > self._broker.keepalive_s:
            self._lost(Failure(f"{where}: connected, but no acknowledgement for {silent_s:.0f} s. Check the line."))
        elif now - self._since > STABLE_S and self._troubled:
            self._troubled = False
            self._backoff.succeeded()

    def _opened(self, opened: Opened) -> None:
        link = opened.link
        self._open, self._since = True, self._clock.now()
        self._outbox.online = True
        log.info(
            "uplink %s to %s:%d",
            "recovered: connected" if self._troubled else "connected",
            self._broker.host,
            self._broker.port,
            extra={"EVENT": "uplink.recovered" if self._troubled else "uplink.connected", "COMPONENT": "uplink"},
        )
        link.subscribe(self._topics.commands, self._topics.evack)
        link.publish(self._topics.availability, b"online", retain=True)
        birth = {**self._birth, "seq": self._outbox.last_seq, "clockq": self._clock.quality()}
        link.publish(self._topics.birth, encode(birth, "birth"), retain=True)
        self._sender.opened(link, opened.packet_max)

    def _lost(self, failure: Failure) -> None:
        if self._link is not None:
            self._link.abandon()
        self._link, self._open = None, False
        self._outbox.online = False
        self._sender.lost()
        delay_s = self._backoff.failed(refused=failure.refused)
        self._retry_at = self._clock.now() + delay_s
        log.log(
            logging.DEBUG if self._troubled else logging.WARNING,
            "%s (next attempt in %.1f s)",
            failure.text,
            delay_s,
            extra={"EVENT": "uplink.lost", "COMPONENT": "uplink"},
        )
        self._troubled = True

    def _say(self, address: Address, payload: bytes) -> None:
        if self._link is not None and self._open:  # else nobody waits any more; asking again gets the outcome
            self._link.publish(address.topic, payload, correlation=address.correlation)

    def _farewell(self, beat: Beat) -> None:
        """An orderly end is told as `stopped`, so that nobody takes it for a failure."""
        if self._link is None:
            return
        if self._open:
            mid = self._link.publish(self._topics.availability, b"stopped", retain=True)
            deadline = self._clock.now() + FAREWELL_S
            while self._open and not self._link.has(mid) and self._clock.now() < deadline:
                beat()
                self._take(0.05)
        if self._link is not None:
            self._link.disconnect()
            deadline = self._clock.now() + FAREWELL_S / 2
            while self._open and self._clock.now() < deadline:  # cutting the goodbye short would send the last will
                with suppress(Empty):
                    self._open = not isinstance(self._inbox.get(timeout=0.05), Lost)
            self._link.abandon()
