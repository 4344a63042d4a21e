"""The rules of the lift door: pure. Fire and inspection beat every hold; nothing unseen holds; unknown never clears."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from edge.core.filters import Debounced, k_of_n
from edge.core.messages import Applied, Command, Decision, Event, Message, Reading, Reply, Resumed, Severity, Sighting
from elevator_node import visit as visits
from elevator_node.judge import Judgement, judge
from elevator_node.rules import Rules
from elevator_node.state import NOTHING_SEEN, Say, State, Wanted, start
from elevator_node.visit import CAR, DOOR, GaveUp, Suspect, Visit

__all__ = ["State", "Wanted", "start", "step"]

# Faults of a picture that is new, was looked at and shows nothing: a held door may rest on such a look, no other.
LOOKED_IN_VAIN = ("dark", "covered")
ANNOUNCE_WITHIN_S = 0.5  # how long a raised event waits to learn when the relay was really driven
WARN_AGAIN_S = 60.0
BEATS_HOLD = ("fire", "inspection")
LABEL = re.compile(r"[a-z][a-z0-9_]{0,31}")


def step(rules: Rules, state: State, message: Message, now: float) -> Decision[State, Wanted]:
    """One decision. `now` is monotonic seconds; no I/O, no clock, no logging."""
    events: list[Event] = []
    replies: list[Reply] = []
    if isinstance(message, Sighting):
        state = _see(rules, state, message, now, events)
    elif isinstance(message, Reading):
        state = _read(state, message, now, events)
    elif isinstance(message, Applied):
        state = _applied(state, message, events)
    elif isinstance(message, Command):
        state = _command(state, message, events, replies)
    elif isinstance(message, Resumed) and state.visit is None:
        state = replace(state, visit=visits.resume(message, now))
    state = _pass_time(rules, state, now, events)
    state = _hold(rules, state, now, events)
    state = _announce(state, now, events)
    attention = state.suspect is not None or state.visit is not None or state.seen.credible
    state = replace(state, say=_voice(rules, state, now))
    wanted = Wanted(state.holding, state.say, attention)
    return Decision(state, wanted, tuple(events), tuple(replies))


# ── what happened ─────────────────────────────────────────────────────────────────────────────────────────────────
def _see(rules: Rules, state: State, sight: Sighting, now: float, events: list[Event]) -> State:
    state = _fault(state, "camera", sight.fault, events, severity_in_visit="alarm")
    state = replace(state, eye_fault=sight.fault)
    new = sight.frame_no != state.frame_no
    gap_s = sight.frame_at - state.fresh_at
    answered = sight.detections is not None or sight.fault in LOOKED_IN_VAIN
    if new and answered:
        state = replace(state, frame_no=sight.frame_no, fresh_at=sight.frame_at)
    if sight.detections is None or not new:
        # Unknown is never "clear": an unbroken run of clear frames starts again.
        return replace(state, seen=NOTHING_SEEN, visit=state.visit and replace(state.visit, clear_since=None))
    seen = judge(sight.detections, rules.classes)
    hits = (*state.hits, (sight.frame_at, seen.confirming))[-rules.hold.of_frames :]
    state = _warn(replace(state, seen=seen, hits=hits), seen, now, events)
    if state.visit:
        visit, gone = visits.see(state.visit, seen, sight.frame_at, gap_s, rules.hold)
        if gone:
            if not state.visit.announced:
                events.append(visits.raised(state.visit))
            events.append(visits.cleared(state.visit, now))
            return replace(state, visit=None, hits=())
        return replace(state, visit=visit)
    if seen.credible and not state.suspect and now >= state.rest_until:
        state = replace(state, suspect=Suspect(sight.frame_at, now))
    confirmed = k_of_n(hits, rules.hold.confirm_frames, rules.hold.of_frames, sight.frame_at, rules.hold.window_s)
    if confirmed:
        suspect = state.suspect or Suspect(sight.frame_at, now)
        count = state.count + 1
        visit = visits.confirm(suspect, f"{state.session}-{count}", seen, now)
        return replace(state, count=count, visit=visit, suspect=None)
    return state


def _warn(state: State, seen: Judgement, now: float, events: list[Event]) -> State:
    warned = dict(state.warned_at)
    for label in seen.warnings:
        if now - warned.get(label, -math.inf) > WARN_AGAIN_S:
            data = {"event_type": "seen", "label": label}
            events.append(Event("alarm", "elevator.warning.seen", CAR, "warning", 1, data, picture=True))
        warned[label] = now
    return replace(state, warned_at=warned) if seen.warnings else state


def _read(state: State, reading: Reading, now: float, events: list[Event]) -> State:
    before = state.inputs.get(reading.name)
    if before is None:
        return _fault(state, reading.name, reading.fault, events)
    raw = None if reading.value is None else bool(reading.value)
    after = before.update(raw, now, reading.fault)
    state = _fault(state, reading.name, after.fault, events)
    return _input(state, reading.name, before, after, events)


def _input(state: State, name: str, before: Debounced, after: Debounced, events: list[Event]) -> State:
    """Take an input's new value over; say so where staff must know."""
    state = replace(state, inputs={**state.inputs, name: after})
    if name in BEATS_HOLD and before.value is not after.value and (after.value or before.value):
        words = {True: "asserted", False: "normal", None: "unknown"}
        data = {
            "event_type": words[after.value],
            "meaning": f"{name} contact open, or its wire cut" if after.value else "",
        }
        events.append(Event("alarm", f"elevator.input.{name}", DOOR, "warning" if after.value else "info", 1, data))
    if name == "release_key" and after.value and not before.value and state.visit:
        state = _release(state, state.visit, "key switch", "key", "unlabelled", events)
    return state


