"""What the model makes of recorded pictures: its logit and its features, remembered while the model is the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.core.errors import FrameError, ModelError
from edge.vision import picture
from edge.vision.arrays import Tensor
from edge.vision.calibration.head import logit
from edge.vision.calibration.samples import Samples, joined
from edge.vision.calibration.store import Calibrations, place
from edge.vision.detector import Detector
from edge.vision.models import Entry

EVERY_S = 0.4  # between recorded pictures: nearer neighbours are copies of each other
Seen = tuple[float, Tensor]  # the model's own logit, its features (n,)


def require_features(entry: Entry) -> int:
    """How many features the model gives. Raises ModelError where it gives none."""
    if entry.features is None:
        raise ModelError(
            f"model {entry.name} cannot be calibrated: it has no output 'features' (the third of its registry entry). "
            "Choose a model that has one as eye.model, or export this one again with its features."
        )
    return entry.features


@dataclass(frozen=True)
class Unusable:
    """A picture that could not be read, and why."""

    path: Path
    why: str


class View:
    """The pictures of a lift as a model sees them. `detector` must be without a head."""

    def __init__(self, store: Calibrations, detector: Detector) -> None:
        self._store, self._detector = store, detector
        self._features = require_features(detector.entry)
        self.unusable: list[Unusable] = []

    def look(self, path: Path) -> Seen:
        """One picture. Raises FrameError naming the file."""
        self._detector.detect(picture.read(path))
        if self._detector.features is None:
            raise ModelError(f"model {self._detector.entry.name} gave no features")
        return float(logit(self._detector.ebike_score)), self._detector.features

    def recorded(self, group: str, paths: list[Path], tick: Callable[[], None]) -> Samples | None:
        """A recorded group, from the cache as far as it goes; None where no picture is usable. Raises StorageError."""
        cache = self._store.cache(group, self._detector.entry.sha256)
        known = _load(cache, self._features)
        seen = {path.name: look for path in paths if (look := self._seen(path, known, tick)) is not None}
        if seen and seen.keys() != known.keys():
            self._store.keep(cache, _dump(seen))
        places = [place(Path(name)) for name in seen]
        return _samples(group, list(seen.values()), [take for take, _ in places], [at_s for _, at_s in places])

    def released(self, label: str, paths: list[Path], tick: Callable[[], None]) -> Samples | None:
        """Released false holds: each is a recording of its own. Not cached: they are few."""
        looks = [look for path in paths if (look := self._seen(path, {}, tick)) is not None]
        return _samples(f"released {label}", looks, list(range(len(looks))), [0.0] * len(looks))

    def outside(self, group: str, paths: list[Path], tick: Callable[[], None]) -> Samples | None:
        """Pictures that were not recorded by us, as one recording with one every 0.4 s."""
        looks = [look for path in paths if (look := self._seen(path, {}, tick)) is not None]
        return _samples(group, looks, [1] * len(looks), [n * EVERY_S for n in range(len(looks))])

    def _seen(self, path: Path, known: dict[str, Seen], tick: Callable[[], None]) -> Seen | None:
        tick()
        if path.name in known:
            return known[path.name]
        try:
            return self.look(path)
        except FrameError as error:
            self.unusable.append(Unusable(path, str(error)))
            return None


def together(parts: list[Samples | None]) -> Samples | None:
    """All that could be used."""
    usable = [part for part in parts if part is not None]
    return joined(usable) if usable else None


def _samples(group: str, looks: list[Seen], takes: list[int], at_s: list[float]) -> Samples | None:
    if not looks:
        return None
    base = np.array([base for base, _ in looks], np.float64)
    features = np.array([features for _, features in looks], np.float64)
    return Samples(base, features, np.array([group] * len(looks)), np.array(takes, np.intp), np.array(at_s, np.float64))


def _dump(seen: dict[str, Seen]) -> bytes:
    file = io.BytesIO()
    names, looks = np.array(list(seen)), list(seen.values())
    np.savez(file, names=names, base=np.array([b for b, _ in looks]), features=np.array([f for _, f in looks]))
    return file.getvalue()


def _load(path: Path, width: int) -> dict[str, Seen]:
    """The cache; empty where it is absent, damaged or of another shape: it can always be made again."""
    try:
        with np.load(path, allow_pickle=False) as data:
            names, base, features = data["names"], data["base"], data["features"].astype(np.float32)
        if base.shape != (len(names),) or features.shape != (len(names), width) or not np.isfinite(features).all():
            return {}
        return {str(name): (float(b), f) for name, b, f in zip(names, base, features, strict=True)}
    except Exception:  # noqa: BLE001 - a damaged .npz raises nearly anything, and a cache can always be made again
        return {}
