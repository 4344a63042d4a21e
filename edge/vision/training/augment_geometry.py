"""Steps that move things: flips, turns, crops, tilts, the barrel of a wide lens. The boxes move with them, exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.arrays import Image
from edge.vision.training.augment import Rng, covered, in_view
from edge.vision.training.dataset import Box, Boxes

BORDERS = (cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT, cv2.BORDER_CONSTANT)
LEAST_PX = 40


def mirror(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Left becomes right."""
    return np.ascontiguousarray(image[:, ::-1]), tuple(
        Box(b.label, 1 - b.right, b.top, 1 - b.left, b.bottom) for b in boxes
    )


def upside_down(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Top becomes bottom, as under a ceiling camera seen from the other wall."""
    return np.ascontiguousarray(image[::-1]), tuple(
        Box(b.label, b.left, 1 - b.bottom, b.right, 1 - b.top) for b in boxes
    )


def quarter_turns(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """90, 180 or 270 degrees."""
    turns = int(rng.integers(1, 4))
    for _ in range(turns):
        boxes = tuple(Box(b.label, b.top, 1 - b.right, b.bottom, 1 - b.left) for b in boxes)
    return np.ascontiguousarray(np.rot90(image, turns)), boxes


def cut(image: Image, boxes: Boxes, left: float, top: float, right: float, bottom: float) -> tuple[Image, Boxes]:
    """The part of a picture between four fractions, rounded to whole pixels, and its boxes."""
    high, wide = image.shape[:2]
    x0, x1 = _span(left, right, wide)
    y0, y1 = _span(top, bottom, high)
    moved = tuple(
        Box(
            b.label,
            (b.left * wide - x0) / (x1 - x0),
            (b.top * high - y0) / (y1 - y0),
            (b.right * wide - x0) / (x1 - x0),
            (b.bottom * high - y0) / (y1 - y0),
        )
        for b in boxes
    )
    return np.ascontiguousarray(image[y0:y1, x0:x1]), in_view(moved)


def _span(low: float, high: float, size: int) -> tuple[int, int]:
    start = min(max(0, math.floor(low * size)), size - 1)
    return start, max(start + 1, min(size, math.ceil(high * size)))


@dataclass(frozen=True)
class Crop:
    """Part of the picture, each side a share between `least` and 1 of the old one."""

    least: float = 0.7

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Anywhere in the picture."""
        wide, high = rng.uniform(self.least, 1.0, 2)
        left, top = rng.uniform(0.0, 1.0 - wide), rng.uniform(0.0, 1.0 - high)
        return cut(image, boxes, left, top, left + wide, top + high)


@dataclass(frozen=True)
class CropToBox:
    """One box of these labels with a margin of `margin` (least, most) of its size: a street picture's vehicle, large.

    Without such a box of at least LEAST_PX the picture stays as it is.
    """

    labels: frozenset[str]
    margin: tuple[float, float] = (0.05, 0.5)

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """A large box is as likely as a small one."""
        high, wide = image.shape[:2]
        fit = [b for b in boxes if b.label in self.labels and _size_px(b, wide, high) >= LEAST_PX]
        if not fit:
            return image, boxes
        box = fit[rng.integers(len(fit))]
        left, top, right, bottom = rng.uniform(*self.margin, 4)
        w, h = box.right - box.left, box.bottom - box.top
        return cut(image, boxes, box.left - left * w, box.top - top * h, box.right + right * w, box.bottom + bottom * h)


def _size_px(box: Box, wide: int, high: int) -> float:
    return min((box.right - box.left) * wide, (box.bottom - box.top) * high)


def crop_without(
    image: Image, boxes: Boxes, rng: Rng, avoid: frozenset[str], tries: int = 60
) -> tuple[Image, Boxes] | None:
    """A part of the picture that shows less than 6 % of any box of these labels; None when none was found.

    The boxes are taken a tenth larger on each side: those of the real lift frames are rough.
    """
    shunned = [_larger(box) for box in boxes if box.label in avoid]
    for _ in range(tries):
        wide, high = rng.uniform(0.25, 0.8), rng.uniform(0.3, 0.9)
        left, top = rng.uniform(0.0, 1.0 - wide), rng.uniform(0.0, 1.0 - high)
        sides = (left, top, left + wide, top + high)
        if all(covered(box, *sides) < 0.06 for box in shunned):
            return cut(image, tuple(box for box in boxes if box.label not in avoid), *sides)
    return None


def _larger(box: Box, by: float = 0.1) -> Box:
    x, y = by * (box.right - box.left), by * (box.bottom - box.top)
    return Box(box.label, box.left - x, box.top - y, box.right + x, box.bottom + y)


@dataclass(frozen=True)
class Stretch:
    """To a square of `size` pixels, the whole picture, as the model sees it."""

    size: int

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Fractions stay what they are."""
        way = cv2.INTER_AREA if max(image.shape[:2]) > self.size else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(image, (self.size, self.size), interpolation=way), np.uint8), boxes


@dataclass(frozen=True)
class Tilt:
    """A camera held askew: a turn of up to `degrees`, a change of shape, and a little perspective."""

    degrees: float = 14.0
    shape: float = 0.2
    perspective: float = 0.15

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """The picture keeps its size."""
        high, wide = image.shape[:2]
        angle = math.radians(rng.uniform(-self.degrees, self.degrees))
        wider = math.exp(rng.uniform(-self.shape, self.shape))
        away = np.eye(3)
        away[2, :2] = rng.uniform(-self.perspective, self.perspective, 2) * 2 / max(wide, high)
        cos, sin = math.cos(angle), math.sin(angle)
        turn = np.array([[cos * wider, -sin, 0.0], [sin, cos / wider, 0.0], [0.0, 0.0, 1.0]])
        return warp(image, boxes, _shift(wide / 2, high / 2) @ away @ turn @ _shift(-wide / 2, -high / 2), rng)


def warp(image: Image, boxes: Boxes, matrix: npt.NDArray[np.float64], rng: Rng) -> tuple[Image, Boxes]:
    """A projective map (3 × 3, pixel coordinates with the corner at 0) of the picture into its own size."""
    high, wide = image.shape[:2]
    centres = _shift(-0.5, -0.5) @ matrix @ _shift(0.5, 0.5)  # OpenCV's whole numbers are the middles of pixels
    border = BORDERS[rng.integers(len(BORDERS))]
    grey = int(rng.integers(256))
    drawn = cv2.warpPerspective(
        image, centres, (wide, high), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=(grey, grey, grey)
    )

    def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        far = np.c_[points, np.ones(len(points))] @ matrix.T
        return np.asarray(far[:, :2] / far[:, 2:])

    return np.asarray(drawn, np.uint8), _moved(boxes, wide, high, project)


def _shift(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


@dataclass(frozen=True)
class Fisheye:
    """The barrel of a wide lens: a point r off the middle moves to atan(r · tan a) / a, `a` half the field drawn.

    `bend` is the range of a in radians; `reach` the range of what is shown: above 1 the dark rim of the lens comes in.
    """

    bend: tuple[float, float] = (0.4, 1.1)
    reach: tuple[float, float] = (0.9, 1.2)

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """The middle of the lens is within a fifth of the picture's."""
        high, wide = image.shape[:2]
        middle = np.array([wide, high]) * (0.5 + rng.uniform(-0.2, 0.2, 2))
        unit = math.hypot(wide, high) / 2
        bend, reach = rng.uniform(*self.bend), rng.uniform(*self.reach)
        steep = math.tan(bend) / reach
        y, x = np.mgrid[0:high, 0:wide].astype(np.float32) + np.float32(0.5)
        across, down = (x - middle[0]) / unit, (y - middle[1]) / unit
        radius = np.maximum(np.hypot(across, down), 1e-9)
        angle = np.minimum(radius * bend, 1.5)  # beyond 86 degrees there is nothing to see
        stretch = np.tan(angle) / steep / radius * unit
        source_x = (middle[0] + across * stretch - 0.5).astype(np.float32)
        source_y = (middle[1] + down * stretch - 0.5).astype(np.float32)
        border = cv2.BORDER_CONSTANT if rng.random() < 0.5 else cv2.BORDER_REFLECT
        drawn = cv2.remap(image, source_x, source_y, cv2.INTER_LINEAR, borderMode=border, borderValue=(8, 8, 8))

        def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            off = (points - middle) / unit
            r = np.maximum(np.hypot(off[:, 0], off[:, 1]), 1e-9)[:, None]
            return np.asarray(middle + off / r * np.arctan(r * steep) / bend * unit)

        return np.asarray(drawn, np.uint8), _moved(boxes, wide, high, project, tuple(middle))


def _moved(
    boxes: Boxes,
    wide: int,
    high: int,
    project: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    middle: tuple[float, float] = (0.0, 0.0),
) -> Boxes:
    """The boxes round the new places of their corners and of the points of their sides nearest to the `middle`.

    A projective map keeps sides straight, so the corners are enough; a barrel bows each side out where it passes
    nearest to its middle.
    """
    size = np.array([wide, high])
    found = []
    for box in boxes:
        low, up = np.array([box.left, box.top]) * size, np.array([box.right, box.bottom]) * size
        near = np.clip(middle, low, up)
        points = [(x, y) for x in (low[0], near[0], up[0]) for y in (low[1], near[1], up[1])]
        new = project(np.array(points, dtype=np.float64)) / size
        found.append(Box(box.label, *new.min(axis=0).tolist(), *new.max(axis=0).tolist()))
    return in_view(tuple(found))
