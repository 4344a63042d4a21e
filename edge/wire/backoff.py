"""When to try again: exponential, with full jitter, so that a district does not knock all at once after an outage."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Delays in seconds: anything from 0 to `base_s` · 2ⁿ, at most `cap_s`."""

    def __init__(
        self, base_s: float = 1.0, cap_s: float = 60.0, uniform: Callable[[float, float], float] = random.uniform
    ):
        self._base_s, self._cap_s, self._uniform = base_s, cap_s, uniform
        self._failures = 0

    def failed(self, *, refused: bool = False) -> float:
        """The next delay. A refusal (password, certificate) does not heal by itself: about the longest at once."""
        self._failures += 1
        longest = min(self._cap_s, self._base_s * 2.0 ** min(self._failures - 1, 32))
        return self._uniform(self._cap_s / 2, self._cap_s) if refused else self._uniform(0, longest)

    def succeeded(self) -> None:
        """Start from the shortest again."""
        self._failures = 0
