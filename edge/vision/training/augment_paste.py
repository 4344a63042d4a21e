"""Cut a catalogue picture out of its white ground and stand it in a room."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.arrays import Image
from edge.vision.training.augment import Rng
from edge.vision.training.dataset import Box, Boxes

WHITE = 232
LEAST_SHARE, MOST_SHARE = 0.05, 0.8
RECTANGLE = 0.75
HOLE_SHARE = 0.004


@dataclass(frozen=True)
class CutOut:
    """A thing without its ground: `image` H×W×3 RGB, `alpha` H×W, 0 (ground) to 1 (thing)."""

    label: str
    image: Image
    alpha: npt.NDArray[np.float32]


def is_on_white(image: Image) -> bool:
    """Whether four fifths of the picture's rim are white."""
    rim = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return bool((rim > WHITE).all(axis=1).mean() >= 0.8)


def cut_out(image: Image, label: str) -> CutOut | None:
    """The thing on a white ground, None when the ground is not white or what is left makes no sense.

    Ground is the white that hangs together with the rim, and large white holes inside (between spokes, under a
    frame); a white seat stays. What fills its frame like a rectangle is a photograph with a white margin, no thing.
    """
    if not is_on_white(image):
        return None
    smooth = cv2.medianBlur(image, 3)
    red, green, blue = (smooth[..., k] for k in range(3))
    dark, bright = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    white = (dark > WHITE) & (bright - dark < 16)
    count, areas = cv2.connectedComponents(white.astype(np.uint8), connectivity=4)
    rim = np.concatenate([areas[0], areas[-1], areas[:, 0], areas[:, -1]])
    sizes = np.bincount(areas.ravel(), minlength=count)
    pure = np.bincount(areas.ravel(), weights=(dark > 248).ravel(), minlength=count)
    ground = np.isin(np.arange(count), rim) | ((sizes > HOLE_SHARE * areas.size) & (pure > 0.7 * sizes))
    ground[0] = False
    solid = _without_crumbs(~ground[areas])
    if not LEAST_SHARE < solid.mean() < MOST_SHARE:
        return None
    alpha = solid.astype(np.float32)
    alpha = np.minimum(cv2.GaussianBlur(alpha, (0, 0), 0.8), cv2.erode(alpha, np.ones((3, 3), np.uint8)) * 0.5 + 0.5)
    ys, xs = np.nonzero(solid)
    if solid[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].mean() > RECTANGLE:
        return None
    part = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return CutOut(label, np.ascontiguousarray(image[part]), np.ascontiguousarray(alpha[part] * solid[part]))


