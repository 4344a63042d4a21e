"""The topics of the wire contract, version 1: everything of one device is under one root."""

from __future__ import annotations

import re

VERSION = 1
_LEVEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


def is_level(text: object) -> bool:
    """Whether `text` may be one level of a topic: short, and free of `/ + # $`."""
    return isinstance(text, str) and _LEVEL.fullmatch(text) is not None


class Topics:
    """The topics of one device."""

    def __init__(self, root: str, site: str, device: str) -> None:
        self.site_base = f"{root}/{VERSION}/{site}"
        self.base = f"{self.site_base}/{device}"
        self.availability = f"{self.base}/availability"
        self.birth = f"{self.base}/birth"
        self.health = f"{self.base}/health"
        self.evack = f"{self.base}/evack"
        self.commands = f"{self.base}/cmd/#"

    def event(self, cls: str) -> str:
        return f"{self.base}/event/{cls}"

    def state(self, component: str) -> str:
        return f"{self.base}/state/{component}"

    def image(self, component: str) -> str:
        return f"{self.base}/image/{component}"

    def reply(self, requester: str) -> str:
        return f"{self.base}/rsp/{requester}"

    def command(self, topic: str) -> tuple[str, str] | None:
        """(component, verb) of a command topic, or None where it is none of ours."""
        head = f"{self.base}/cmd/"
        levels = topic[len(head) :].split("/") if topic.startswith(head) else []
        return (levels[0], levels[1]) if len(levels) == 2 and all(map(is_level, levels)) else None
