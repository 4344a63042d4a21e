"""What the rules remember and what they want. Frozen values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.core.filters import Debounced
from elevator_node.judge import Judgement
from elevator_node.rules import Rules
from elevator_node.visit import Suspect, Visit

NOTHING_SEEN = Judgement()


@dataclass(frozen=True)
class Say:
    """A prompt to be spoken once for each new `turn`."""

    prompt: str
    visit: str
    turn: int


@dataclass(frozen=True)
class Wanted:
    """The outputs as they should be now. `attention`: look at every frame, moving or not."""

    hold: bool = False
    say: Say | None = None
    attention: bool = False


@dataclass(frozen=True)
class State:
    """Everything the rules remember."""

    session: str
    inputs: Mapping[str, Debounced]
    count: int = 0
    frame_no: int = -1
    fresh_at: float = -math.inf
    eye_fault: str | None = None
    seen: Judgement = NOTHING_SEEN
    hits: tuple[tuple[float, bool], ...] = ()
    suspect: Suspect | None = None
    visit: Visit | None = None
    rest_until: float = -math.inf
    holding: bool = False
    withheld: str | None = None
    say: Say | None = None
    door_closed_at: float | None = None
    door_failed: bool = False
    faults: Mapping[str, str] = field(default_factory=dict)
    warned_at: Mapping[str, float] = field(default_factory=dict)
    hold_ms: tuple[float, ...] = ()
    releases: Mapping[str, int] = field(default_factory=dict)


def start(rules: Rules, session: str, releases: Mapping[str, int] | None = None) -> State:
    """Nothing is known yet: no input has been read, so nothing may hold. `session` makes visit ids unique; `releases`:
    hard negatives kept by earlier runs, by class."""
    worse = {"fire": True, "inspection": True, "door_open": False, "release_key": True}
    inputs = {name: Debounced(settle_s, worse[name]) for name, settle_s in rules.settle_s.items()}
    return State(session, inputs, releases=dict(releases or {}))
