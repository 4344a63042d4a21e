"""Leaving sources out: a model is only as good as on a camera, shop or site that it has never seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from edge.vision.training.dataset import TARGETS, Record


@dataclass(frozen=True)
class Split:
    """What to train on and what to test on; no source is in both."""

    name: str
    sources: frozenset[str]
    train: tuple[Record, ...]
    held: tuple[Record, ...]


def leave_one_out(records: Sequence[Record], keep: Collection[str] = ()) -> Iterator[Split]:
    """One split for each source, by name. Sources in `keep` (rendered ones, say) always stay in training."""
    for source in sorted({record.source for record in records} - set(keep)):
        yield _split(source, records, frozenset((source,)))


def folds(records: Sequence[Record], count: int, seed: int = 0, keep: Collection[str] = ()) -> Iterator[Split]:
    """`count` splits with whole sources held out, dealt so that each fold has its share of every class.

    A source often holds one class only (a bike shop has no prams): alone it gives no figure against false alarms. The
    same seed deals the same folds, whatever the order of the records. Raises ValueError for more folds than sources.
    """
    counts: dict[str, Counter[str]] = {}
    for record in records:
        if record.source not in keep:
            counts.setdefault(record.source, Counter())[record.target or ""] += 1
    if not 2 <= count <= len(counts):
        raise ValueError(f"{count} folds of {len(counts)} sources: at least 2 folds, at most one for each source")
    order = sorted(counts)
    Random(seed).shuffle(order)
    order.sort(key=lambda source: -sum(counts[source].values()))  # stable: the shuffle decides among equals
    total: Counter[str] = sum(counts.values(), Counter())
    piles: list[set[str]] = [set() for _ in range(count)]
    loads: list[Counter[str]] = [Counter() for _ in range(count)]

    for source in order:

        def crowding(pile: int, source: str = source) -> tuple[float, int, int]:
            shares = (loads[pile][t] * counts[source][t] / total[t] ** 2 for t in TARGETS if total[t])
            return sum(shares), sum(loads[pile].values()), pile

        best = min(range(count), key=crowding)
        piles[best].add(source)
        loads[best] += counts[source]
    for number, pile in enumerate(piles):
        yield _split(f"fold {number + 1} of {count}", records, frozenset(pile))


def _split(name: str, records: Sequence[Record], sources: frozenset[str]) -> Split:
    held = tuple(record for record in records if record.source in sources)
    return Split(name, sources, tuple(record for record in records if record.source not in sources), held)
