"""What may stand in a lift: each kind's class, its size on the floor and who pushes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One builder's facts: `walker` is where its pusher stands (ahead, left; metres), None if nobody pushes."""

    label: str
    length_m: float
    width_m: float
    share: float = 1.0
    walker: tuple[float, float] | None = None
    rider: bool = False


KINDS: Mapping[str, Kind] = {
    "moped": Kind("ebike", 1.75, 0.7, 0.62, walker=(-0.02, 0.5), rider=True),
    "pedelec": Kind("ebike", 1.7, 0.6, 0.22, walker=(0.0, 0.45), rider=True),
    "step_scooter": Kind("ebike", 1.15, 0.5, 0.16, walker=(-0.15, 0.4)),
    "battery": Kind("battery", 0.4, 0.25),
    "bicycle": Kind("bicycle", 1.65, 0.6, walker=(0.0, 0.45), rider=True),
    "pram": Kind("pram", 1.05, 0.6, 0.4, walker=(-0.95, 0.0)),
    "stroller": Kind("pram", 0.95, 0.6, 0.6, walker=(-0.85, 0.0)),
    "wheelchair": Kind("wheelchair", 1.1, 0.7, walker=(-0.8, 0.0)),
    "trolley": Kind("trolley", 1.0, 0.6, walker=(-0.85, 0.0)),
    "luggage": Kind("luggage", 0.9, 0.6),
    "dog": Kind("dog", 0.9, 0.35),
    "tricycle": Kind("tricycle", 1.0, 0.6, walker=(0.0, 0.55)),
    "person": Kind("person", 0.5, 0.5, 0.84),
    "child": Kind("person", 0.4, 0.4, 0.16),
}


def of_label(label: str) -> dict[str, float]:
    """The kinds that show a label, with their shares."""
    return {name: kind.share for name, kind in KINDS.items() if kind.label == label}
