"""Commands to the device: what is a valid one, and what is too late. Pure; nothing here moves anything."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, NoReturn

from edge.core.clock import Quality
from edge.core.errors import EdgeError
from edge.core.messages import Command
from edge.wire.topics import Topics, is_level

PAYLOAD_MAX_BYTES = 4096
MAX_AGE_S = 5.0  # the contract: message expiry of at most 5 s for what moves
FUTURE_S = 5.0  # how far a requester's clock may be ahead of ours


class CommandError(EdgeError, ValueError):
    """A command that is refused. `cmdid` and `by` are as far as they could be read, to answer with."""

    def __init__(self, reason: str, cmdid: str | None = None, by: str | None = None) -> None:
        super().__init__(reason)
        self.cmdid, self.by = cmdid, by


@dataclass(frozen=True)
class Incoming:
    """A message as it came. `expiry_s`: what was left of its message expiry, None where it had none."""

    topic: str
    payload: bytes
    at: float
    retain: bool = False
    expiry_s: int | None = None
    response_topic: str | None = None
    correlation: bytes | None = None


@dataclass(frozen=True)
class Request:
    """A valid command, and until when (monotonic seconds) it may be carried out."""

    command: Command
    deadline: float
    issued_at: float | None = None
    expires_at: float | None = None

    def expired(self, now: float, wall: float, quality: Quality) -> bool:
        """Whether it is too late. The requester's wall times count only while our own clock is synchronised."""
        if now > self.deadline:
            return True
        if quality != "ntp":
            return False
        if self.expires_at is not None and wall > self.expires_at:
            return True
        return self.issued_at is not None and not -FUTURE_S <= wall - self.issued_at <= MAX_AGE_S


def parse(incoming: Incoming, topics: Topics) -> Request:
    """`cmd/{component}/{verb}` with `{"cmdid", "by", …}`; further keys become the command's `args`.

    Raises CommandError, and nothing else, with a reason that its sender can act on.
    """
    names = topics.command(incoming.topic)
    if names is None:
        raise CommandError("the topic is not cmd/{component}/{verb}")
    if len(incoming.payload) > PAYLOAD_MAX_BYTES:
        raise CommandError(f"the payload has {len(incoming.payload)} bytes; at most {PAYLOAD_MAX_BYTES}")
    body = _object(incoming.payload)
    cmdid, by = body.pop("cmdid", None), body.pop("by", None)
    known = {"cmdid": cmdid if is_level(cmdid) else None, "by": by if is_level(by) else None}
    if incoming.retain:
        raise CommandError("it was retained; send commands without the retain flag", **known)
    for key, value in known.items():
        if value is None:
            raise CommandError(f"{key} is missing or not 1 to 64 letters, digits, _ . : -", **known)
    times = {}
    for key in ("issued_at", "expires_at"):
        times[key] = value = body.pop(key, None)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise CommandError(f"{key} is not unix seconds", **known)
    deadline = incoming.at + (MAX_AGE_S if incoming.expiry_s is None else min(MAX_AGE_S, incoming.expiry_s))
    return Request(Command(str(cmdid), names[0], names[1], str(by), body), deadline, **times)


def parse_evack(payload: bytes) -> tuple[list[str], str]:
    """`{"ids": [...], "by": "duty-desk"}` → (ids, by). Raises CommandError, and nothing else."""
    if len(payload) > 16 * PAYLOAD_MAX_BYTES:
        raise CommandError(f"the payload has {len(payload)} bytes; at most {16 * PAYLOAD_MAX_BYTES}")
    body = _object(payload)
    ids, by = body.get("ids"), body.get("by")
    if not isinstance(ids, list) or not all(isinstance(it, str) for it in ids):
        raise CommandError("ids is not a list of event ids")
    if not isinstance(by, str):
        raise CommandError("by is missing")
    return ids, by


def _object(payload: bytes) -> dict[str, Any]:
    try:
        body = json.loads(payload.decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:  # also what is no UTF-8
        raise CommandError(f"the payload is not JSON ({error})") from error
    if not isinstance(body, dict):
        raise CommandError("the payload is not a JSON object")
    return body


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)