def _applied(state: State, applied: Applied, events: list[Event]) -> State:
    state = _fault(state, "relay", applied.fault, events, severity_in_visit="critical")
    if applied.output != "hold" or not applied.value or applied.fault:
        return state
    if state.suspect and state.suspect.hold_ms is None:
        ms = (applied.at - state.suspect.first_frame_at) * 1000
        return replace(state, suspect=replace(state.suspect, hold_ms=ms), hold_ms=(*state.hold_ms, ms)[-200:])
    if state.visit and state.visit.hold_ms is None and not state.visit.announced:
        ms = (applied.at - state.visit.first_frame_at) * 1000
        return replace(state, visit=replace(state.visit, hold_ms=ms), hold_ms=(*state.hold_ms, ms)[-200:])
    return state


def _command(state: State, command: Command, events: list[Event], replies: list[Reply]) -> State:
    def rejected(reason: str) -> State:
        replies.append(Reply(command.cmdid, "rejected", reason))
        return state

    if (command.component, command.verb) != (DOOR, "release"):
        return rejected(f"unknown command {command.component}/{command.verb}; this lift knows door/release")
    label = command.args.get("label", "unlabelled")
    if not isinstance(label, str) or not LABEL.fullmatch(label):
        return rejected("label must be a class name such as 'pram': lower-case letters, digits, _; 32 at most")
    if state.visit is None or state.visit.gave_up:
        return rejected("no hold to release")
    replies.append(Reply(command.cmdid, "done"))
    return _release(state, state.visit, command.by, "command", label, events)


def _release(state: State, visit: Visit, by: str, how: GaveUp, label: str, events: list[Event]) -> State:
    """Staff let the lift go; the door is not held again before the car was clear."""
    if visit.gave_up:
        return state
    events.append(visits.released(visit, by, how, label))
    releases = {**state.releases, label: state.releases.get(label, 0) + 1}
    return replace(state, visit=replace(visit, gave_up=how), releases=releases)


def _fault(
    state: State, component: str, fault: str | None, events: list[Event], severity_in_visit: Severity = "warning"
) -> State:
    """Keep the fault table; an event when a fault comes, changes or goes."""
    known = state.faults.get(component)
    if known == fault:
        return state
    faults = {name: text for name, text in state.faults.items() if name != component}
    if fault:
        faults[component] = fault
        data = {"event_type": "fault", "fault": fault}
        severity = severity_in_visit if state.visit else "warning"
        events.append(Event("fault", f"elevator.{component}.fault", component, severity, 1, data))
    else:
        data = {"event_type": "recovered", "fault": known or ""}
        events.append(Event("fault", f"elevator.{component}.recovered", component, "info", 1, data))
    return replace(state, faults=faults)


