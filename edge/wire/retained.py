"""Retained topics: the latest value of each, on change and every 30 s, never more than one of a topic in flight."""

from __future__ import annotations

from dataclasses import dataclass

REFRESH_S = 30.0


@dataclass
class _Topic:
    payload: bytes
    changed: bool = True
    sent_at: float = float("-inf")
    mid: int | None = None


class Retained:
    """Pure: time is an argument. A slow broker sees fewer values, never a growing queue."""

    def __init__(self) -> None:
        self._topics: dict[str, _Topic] = {}

    def set(self, topic: str, payload: bytes) -> None:
        """The value as it is now."""
        known = self._topics.get(topic)
        if known is None:
            self._topics[topic] = _Topic(payload)
        elif payload != known.payload:
            known.payload, known.changed = payload, True

    def due(self, now: float) -> list[tuple[str, bytes]]:
        """What is to be published now."""
        return [
            (name, topic.payload)
            for name, topic in self._topics.items()
            if topic.mid is None and (topic.changed or now - topic.sent_at >= REFRESH_S)
        ]

    def sent(self, name: str, mid: int, now: float) -> None:
        """It is on its way as message `mid`."""
        topic = self._topics[name]
        topic.changed, topic.sent_at, topic.mid = False, now, mid

    def puback(self, mid: int) -> None:
        """The broker took message `mid`."""
        for topic in self._topics.values():
            if topic.mid == mid:
                topic.mid = None

    def reconnected(self) -> None:
        """All of it again: the broker may have been wiped."""
        for topic in self._topics.values():
            topic.changed, topic.mid = True, None
