"""Steps that change light and signal, not places: exposure, night, infrared, blur, noise, JPEG, things in front."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.arrays import Image
from edge.vision.training.augment import Rng, covered
from edge.vision.training.dataset import Boxes

Light = npt.NDArray[np.float32]
EVEN = np.full(3, 1 / 3, np.float32)


def _developed(light: Light) -> Image:
    return np.clip(light, 0, 255).astype(np.uint8)


def _grain(rng: Rng, shape: tuple[int, ...], levels: float) -> Light:
    """Gaussian noise of so many grey levels."""
    return rng.standard_normal(shape, np.float32) * np.float32(levels)


def _from_middle(image: Image, rng: Rng, off: float = 0.2) -> Light:
    """How far each pixel (height × width × 1) is from somewhere near the middle: 0 there, about 1 in the corners."""
    high, wide = image.shape[:2]
    y, x = np.mgrid[-1.0 : 1.0 : high * 1j, -1.0 : 1.0 : wide * 1j].astype(np.float32)
    cx, cy = rng.uniform(-off, off, 2)
    return np.asarray(np.hypot(x - cx, y - cy)[..., None] / math.sqrt(2), np.float32)


def exposure(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Contrast, brightness and gamma of another camera."""
    light = (image.astype(np.float32) - 128) * rng.uniform(0.65, 1.3) + 128 + rng.uniform(-35, 35)
    return _developed(255 * np.clip(light / 255, 0, 1) ** rng.uniform(0.65, 1.6)), boxes


