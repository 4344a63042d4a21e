"""The retained states of a lift, as the property office reads them. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping

from edge.core.messages import Json
from elevator_node.state import State
from elevator_node.visit import CAR, DOOR


def report(state: State, now: float) -> Mapping[str, Json]:
    """`state/car`, `state/door`, `state/voice`: full, idempotent, and silent while the scene is still."""
    visit = state.visit
    phase = "visit" if visit else "suspect" if state.suspect else "clear"
    car = {
        "phase": phase,
        "visit": visit.id if visit else None,
        "gave_up": visit.gave_up if visit else None,
        "label": state.seen.label if state.seen.credible else None,
        "score": round(state.seen.score, 1),
        "faults": dict(state.faults),
        "released_by_class": dict(state.releases),
    }
    inputs = {name: contact.value for name, contact in state.inputs.items()}
    door = {"hold": state.holding, "withheld_by": state.withheld, "inputs": inputs, **percentiles(state.hold_ms)}
    return {CAR: car, DOOR: door, "voice": {"says": state.say.prompt if state.say else None}}


def percentiles(hold_ms: tuple[float, ...]) -> Json:
    """p50 and p95 of frame-to-hold times, ms, over the holds of this run (EL-13)."""
    if not hold_ms:
        return {"frame_to_hold_ms_p50": None, "frame_to_hold_ms_p95": None}
    cuts = statistics.quantiles(hold_ms, n=20, method="inclusive") if len(hold_ms) > 1 else [hold_ms[0]] * 19
    return {"frame_to_hold_ms_p50": round(statistics.median(hold_ms), 1), "frame_to_hold_ms_p95": round(cuts[18], 1)}
