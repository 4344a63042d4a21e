"""Whether a camera still sees: frozen, dark, covered, moved. Pure: numpy in, a word out; time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from edge.core.options import Fraction, Options, Seconds

Fault = Literal["frozen", "dark", "covered", "moved"]
Gray = NDArray[np.uint8]
Map = NDArray[np.float32]

_BRIGHTER = 1.5  # hysteresis: a fault clears only this much on the good side of its threshold
_BETTER = 0.15  # the same for a correlation
_DIMMED = 0.75  # a picture that lost its detail but correlates this well with the reference is dimmed, not covered
_BLANK = 3.0  # grey levels of standard deviation: below it, there is no picture at all
_WARM_S = 10.0  # the reference is not judged against before it is this old


class CameraHealthOptions(Options):
    """When a picture counts as bad. Each check is switched off by `null` for its time."""

    frozen_s: Seconds | None = Field(default=10.0, description="The same picture, without any sensor noise, this long")
    frozen_difference: Annotated[float, Field(ge=0, le=5, description="Grey levels, mean; at most this: the same")] = (
        0.02
    )
    dark_s: Seconds | None = 3.0
    dark_luma: Annotated[float, Field(gt=0, lt=128, description="Mean grey level, 0–255")] = 16.0
    covered_s: Seconds | None = 2.0
    covered_detail: Fraction = Field(default=0.35, description="Of the detail learned; less is covered")
    moved_s: Seconds | None = Field(default=300.0, description="Longer than any visit: a full car also looks different")
    moved_correlation: Fraction = Field(default=0.4, description="With the edges learned; less is moved")
    learn_s: Seconds = Field(default=600.0, description="How slowly the reference follows the scene")
    clear_s: Seconds = Field(default=1.0, description="How long a good picture must stand")


class Health:
    """Watches one camera. A view that was changed on purpose is learned by starting anew."""

    def __init__(self, options: CameraHealthOptions) -> None:
        self._options = options
        self._dark = _Latch(options.dark_s, options.clear_s)
        self._covered = _Latch(options.covered_s, options.clear_s)
        self._moved = _Latch(options.moved_s, options.clear_s)
        self._frozen = _Latch(options.frozen_s, options.clear_s)
        self._still: Gray | None = None
        self._reference: Map | None = None
        self._detail = 0.0
        self._learned_s = 0.0
        self._last_at: float | None = None

    def update(self, gray_small: Gray, at: float) -> Fault | None:
        """Judge one frame. `gray_small`: h × w uint8, about 80 × 60 (see `small_gray`), not smoothed in time; `at`:
        monotonic seconds. Returns the worst fault that stands, None when the camera sees."""
        options = self._options
        gray = gray_small.astype(np.float32)
        edges = _edges(gray)
        if self._reference is not None and self._reference.shape != edges.shape:
            self._reference, self._learned_s = None, 0.0
        luma, detail, alike = float(gray.mean()), float(edges.mean()), self._likeness(edges)
        same = self._same(gray_small)
        dark = self._dark.update(luma < options.dark_luma, luma > options.dark_luma * _BRIGHTER, at)
        covered = self._covered.update(*self._cover(gray, detail, alike, luma), at)
        judged = alike is not None and not (dark or covered) and luma >= options.dark_luma
        moved = self._moved.update(
            judged and alike is not None and alike < options.moved_correlation,
            judged and alike is not None and alike > options.moved_correlation + _BETTER,
            at,
        )
        frozen = self._frozen.update(same, not same, at)
        familiar = alike is None or alike >= options.moved_correlation
        if familiar and luma >= options.dark_luma and gray.std() > _BLANK and not (dark or covered or moved):
            self._learn(edges, detail, at)
        self._last_at = at
        if dark:
            return "dark"
        if covered:
            return "covered"
        if frozen:
            return "frozen"
        return "moved" if moved else None

    def _same(self, gray: Gray) -> bool:
        """Whether the picture is the one that has been standing. The comparison is with the first of them, not with
        the last, so that a slow drift is not taken for a still."""
        if self._still is not None and self._still.shape == gray.shape:
            difference = np.abs(self._still.astype(np.int16) - gray.astype(np.int16)).mean()
            if difference <= self._options.frozen_difference:
                return True
        self._still = gray.copy()
        return False

    def _likeness(self, edges: Map) -> float | None:
        """Correlation of the edges with the reference, −1 … 1; None while there is none to trust."""
        if self._reference is None or self._learned_s < _WARM_S:
            return None
        a, b = _soft(edges), _soft(self._reference)
        a, b = a - a.mean(), b - b.mean()
        norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
        return float((a * b).sum()) / norm if norm > 1e-6 else 0.0

    def _cover(self, gray: Map, detail: float, alike: float | None, luma: float) -> tuple[bool, bool]:
        """Whether the lens looks covered, and whether it clearly does not. A dimmed car loses detail too, but what is
        left still looks like the reference; a dark picture is judged as dark only."""
        options = self._options
        blank = float(gray.std()) < _BLANK
        if alike is None:
            return blank and luma >= options.dark_luma, not blank
        threshold = options.covered_detail * self._detail
        poor = detail < threshold and alike < _DIMMED
        rich = detail > threshold * _BRIGHTER or alike >= _DIMMED + _BETTER
        return (poor or blank) and luma >= options.dark_luma, rich and not blank

    def _learn(self, edges: Map, detail: float, at: float) -> None:
        step_s = min(1.0, max(0.0, at - self._last_at)) if self._last_at is not None else 0.0
        self._learned_s += step_s
        if self._reference is None:
            self._reference, self._detail = edges, detail
            return
        weight = step_s / max(
            step_s, min(self._learned_s, self._options.learn_s), 1e-9
        )  # a mean first, then a slow one
        self._reference = self._reference + np.float32(weight) * (edges - self._reference)
        self._detail += weight * (detail - self._detail)


@dataclass
class _Latch:
    """On after `enter_s` of a bad sign without a break, off after `leave_s` of a good one; None is never on."""

    enter_s: float | None
    leave_s: float
    on: bool = False
    since: float | None = None

    def update(self, bad: bool, good: bool, at: float) -> bool:
        if self.enter_s is None:
            return False
        if not (good if self.on else bad):
            self.since = None
            return self.on
        if self.since is None:
            self.since = at
        if at - self.since >= (self.leave_s if self.on else self.enter_s):
            self.on, self.since = not self.on, None
        return self.on


def small_gray(image: NDArray[np.uint8], width: int = 80) -> Gray:
    """An H × W × 3 uint8 RGB image as a small h × w uint8 luma, about `width` wide.

    Four samples per cell and no more: fast, steady enough for edges, and sensor noise survives, which is what tells a
    still scene from a frozen camera.
    """
    step = max(1, image.shape[1] // width)
    half = step // 2
    rows, columns = image.shape[0] // step, image.shape[1] // step
    total = np.zeros((rows, columns, 3), np.uint16)
    for y in (0, half):
        for x in (0, half):
            total += image[y::step, x::step][:rows, :columns]
    weighted = total[..., 0] * np.float32(0.299 / 4) + total[..., 1] * np.float32(0.587 / 4)
    luma: Gray = (weighted + total[..., 2] * np.float32(0.114 / 4)).astype(np.uint8)
    return luma


def _edges(gray: Map) -> Map:
    """Strength of the edges, of the picture smoothed first: noise has edges too, and a cloth on the lens has noise."""
    gray = _soft(gray) / np.float32(9)
    edges: Map = np.abs(np.diff(gray, axis=1))[:-1] + np.abs(np.diff(gray, axis=0))[:, :-1]
    return edges


def _soft(picture: Map) -> Map:
    """Sums over 3 × 3: noise averages out, and an edge is spread so that a trembling camera still looks like itself."""
    if min(picture.shape) < 6:
        return picture
    soft: Map = picture[:-2] + picture[1:-1] + picture[2:]
    soft = soft[:, :-2] + soft[:, 1:-1] + soft[:, 2:]
    return soft
