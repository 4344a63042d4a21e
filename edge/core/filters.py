"""Pure filters over readings: frozen values in, frozen values out; time is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Debounced:
    """A contact as the rules may use it: worse news at once, better news only after it stood for `settle_s`.

    `safe` is the value that needs no settling (for a fire input: True, asserted). An unknown (`None`) is taken at once
    too. Contact bounce is 5–20 ms, so `settle_s` of 0.05 or more hides it without delaying the safe direction.
    """

    settle_s: float
    safe: bool
    value: bool | None = None
    fault: str | None = None
    candidate: bool | None = None
    since: float = 0.0

    def update(self, raw: bool | None, now: float, fault: str | None = None) -> Debounced:
        """Take a raw value read at `now`."""
        if raw is None or raw == self.safe:
            return replace(self, value=raw, fault=fault, candidate=None)
        if self.value == raw:
            return replace(self, candidate=None, fault=None)
        if self.candidate != raw:
            return replace(self, candidate=raw, since=now)
        return self.settle(now)

    def settle(self, now: float) -> Debounced:
        """Accept a candidate that stood long enough; call it whenever time passes."""
        if self.candidate is None or now - self.since < self.settle_s:
            return self
        return replace(self, value=self.candidate, candidate=None, fault=None)


def k_of_n(hits: tuple[tuple[float, bool], ...], k: int, n: int, now: float, window_s: float) -> bool:
    """Whether at least `k` of the last `n` observations within `window_s` before `now` were hits. Newest last."""
    recent = [hit for at, hit in hits[-n:] if now - at <= window_s]
    return sum(recent) >= k
