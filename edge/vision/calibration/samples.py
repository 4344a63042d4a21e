"""What was recorded of a lift, as numbers: one row a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge.vision.calibration.head import Floats

Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
EBIKE = "ebike"


@dataclass(frozen=True, eq=False)
class Samples:
    """Rows in the order of time within each recording. `base` (n,): the model's own logit; `features` (n, d); `group`
    (n,): what was shown, `ebike` or a name of what must not hold; `take` (n,): which recording; `at_s` (n,)."""

    base: Floats
    features: Floats
    group: npt.NDArray[np.str_]
    take: Ints
    at_s: Floats

    def __len__(self) -> int:
        return len(self.base)

    @property
    def positive(self) -> Bools:
        """Which rows show an electric bike."""
        return np.asarray(self.group == EBIKE)

    @property
    def names(self) -> tuple[str, ...]:
        """The groups, the electric bike last."""
        return tuple(sorted(set(self.group.tolist()), key=lambda name: (name == EBIKE, name)))

    def rows(self, mask: Bools | Ints) -> Samples:
        """Some of the rows."""
        return Samples(self.base[mask], self.features[mask], self.group[mask], self.take[mask], self.at_s[mask])

    def takes(self, name: str) -> Iterator[Ints]:
        """Row numbers of each recording of a group, in the order of time."""
        of_group = np.flatnonzero(self.group == name)
        for take in np.unique(self.take[of_group]):
            rows = of_group[self.take[of_group] == take]
            yield rows[np.argsort(self.at_s[rows], kind="stable")]


def joined(parts: Sequence[Samples]) -> Samples:
    """All rows, the recordings numbered anew. `parts` must not be empty."""
    takes: list[Ints] = []
    first = 0
    for part in parts:
        takes.append(part.take + first)
        first = int(takes[-1].max(initial=first - 1)) + 1
    return Samples(
        np.concatenate([part.base for part in parts]),
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.group for part in parts]),
        np.concatenate(takes),
        np.concatenate([part.at_s for part in parts]),
    )


def thinned(samples: Samples, most: int) -> Samples:
    """At most `most` rows of each group, evenly spread: neighbours in time are near copies."""
    kept = []
    for name in samples.names:
        rows = np.concatenate(list(samples.takes(name)))
        kept.append(rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(np.intp))])
    return samples.rows(np.concatenate(kept))


def folds(samples: Samples, count: int) -> Ints:
    """For each row the fold (0 … count − 1) in which it is held out: contiguous blocks of time in each group, so that
    no picture is judged by a head that learned from its neighbour's neighbour."""
    fold = np.zeros(len(samples), np.intp)
    for name in samples.names:
        rows = np.concatenate(list(samples.takes(name)))
        fold[rows] = np.arange(len(rows)) * count // len(rows)
    return fold


def beside(samples: Samples, held_out: Bools, guard: int) -> Bools:
    """The rows within `guard` places of a held-out one in the same recording: too like it to learn from."""
    near = np.zeros(len(samples), bool)
    for name in samples.names:
        for rows in samples.takes(name):
            for place in np.flatnonzero(held_out[rows]):
                near[rows[max(0, place - guard) : place + guard + 1]] = True
    return near & ~held_out
