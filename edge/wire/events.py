"""An event's envelope: CloudEvents 1.0 JSON with this product's extension attributes (see the wire contract)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from uuid6 import uuid7

from edge.core.clock import Clock
from edge.core.errors import EdgeError
from edge.core.messages import Event, Json
from edge.wire.options import SiteOptions
from edge.wire.rows import Episode
from edge.wire.topics import is_level

MAX_BODY_BYTES = 64 * 1024


class EventError(EdgeError, ValueError):
    """An event that cannot be put on the wire; the text names its kind and what is wrong."""


@dataclass(frozen=True)
class Sealed:
    """An event in its envelope, ready for the outbox; everything but `seq` and `hist`, which only the outbox knows.

    `opens` is the episode that this event starts, with what a restart is told of it; `closes` names the one it ends.
    """

    id: str
    cls: str
    prio: int
    body: bytes
    opens: Episode | None = None
    closes: str | None = None


def stamp(body: bytes, seq: int, hist: bool) -> bytes:
    """The body as it is sent: `seq` and `hist` put in front of what was sealed."""
    return b'{"seq":%d,"hist":%s,' % (seq, b"true" if hist else b"false") + body[1:]


class Sealer:
    """Seals the events of one device. `boot_id` tells consumers which `monoms` compare with which."""

    def __init__(self, site: SiteOptions, device: str, clock: Clock, boot_id: str) -> None:
        self._audience = site.audience
        self._source = f"/site/{site.site}/device/{device}"
        self._device, self._clock, self._boot_id = device, clock, boot_id

    def seal(self, event: Event, *, drill: bool = False) -> Sealed:
        """Give the event its id and envelope. Raises EventError where its data are no JSON (NaN, bytes …), its
        component is no topic level, or it is larger than 64 KiB."""
        if not is_level(event.component):
            raise EventError(
                f"event {event.kind}: {event.component!r} cannot be a topic level (letters, digits, _ . : -)"
            )
        event_id, monoms = str(uuid7()), int(self._clock.now() * 1000)
        data = {**event.data, "image": event_id} if event.picture else dict(event.data)
        envelope = {
            "specversion": "1.0",
            "id": event_id,
            "source": self._source,
            "type": f"community.{event.kind}.v1",
            "subject": f"{self._device}/{event.component}",
            "time": rfc3339(self._clock.wall()),
            "datacontenttype": "application/json",
            "bootid": self._boot_id,
            "monoms": monoms,
            "clockq": self._clock.quality(),
            "severity": event.severity,
            "prio": event.prio,
            "drill": drill,
            "audience": self._who(event),
            "data": data,
        }
        body = encode(envelope, f"event {event.kind}")
        if len(body) > MAX_BODY_BYTES:
            raise EventError(
                f"event {event.kind}: {len(body)} bytes; at most {MAX_BODY_BYTES}. Send large data as an image."
            )
        opens = None
        if event.opens is not None:
            memory = encode(event.data, f"event {event.kind}").decode()
            opens = Episode(event.opens, memory, self._boot_id, monoms)
        return Sealed(event_id, event.cls, event.prio, body, opens, event.closes)

    def _who(self, event: Event) -> Sequence[str]:
        return self._audience.get(event.severity, []) if isinstance(self._audience, dict) else self._audience


def rfc3339(wall: float) -> str:
    """Unix seconds → `2026-11-22T07:20:52.123Z`."""
    return datetime.fromtimestamp(wall, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(value: Json, what: str) -> bytes:
    """Compact UTF-8 JSON. Raises EventError for NaN, infinities and whatever JSON does not know."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:  # ValueError also covers lone surrogates
        raise EventError(f"{what}: not valid JSON ({error})") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
