"""What a batch is made of: where cameras hang, the shapes of their pictures, how much goes on outside. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Weights = Mapping[str, float]

AS_ASKED: Weights = {"": 1.0}
SHAPES = {"16:9": 16 / 9, "4:3": 4 / 3, "1:1": 1.0, "3:4": 3 / 4, "9:16": 9 / 16}


@dataclass(frozen=True)
class Style:
    """Weights and shares (0 to 1) of a batch.

    `mounts` weighs the cameras; `shapes` and `visitor_shapes` the pictures ("" keeps the size that was asked for);
    `landing` is the share of things that stand on the landing before an open door, `riders` the share of helpers who
    ride instead of pushing, `dark_landing` the share of landings whose lamp is nearly out.
    """

    mounts: Weights = field(default_factory=lambda: {"corner": 6, "wall": 2, "centre": 1.2, "lobby": 1})
    shapes: Weights = field(default_factory=lambda: AS_ASKED)
    visitor_shapes: Weights = field(default_factory=lambda: AS_ASKED)
    landing: float = 0.0
    riders: float = 0.15
    dark_landing: float = 0.0


CAR = Style()
WIDE = Style(
    mounts={"corner": 4, "wall": 1.5, "centre": 0.7, "lobby": 1.2, "visitor": 6},
    shapes={"16:9": 5, "4:3": 4, "1:1": 0.6, "3:4": 0.4},
    visitor_shapes={"16:9": 2, "4:3": 4, "3:4": 4, "9:16": 2},
    landing=0.22,
    riders=0.35,
    dark_landing=0.25,
)
STYLES: Mapping[str, Style] = {"car": CAR, "wide": WIDE}


def with_mounts(style: Style, text: str) -> Style:
    """The style with other weights of its cameras, as in "visitor=5,corner=3"; "" changes nothing.

    Raises ValueError for an unknown or repeated mount, a weight that is no number or below zero, or no weight at all.
    """
    weights: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        mount, _, number = (piece.strip() for piece in part.partition("="))
        if mount not in WIDE.mounts or mount in weights:
            raise ValueError(f"mounts: {mount!r} is unknown or given twice; choose from {', '.join(WIDE.mounts)}")
        try:
            weights[mount] = float(number)
        except ValueError:
            raise ValueError(f"mounts: {part!r}: give a weight, as in visitor=5") from None
        if not 0.0 <= weights[mount] < float("inf"):
            raise ValueError(f"mounts: {part!r}: the weight must be zero or more and finite")
    if weights and sum(weights.values()) <= 0.0:
        raise ValueError("mounts: at least one needs a weight above zero, as in visitor=5,corner=3")
    return replace(style, mounts=weights) if weights else style