# ── what follows ──────────────────────────────────────────────────────────────────────────────────────────────────
def _pass_time(rules: Rules, state: State, now: float, events: list[Event]) -> State:
    for name, before in state.inputs.items():
        after = before.settle(now)
        if after is not before:
            state = _input(state, name, before, after, events)
    if state.suspect and now - state.suspect.since > rules.hold.window_s:
        state = replace(state, suspect=None, rest_until=now + rules.hold.rest_s)
    if state.visit:
        visit, climbed = visits.climb(state.visit, now, rules.hold)
        events.extend(climbed)
        state = replace(state, visit=visit)
    return state


def _hold(rules: Rules, state: State, now: float, events: list[Event]) -> State:
    """Whether the door is held, and from when; says what beat a hold that stood."""
    wants = state.suspect is not None or (state.visit is not None and not state.visit.gave_up)
    state = _door(rules, state, wants, now, events)
    against = _against(rules, state, now)
    holding = wants and against is None
    if wants and state.holding and against in BEATS_HOLD:
        data = {"event_type": "yielded", "to": against}
        data = {**state.visit.data("yielded"), **data} if state.visit else data
        events.append(Event("alarm", "elevator.hold.yielded", DOOR, "critical", 0, data))
    if holding and state.suspect and state.suspect.held_at is None:
        state = replace(state, suspect=replace(state.suspect, held_at=now))
    if holding and state.visit and state.visit.held_at is None:
        state = replace(state, visit=replace(state.visit, held_at=now))
    return replace(state, holding=holding, withheld=against if wants else None)


def _against(rules: Rules, state: State, now: float) -> str | None:
    """What forbids a hold now. An input that is unknown forbids it as if it were asserted."""
    for name in BEATS_HOLD:
        if name in state.inputs and state.inputs[name].value is not False:
            return name
    if "release_key" in state.inputs and state.inputs["release_key"].value:
        return "release_key"
    if now - state.fresh_at > rules.hold.fresh_s:
        return "eye"
    return "door" if state.door_failed or (_door_closed(state) and not state.holding) else None


def _door_closed(state: State) -> bool:
    return "door_open" in state.inputs and state.inputs["door_open"].value is False


def _door(rules: Rules, state: State, wants: bool, now: float, events: list[Event]) -> State:
    """A door that closes although it is held is a fault (EL-11): wiring, or a lift that ignores the contact."""
    if not _door_closed(state):
        if state.door_failed:
            state = _fault(state, "door", None, events)
        return replace(state, door_closed_at=None, door_failed=False)
    if not (wants and state.holding):
        return replace(state, door_closed_at=None)
    if state.door_closed_at is None:
        return replace(state, door_closed_at=now)
    if now - state.door_closed_at >= rules.hold.door_fault_s and not state.door_failed:
        state = _fault(replace(state, door_failed=True), "door", "hold commanded, door closed", events, "critical")
    return state


def _announce(state: State, now: float, events: list[Event]) -> State:
    """The raised event waits a moment for the relay's own time, so that it can carry `frame_to_hold_ms` (EL-13)."""
    visit = state.visit
    if visit is None or visit.announced:
        return state
    if visit.hold_ms is None and state.holding and now - visit.confirmed_at < ANNOUNCE_WITHIN_S:
        return state
    events.append(visits.raised(visit))
    return replace(state, visit=replace(visit, announced=True))


def _voice(rules: Rules, state: State, now: float) -> Say | None:
    visit = state.visit
    if visit is None or visit.clear_since is not None or visit.gave_up in ("command", "key"):
        return None
    if any(name in state.inputs and state.inputs[name].value for name in BEATS_HOLD):
        return None  # in a fire the car is the firemen's
    turn = int((now - visit.confirmed_at) // rules.hold.voice_repeat_s)
    return Say("staff" if visit.staff_called else "leave", visit.id, turn)