def colour_cast(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """A wrong white balance, and paler or stronger colours."""
    light = image.astype(np.float32)
    grey = (light @ EVEN)[..., None]
    light = grey + (light - grey) * rng.uniform(0.2, 1.4)
    return _developed(light * (1 + rng.uniform(-0.15, 0.15, 3).astype(np.float32))), boxes


def grey(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """A camera without colour."""
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2).astype(np.uint8), boxes


def infrared(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Night mode: grey, dyes fade (cloth and plastics look alike), the camera's own lamp lights the middle, noise."""
    light = image.astype(np.float32)
    mixed = light @ rng.dirichlet((3.0, 1.5, 1.0)).astype(np.float32)
    fade = rng.uniform(0.0, 0.5)
    mixed = (1 - fade) * mixed + fade * np.maximum(np.maximum(light[..., 0], light[..., 1]), light[..., 2])
    beam = np.exp(-((_from_middle(image, rng)[..., 0] / rng.uniform(0.5, 1.1)) ** 2))
    mixed = 255 * (mixed / 255) ** rng.uniform(0.6, 1.1) * (rng.uniform(0.15, 0.4) + rng.uniform(0.6, 1.0) * beam)
    mixed = mixed + _grain(rng, mixed.shape, rng.uniform(2, 10))
    return _developed(np.repeat(mixed[..., None], 3, axis=2)), boxes


def night(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Little light: dark, its gain turned up, pale, with the noise that belongs to it."""
    light = 255 * (image.astype(np.float32) / 255) ** rng.uniform(1.1, 1.6) * rng.uniform(0.35, 0.7)
    middle = (light @ EVEN)[..., None]
    light = middle + (light - middle) * rng.uniform(0.2, 0.8)
    light = light * np.array([rng.uniform(0.8, 1.1), 1.0, rng.uniform(0.9, 1.2)], np.float32)
    return _developed(light + _grain(rng, light.shape, rng.uniform(3, 12))), boxes


def dark_rim(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """The corners of a cheap lens."""
    dark = rng.uniform(0.3, 0.8) * _from_middle(image, rng) ** 2
    return _developed(image.astype(np.float32) * (1 - dark)), boxes


def blur(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Out of focus, up to about 1 % of the picture."""
    sigma = rng.uniform(0.4, 0.008 * max(image.shape[:2]))
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8), boxes


def motion_blur(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """A long exposure of something that moves, any direction."""
    length = int(rng.integers(3, max(4, max(image.shape[:2]) // 30)))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), rng.uniform(0, 180), 1.0)
    kernel = cv2.warpAffine(line, turn, (length, length))
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8), boxes


def coarse(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """A sub-stream blown up: a quarter to three quarters of the pixels a side."""
    high, wide = image.shape[:2]
    share = rng.uniform(0.25, 0.75)
    small = cv2.resize(image, (max(2, int(wide * share)), max(2, int(high * share))), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (wide, high), interpolation=cv2.INTER_LINEAR), np.uint8), boxes


def noise(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Of a small sensor, grey or coloured."""
    high, wide = image.shape[:2]
    levels, depth = rng.uniform(3, 20), 1 if rng.random() < 0.5 else 3
    return _developed(image + _grain(rng, (high, wide, depth), levels)), boxes


def jpeg(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Blocks of a saving recorder, quality 18 to 70."""
    _, packed = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(18, 70))])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1], np.uint8).copy(), boxes


def caption(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Date and time, as recorders write them into the picture."""
    high, wide = image.shape[:2]
    drawn = image.copy()
    year, month, day, hour, minute, second = rng.integers((2018, 1, 1, 0, 0, 0), (2031, 13, 29, 24, 60, 60))
    text = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    place = (int(rng.uniform(0.01, 0.4) * wide), int((0.06 if rng.random() < 0.5 else 0.96) * high))
    tone = (255, 255, 255) if rng.random() < 0.8 else (250, 220, 40)
    cv2.putText(drawn, text, place, cv2.FONT_HERSHEY_SIMPLEX, wide / 320 * rng.uniform(0.35, 0.6), tone, 1, cv2.LINE_AA)
    return drawn, boxes


@dataclass(frozen=True)
class Cover:
    """Something in front: a flat shape in a colour of the picture. No box is covered by more than `most` of it."""

    most: float = 0.35
    tries: int = 8

    def __call__(self, image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
        """Unchanged where no place was found."""
        high, wide = image.shape[:2]
        for _ in range(self.tries):
            w, h = rng.uniform(0.08, 0.35, 2)
            left, top = rng.uniform(-w / 2, 1 - w / 2), rng.uniform(-h / 2, 1 - h / 2)
            if any(covered(box, left, top, left + w, top + h) > self.most for box in boxes):
                continue
            drawn = image.copy()
            colour = image[rng.integers(high), rng.integers(wide)].astype(np.float32) * rng.uniform(0.5, 1.2)
            tone = tuple(int(value) for value in np.clip(colour, 0, 255))
            near, far = (int(left * wide), int(top * high)), (int((left + w) * wide), int((top + h) * high))
            if rng.random() < 0.5:
                cv2.rectangle(drawn, near, far, tone, cv2.FILLED)
            else:
                middle = ((near[0] + far[0]) // 2, (near[1] + far[1]) // 2)
                axes = ((far[0] - near[0]) // 2, (far[1] - near[1]) // 2)
                cv2.ellipse(drawn, middle, axes, 0, 0, 360, tone, cv2.FILLED)
            return drawn, boxes
        return image, boxes


def dirt(image: Image, boxes: Boxes, rng: Rng) -> tuple[Image, Boxes]:
    """Smears on the dome: soft bright or dark patches that let half of the picture through."""
    high, wide = image.shape[:2]
    spots = np.zeros((high, wide), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        middle = (int(rng.integers(wide)), int(rng.integers(high)))
        axes = (max(1, int(rng.uniform(0.03, 0.15) * wide)), max(1, int(rng.uniform(0.03, 0.15) * high)))
        cv2.ellipse(spots, middle, axes, rng.uniform(0, 180), 0, 360, (rng.uniform(0.2, 0.55),), cv2.FILLED)
    smear = np.asarray(cv2.GaussianBlur(spots, (0, 0), 0.02 * max(wide, high)), np.float32)[..., None]
    soft = cv2.GaussianBlur(image, (0, 0), 0.02 * max(wide, high)).astype(np.float32)
    light = image.astype(np.float32) * (1 - smear) + smear * (soft * 0.7 + rng.uniform(10, 90))
    return _developed(np.asarray(light, np.float32)), boxes
