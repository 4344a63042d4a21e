"""What goes out over an open link: retained topics, events by prio and seq, then pictures."""

from __future__ import annotations

import logging

from edge.core.clock import Clock
from edge.wire.backlog import Backlog
from edge.wire.commands import CommandError, parse_evack
from edge.wire.delivery import OVERDUE_S, WINDOW, Delivery
from edge.wire.events import encode, stamp
from edge.wire.health import health
from edge.wire.ledger import Fault
from edge.wire.link import Acked, Link
from edge.wire.options import SiteOptions
from edge.wire.outbox import Outbox
from edge.wire.retained import REFRESH_S, Retained
from edge.wire.rows import ImageRow, Row
from edge.wire.topics import Topics

log = logging.getLogger(__name__)
IMAGE_MAX_BYTES = 8 * 1024 * 1024
CHECK_S = 1.0


class Sender:
    """For the uplink's thread."""

    def __init__(self, site: SiteOptions, topics: Topics, outbox: Outbox, clock: Clock, on_fault: Fault) -> None:
        self._topics, self._outbox, self._clock, self._on_fault = topics, outbox, clock, on_fault
        self._reader = outbox.reader()
        self._backlog = Backlog(self._reader)
        self._delivery = Delivery(site.receivers)
        self._link: Link | None = None
        self._packet_max = IMAGE_MAX_BYTES
        self._image: tuple[int, ImageRow] | None = None  # in flight, under its message id
        self._image_after = 0  # the last picture that is done with
        self._images_wait = False
        self._generation = outbox.generation
        self._check_at = self._health_at = float("-inf")
        self._refused = self._overdue = False
        self.retained = Retained()
        for seq in self._reader.alarms():
            self._delivery.alarm(seq, clock.now())

    def opened(self, link: Link, packet_max: int | None) -> None:
        """Everything that waits is sent on this link, from the start."""
        self._link = link
        self._packet_max = min(packet_max or IMAGE_MAX_BYTES, IMAGE_MAX_BYTES)
        self._delivery.reconnected()
        self.retained.reconnected()
        self._backlog.rewind()
        self._image, self._images_wait, self._refused = None, True, False

    def lost(self) -> None:
        """Nothing more on this link."""
        self._link = None

    def committed(self, alarms: tuple[int, ...]) -> None:
        """The outbox has more."""
        for seq in alarms:
            self._delivery.alarm(seq, self._clock.now())
        self._backlog.wake()
        self._images_wait = True
        if self._generation != self._outbox.generation:
            self._generation, self._image_after = self._outbox.generation, 0

    def acked(self, acked: Acked) -> None:
        """The broker's answer."""
        self.retained.puback(acked.mid)
        if self._image is not None and self._image[0] == acked.mid:
            image = self._image[1]
            self._image = None
            self._done(image, None if acked.accepted else "image_refused")
        if (answered := self._delivery.puback(acked.mid, acked.accepted, self._clock.now())) is not None:
            row, leaves = answered
            if leaves:
                self._outbox.leave([row.seq])
            elif acked.accepted:
                self._outbox.mark([row.seq])
        if not acked.accepted and not self._refused:
            self._refused = True
            log.warning(
                "the broker does not take what we publish (%s). Check its access list for %s/#",
                acked.reason,
                self._topics.base,
                extra={"EVENT": "uplink.refused", "COMPONENT": "uplink"},
            )

    def evack(self, payload: bytes) -> None:
        """A receiver says what it has stored."""
        try:
            ids, by = parse_evack(payload)
        except CommandError as error:
            log.warning("evack ignored: %s", error, extra={"EVENT": "uplink.evack", "COMPONENT": "uplink"})
            return
        if seqs := self._delivery.evack(ids, by):
            self._outbox.leave(seqs)

    def turn(self) -> None:
        """Send what is due and fits; called often."""
        now = self._clock.now()
        if checking := now >= self._check_at:
            self._check_at = now + CHECK_S
            self._watch(now)
        if (link := self._link) is None:
            return
        if now >= self._health_at:
            self._health_at = now + REFRESH_S
            self.retained.set(self._topics.health, encode(health(self._outbox, self._reader, self._clock), "health"))
        for topic, payload in self.retained.due(now):
            self.retained.sent(topic, link.publish(topic, payload, retain=True), now)
        for seq in self._delivery.due(now) if checking else ():
            if (row := self._reader.event(seq)) is None:
                self._delivery.gone(seq)
            else:
                self._send(link, row)
        picture = self._picture()
        while self._delivery.room > 0 and (row := self._backlog.next()) is not None:
            if self._delivery.wanted(row):
                self._send(link, row)
        if picture is not None and self._delivery.room == WINDOW:
            image, jpeg = picture
            topic = self._topics.image(image.component)
            self._image = link.publish(topic, jpeg, event_id=image.event_id), image

    def _send(self, link: Link, row: Row) -> None:
        self._delivery.sent(link.publish(self._topics.event(row.cls), stamp(row.body, row.seq, row.hist)), row)

    def _picture(self) -> tuple[ImageRow, bytes] | None:
        """The next picture while no event is under way. Looked for before the events: its alarm was committed earlier,
        so whoever sees the picture finds the alarm too, and sends that before."""
        while self._image is None and self._images_wait and self._delivery.room == WINDOW:
            image = self._reader.image(self._image_after)
            if image is None:
                self._images_wait = False
                return None
            self._backlog.wake()
            try:
                jpeg = image.path.read_bytes() if image.path.stat().st_size < self._packet_max - 1024 else None
            except OSError as error:  # the evidence ring has moved on, or was cleaned
                log.info("picture %s cannot be sent: %s", image.path, error, extra={"EVENT": "uplink.image_gone"})
                self._done(image, "image_gone")
                continue
            if jpeg is None:
                self._done(image, "image_too_large")
                continue
            return image, jpeg
        return None

    def _done(self, image: ImageRow, dropped: str | None) -> None:
        self._image_after = image.n
        self._outbox.leave_image(image.n, dropped)

    def _watch(self, now: float) -> None:
        """The line itself is supervised: an alarm that nobody acknowledged in time is a fault of ours."""
        while (seq := self._delivery.overdue(now)) is not None and self._reader.event(seq) is None:
            self._delivery.gone(seq)
        if (seq is not None) == self._overdue:
            return
        self._overdue = seq is not None
        if self._overdue:
            text = f"alarm seq {seq} was not acknowledged within {OVERDUE_S:.0f} s. Check the line and the desk."
            log.error("uplink: %s", text, extra={"EVENT": "uplink.overdue", "COMPONENT": "uplink"})
            self._on_fault("uplink", text)
        else:
            log.info("uplink: all life-safety events are acknowledged", extra={"EVENT": "uplink.caught_up"})
            self._on_fault("uplink", None)
