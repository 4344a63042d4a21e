"""One row of a benchmark: a figure, the limit it is held against, the goal for their ratio."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """`value` and `limit` in `unit`; the ratio is value ÷ limit, to be at most (or at least) `goal`."""

    name: str
    value: float
    limit: float
    unit: str
    goal: float
    better: Literal["lower", "higher"] = "lower"
    note: str = ""

    @property
    def ratio(self) -> float:
        """Value over limit."""
        return self.value / self.limit

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.goal if self.better == "lower" else self.ratio >= self.goal


def p50(values: Sequence[float]) -> float:
    """Median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """95th percentile, inclusive."""
    return statistics.quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]
