"""Where a node's words go: events and pictures into the outbox, states and replies to the uplink."""

from __future__ import annotations

import logging
from pathlib import Path

from edge.core.messages import Event, Json, Reply
from edge.wire.events import Sealer
from edge.wire.outbox import Outbox
from edge.wire.uplink import Uplink

log = logging.getLogger(__name__)
_LEVEL = {"info": logging.INFO, "warning": logging.WARNING, "alarm": logging.ERROR, "critical": logging.CRITICAL}


class WireRecorder:
    """The `Recorder` of a running daemon. Nothing blocks. `drill`: what is recorded now is a field test."""

    def __init__(self, sealer: Sealer, outbox: Outbox, uplink: Uplink) -> None:
        self._sealer, self._outbox, self._uplink = sealer, outbox, uplink
        self.drill = False

    def event(self, event: Event) -> str:
        """Seal and store an event; returns its id (UUIDv7). Raises EventError for what no envelope can carry."""
        sealed = self._sealer.seal(event, drill=self.drill)
        self._outbox.put(sealed)
        log.log(
            _LEVEL[event.severity],
            "%s: %s %s",
            event.component,
            event.kind,
            dict(event.data),
            extra={"EVENT": event.kind, "COMPONENT": event.component},
        )
        return sealed.id

    def state(self, component: str, state: Json) -> None:
        """The component's full state, as it is now."""
        self._uplink.state(component, state)

    def reply(self, reply: Reply) -> None:
        """The outcome of a command."""
        self._uplink.reply(reply)

    def image(self, component: str, event_id: str, path: Path) -> None:
        """A JPEG that belongs to an event lies at `path`: send it once the alarms have gone."""
        self._outbox.image(event_id, component, path)
