"""Where the answers to commands go: the Response Topic with its Correlation Data, else `rsp/{by}`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from edge.wire.commands import Incoming
from edge.wire.topics import Topics, is_level

REMEMBERED = 256


@dataclass(frozen=True)
class Address:
    """A topic to answer on, and what the requester knows the answer by."""

    topic: str
    correlation: bytes | None = None


class Replies:
    """Remembers the address of each command that was accepted, until its outcome."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._addresses: dict[str, Address] = {}

    def address(self, incoming: Incoming, by: str | None) -> Address | None:
        """Where to answer; None where nobody said. A response topic inside the device's own tree counts only under
        `rsp/`, so that nobody makes the device command itself or forge its own events."""
        topic = incoming.response_topic
        if topic is not None:
            own = topic.startswith(f"{self._topics.base}/") and not topic.startswith(self._topics.reply(""))
            if topic and len(topic) <= 256 and not any(bad in topic for bad in "+#\0") and topic[0] != "$" and not own:
                return Address(topic, incoming.correlation)
        return Address(self._topics.reply(by), incoming.correlation) if by is not None and is_level(by) else None

    def remember(self, cmdid: str, address: Address | None) -> None:
        """The outcome of `cmdid` will be wanted there."""
        if address is not None:
            self._addresses[cmdid] = address
            while len(self._addresses) > REMEMBERED:
                del self._addresses[next(iter(self._addresses))]

    def recall(self, cmdid: str) -> Address | None:
        """Where the outcome goes; forgotten afterwards."""
        return self._addresses.pop(cmdid, None)


def answer(cmdid: str | None, status: str, reason: str = "") -> bytes:
    """The payload of a reply."""
    body = {"cmdid": cmdid, "status": status, **({"reason": reason} if reason else {})}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
