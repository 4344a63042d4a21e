"""A visit: an electric bike in the car, from the frame that first showed it until the car is clear. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from edge.core.messages import Event, EventClass, Json, Resumed, Severity
from elevator_node.judge import Judgement
from elevator_node.rules import HoldOptions

CAR, DOOR = "car", "door"
GaveUp = Literal["timeout", "command", "key", "restart"]


@dataclass(frozen=True)
class Suspect:
    """A credible first frame: the door is held before anybody is sure."""

    first_frame_at: float
    since: float
    held_at: float | None = None
    hold_ms: float | None = None


@dataclass(frozen=True)
class Visit:
    """A confirmed bike. Times are monotonic seconds; `clear_since` is the first of an unbroken run of clear frames."""

    id: str
    label: str
    confidence: float
    first_frame_at: float
    confirmed_at: float
    held_at: float | None = None
    hold_ms: float | None = None
    clear_since: float | None = None
    announced: bool = False
    staff_called: bool = False
    gave_up: GaveUp | None = None

    def data(self, event_type: str, **more: Any) -> Json:
        """What every event of this visit says."""
        hold_ms = None if self.hold_ms is None else round(self.hold_ms, 1)
        base = {
            "event_type": event_type,
            "visit": self.id,
            "label": self.label,
            "confidence": round(self.confidence, 3),
        }
        return {**base, "frame_to_hold_ms": hold_ms, **more}


def confirm(suspect: Suspect, visit_id: str, seen: Judgement, now: float) -> Visit:
    """A suspect becomes a visit and keeps its hold."""
    return Visit(visit_id, seen.label or "", seen.score, suspect.first_frame_at, now, suspect.held_at, suspect.hold_ms)


def resume(message: Resumed, now: float) -> Visit:
    """A visit that an earlier run raised. Its hold time goes on counting, so that no crash can lengthen a hold; where
    its age is unknown (another boot) it holds no more."""
    data, age_s = message.data, message.age_s
    since = now - (age_s or 0.0)
    label, confidence = str(data.get("label", "")), float(data.get("confidence") or 0.0)
    gave_up: GaveUp | None = "restart" if age_s is None else None
    return Visit(message.episode, label, confidence, since, since, since, None, None, True, False, gave_up)


def see(
    visit: Visit, seen: Judgement, frame_at: float, gap_s: float, options: HoldOptions
) -> tuple[Visit | None, bool]:
    """Take one fresh frame into a visit; returns it (None once the car is clear) and whether it got clear now.

    Clear frames count only while they follow each other without a gap: what nobody saw proves nothing.
    """
    if seen.credible:
        return replace(visit, confidence=max(visit.confidence, seen.score), clear_since=None), False
    since = frame_at if visit.clear_since is None or gap_s > options.fresh_s else visit.clear_since
    if frame_at - since >= options.clear_s:
        return None, True
    return replace(visit, clear_since=since), False


def raised(visit: Visit) -> Event:
    """The one event that opens a visit, with its picture."""
    return _event("elevator.ebike.detected", "alarm", 0, visit.data("detected"), picture=True, opens=visit.id)


def cleared(visit: Visit, now: float) -> Event:
    """The one event that closes a visit."""
    data = visit.data("cleared", duration_s=round(now - visit.first_frame_at, 1), released_by=visit.gave_up)
    return _event("elevator.ebike.cleared", "info", 0, data, closes=visit.id)


def climb(visit: Visit, now: float, options: HoldOptions) -> tuple[Visit, list[Event]]:
    """The ladder of a long hold: voice (always), staff call, timed release with a critical event (EL-6)."""
    events: list[Event] = []
    if visit.held_at is None or visit.gave_up:
        return visit, events
    held_s = now - visit.held_at
    if held_s >= options.staff_call_s and not visit.staff_called:
        visit = replace(visit, staff_called=True)
        data = visit.data("staff_needed", held_s=round(held_s, 1))
        events.append(_event("elevator.ebike.staff_needed", "alarm", 0, data))
    if held_s >= options.hold_max_s:
        visit = replace(visit, gave_up="timeout")
        data = visit.data("released", reason="released with bike aboard", held_s=round(held_s, 1))
        events.append(_event("elevator.ebike.released", "critical", 0, data, picture=True))
    return visit, events


def released(visit: Visit, by: str, how: GaveUp, label: str) -> Event:
    """Staff let the lift go: an audit event whose picture becomes a labelled hard negative (EL-10)."""
    data = visit.data("released_by_staff", by=by, how=how, hard_negative=label)
    return Event("audit", "elevator.hold.released", DOOR, "info", 2, data, picture=True)


def _event(
    kind: str, severity: Severity, prio: int, data: Json, *, picture: bool = False, opens: str | None = None,
    closes: str | None = None, cls: EventClass = "alarm",
) -> Event:  # fmt: skip
    return Event(cls, kind, CAR, severity, prio, data, opens, closes, picture)