def _without_crumbs(solid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Without pieces smaller than a seventh of the largest: shop names, captions, spare parts."""
    count, pieces = cv2.connectedComponents(solid.astype(np.uint8), connectivity=8)
    sizes = np.bincount(pieces.ravel(), minlength=count)
    sizes[0] = 0
    return np.asarray((sizes >= 0.15 * sizes.max(initial=1))[pieces] & solid)


def on_white(thing: CutOut, size: int, rng: Rng) -> tuple[Image, Boxes]:
    """The thing back on a plain bright ground, size × size: the same grounds for bikes, prams and wheelchairs."""
    ground = np.full((size, size, 3), rng.uniform(225, 255), np.float32)
    return paste(ground.astype(np.uint8), (), thing, rng, match=0.0, shadow=0.3)


def paste(
    image: Image, boxes: Boxes, thing: CutOut, rng: Rng, *, match: float = 0.6, shadow: float = 0.5
) -> tuple[Image, Boxes]:
    """The thing in front of a picture: any side, upright or nearly, seen a little from above; its box comes first.

    `match` is how far its brightness and tint follow the place where it stands, `shadow` how dark the floor under
    it is.
    """
    high, wide = image.shape[:2]
    thing = _no_larger(thing, max(wide, high))
    matrix, (left, right, bottom) = _place(thing, wide, high, rng)
    mask = np.asarray(cv2.warpPerspective(thing.alpha, matrix, (wide, high), flags=cv2.INTER_LINEAR), np.float32)
    drawn = cv2.warpPerspective(
        thing.image, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).astype(np.float32)
    floor = _shade(image, mask, (left, right, bottom), shadow * rng.uniform(0.4, 1.0))
    solid = mask > 0.5
    if solid.any():
        there, here = image[solid].astype(np.float32).mean(axis=0), drawn[solid].mean(axis=0)
        tint = (there + 25) / (here + 25)
        gain = np.clip(tint**0.3 * tint.mean() ** 0.7, 0.35, 1.5) ** (match * rng.uniform(0.3, 1.0))
        drawn = drawn * gain + rng.uniform(-8, 15)
    soft = mask[..., None]
    mixed = np.clip(floor * (1 - soft) + drawn * soft, 0, 255).astype(np.uint8)
    ys, xs = np.nonzero(mask > 0.0)
    if not len(ys):
        return image, boxes
    box = Box(thing.label, xs.min() / wide, ys.min() / high, (xs.max() + 1) / wide, (ys.max() + 1) / high)
    return mixed, (box, *boxes)


def _no_larger(thing: CutOut, side: int) -> CutOut:
    """Shrunk to `side` pixels: the warp takes single points and would lose thin spokes of a much larger picture."""
    tall, broad = thing.alpha.shape
    if max(tall, broad) <= side:
        return thing
    size = (max(1, broad * side // max(tall, broad)), max(1, tall * side // max(tall, broad)))
    image = np.asarray(cv2.resize(thing.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return CutOut(
        thing.label, image, np.asarray(cv2.resize(thing.alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    )


def _place(thing: CutOut, wide: int, high: int, rng: Rng) -> tuple[npt.NDArray[np.float64], tuple[float, float, float]]:
    """The map of the thing to a place inside the picture, rather below; its left, right and lower side there, px."""
    tall, broad = thing.alpha.shape
    flip = -1.0 if rng.random() < 0.5 else 1.0
    squash = rng.uniform(0.55, 1.0)  # a vehicle that stands askew looks short
    angle = math.radians(rng.uniform(-12, 12))
    cos, sin = math.cos(angle), math.sin(angle)
    shape = np.array([[cos * flip * squash, -sin, 0.0], [sin * flip * squash, cos, 0.0], [0.0, 0.0, 1.0]])
    away = np.eye(3)
    away[2, :2] = rng.uniform(-0.25, 0.25) / broad, rng.uniform(0.0, 0.35) / tall  # wheels smaller: seen from above
    matrix = away @ shape @ np.array([[1.0, 0.0, -broad / 2], [0.0, 1.0, -tall / 2], [0.0, 0.0, 1.0]])
    low, up = _reach(matrix, broad, tall)
    scale = rng.uniform(0.35, 0.9) * min(wide / (up[0] - low[0]), high / (up[1] - low[1]))
    size = (up - low) * scale
    x = rng.uniform(0.0, wide - size[0])
    y = (high - size[1]) * rng.beta(3.0, 1.2)
    shift = np.array([[scale, 0.0, x - low[0] * scale], [0.0, scale, y - low[1] * scale], [0.0, 0.0, 1.0]])
    return shift @ matrix, (x, x + size[0], y + size[1])


def _reach(matrix: npt.NDArray[np.float64], broad: int, tall: int) -> tuple[npt.NDArray[np.float64], ...]:
    corners = np.array([[0, 0, 1], [broad, 0, 1], [0, tall, 1], [broad, tall, 1]]) @ matrix.T
    flat = corners[:, :2] / corners[:, 2:]
    return flat.min(axis=0), flat.max(axis=0)


def _shade(
    image: Image, mask: npt.NDArray[np.float32], sides: tuple[float, float, float], dark: float
) -> npt.NDArray[np.float32]:
    """The picture with a soft shadow on the floor, where the thing's lower rim is."""
    high, wide = mask.shape
    left, right, bottom = sides
    spot = np.zeros((high, wide), np.float32)
    middle = (int((left + right) / 2), int(bottom - 0.02 * high))
    axes = (max(1, int((right - left) * 0.45)), max(1, int((right - left) * 0.1)))
    cv2.ellipse(spot, middle, axes, 0, 0, 360, (1.0,), cv2.FILLED)
    soft = cv2.GaussianBlur(spot, (0, 0), max(1.0, 0.02 * wide))[..., None]
    return np.asarray(image * (1 - dark * soft), np.float32)
