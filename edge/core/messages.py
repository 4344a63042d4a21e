"""The frozen messages: what workers tell the owner thread, and what a decision says in return.

Every `at` is monotonic seconds of `Clock.now()`. Wall time is only stamped on an event when it is sealed for the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

Json = Mapping[str, Any]


# ── in: from the workers ──────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Reading:
    """One sensor value. `value=None` means unknown, and `fault` says why; the rules must say what unknown means."""

    name: str
    value: bool | float | None
    at: float
    fault: str | None = None


Box = tuple[float, float, float, float]  # left, top, right, bottom as fractions of the frame


@dataclass(frozen=True)
class Detection:
    """One thing seen: a class, how sure (0–1), and where."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True)
class Sighting:
    """What the eye saw in one frame. `detections=None` means it could not see (`fault`: lost, frozen, dark, covered …).

    `frame_at` is when the frame was captured; `frame_no` counts frames of this camera, so a repeat is told from news.
    """

    frame_at: float
    frame_no: int
    detections: tuple[Detection, ...] | None
    at: float
    fault: str | None = None


@dataclass(frozen=True)
class Command:
    """A command that was received, is not expired and was never executed before (the wire saw to that)."""

    cmdid: str
    component: str
    verb: str
    by: str
    args: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Applied:
    """An output really changed (or refused to): `at` is when the line was driven. Fed back into the next decision."""

    output: str
    value: bool
    at: float
    fault: str | None = None


@dataclass(frozen=True)
class Resumed:
    """After a restart: an episode that an earlier run raised and nobody closed. `data` is its raising event's; `age_s`
    since it was raised, None when that was in another boot."""

    episode: str
    data: Json = field(default_factory=dict)
    age_s: float | None = None


@dataclass(frozen=True)
class Tick:
    """Time passed and nothing else happened."""


@dataclass(frozen=True)
class Stop:
    """End the process in good order."""

    reason: str


@dataclass(frozen=True)
class WorkerDied:
    """A worker thread ended with an error: the process must end, outputs safe."""

    worker: str
    error: str


Message = Reading | Sighting | Command | Applied | Resumed | Tick | Stop | WorkerDied

# ── out: from a decision ──────────────────────────────────────────────────────────────────────────────────────────
EventClass = Literal["alarm", "fault", "access", "charge", "audit"]
Severity = Literal["info", "warning", "alarm", "critical"]


@dataclass(frozen=True)
class Event:
    """What happened, before `edge.wire.events` seals it into its envelope.

    `kind` is the dotted tail of the type (`elevator.ebike.detected`). `prio`: 0 life safety, 1 fault or security,
    2 records. `opens` starts an episode that survives a restart until an event `closes` it. `picture` asks for
    evidence.
    """

    cls: EventClass
    kind: str
    component: str
    severity: Severity
    prio: int
    data: Json = field(default_factory=dict)
    opens: str | None = None
    closes: str | None = None
    picture: bool = False


@dataclass(frozen=True)
class Reply:
    """The answer to a command after `accepted`: `done`, or `rejected` with a reason."""

    cmdid: str
    status: Literal["done", "rejected"]
    reason: str = ""


S = TypeVar("S")
W = TypeVar("W")


@dataclass(frozen=True)
class Decision(Generic[S, W]):
    """One decision: the next state, the outputs as they are wanted now, what to tell the world."""

    state: S
    wanted: W
    events: tuple[Event, ...] = ()
    replies: tuple[Reply, ...] = ()
