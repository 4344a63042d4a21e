"""How often each label is drawn: "ebike=45,pram=15,..." to shares that add up to one. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .kinds import KINDS

LABELS = (*sorted({kind.label for kind in KINDS.values()} - {"person"}), "people", "empty")
DEFAULT = "ebike=45,pram=15,people=10,wheelchair=7,bicycle=7,empty=5,trolley=3,luggage=3,dog=2,tricycle=2,battery=1"


def parse_mix(text: str) -> dict[str, float]:
    """Shares by label, in the order given.

    Raises ValueError for an unknown or repeated label, a weight that is no number or below zero, or no weight at all.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        label, equals, number = (piece.strip() for piece in part.partition("="))
        if label not in LABELS:
            raise ValueError(f"mix: unknown label {label!r}; choose from {', '.join(LABELS)}")
        if label in weights:
            raise ValueError(f"mix: {label!r} is given twice")
        try:
            weights[label] = float(number) if equals else 1.0
        except ValueError:
            raise ValueError(f"mix: {part!r}: the weight must be a number, as in ebike=45") from None
        if not 0.0 <= weights[label] < float("inf"):
            raise ValueError(f"mix: {part!r}: the weight must be zero or more and finite")
    return _shares(weights)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    if total <= 0.0:
        raise ValueError("mix: at least one label needs a weight above zero, as in ebike=45,pram=15")
    return {label: weight / total for label, weight in weights.items()}
