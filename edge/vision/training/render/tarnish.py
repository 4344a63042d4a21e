"""What happens before the chip: dirt and haze on the dome, movement, night mode without colours, the clock's text."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from .plans import SensorPlan


def tarnish(png: Path, plan: SensorPlan, rng: Random) -> None:
    """Spoil the clean picture `png` in place, as the plan says."""
    with Image.open(png) as clean:
        picture = clean.convert("RGB")
    if plan.smear_px:
        picture = _smeared(picture, plan.smear_px, rng)
    light = metered(np.asarray(picture, dtype=np.float32), plan.meter)
    if plan.dirt:
        light = _dirty(light, plan.dirt, rng)
    light = light * (1.0 - plan.haze) + plan.haze * float(light.mean() * 0.5 + 90.0)
    if plan.grey:
        light = np.repeat(light @ np.array([[0.45], [0.4], [0.15]], dtype=np.float32), 3, axis=2)
    picture = Image.fromarray(light.clip(0, 255).astype(np.uint8))
    if plan.stamp:
        _stamped(picture, rng)
    picture.save(png)


def metered(light: npt.NDArray[np.float32], target: float) -> npt.NDArray[np.float32]:
    """The picture after the camera's own gain, 0.6 to 5: its brighter half comes to the grey level `target`."""
    brighter = light[light >= np.median(light)]
    gain = float(np.clip(target / max(1.0, float(brighter.mean())), 0.6, 5.0))
    return (light * np.float32(gain)).clip(0, 255)


def _smeared(picture: Image.Image, length_px: float, rng: Random) -> Image.Image:
    """The mean of copies along a random direction: the exposure lasts while something moves."""
    dx, dy = rng.uniform(-1.0, 1.0) * length_px, rng.uniform(-1.0, 1.0) * length_px
    copies = []
    for share in np.linspace(-0.5, 0.5, 7):
        shift = (1.0, 0.0, float(dx * share), 0.0, 1.0, float(dy * share))
        copies.append(
            np.asarray(picture.transform(picture.size, Image.Transform.AFFINE, shift, Image.Resampling.BILINEAR))
        )
    return Image.fromarray(np.mean(copies, axis=0).astype(np.uint8))


def _dirty(light: npt.NDArray[np.float32], amount: float, rng: Random) -> npt.NDArray[np.float32]:
    """Blurred specks and finger marks, darker or milkier than the picture."""
    high, wide, _ = light.shape
    mask = Image.new("L", (wide, high), 0)
    brush = ImageDraw.Draw(mask)
    for _ in range(int(4 + 26 * amount)):
        x, y, size = rng.uniform(0, wide), rng.uniform(0, high), rng.uniform(0.01, 0.12) * wide
        brush.ellipse((x - size, y - size * rng.uniform(0.3, 1.0), x + size, y + size * 0.5), fill=rng.randint(40, 200))
    veil: npt.NDArray[np.float32] = (
        np.asarray(mask.filter(ImageFilter.GaussianBlur(0.025 * wide)), dtype=np.float32)[..., None] / 255.0
    )
    tone = rng.choice((20.0, 60.0, 170.0))
    spoiled: npt.NDArray[np.float32] = light * (1.0 - veil * 0.6 * amount) + tone * veil * 0.6 * amount
    return spoiled


def _stamped(picture: Image.Image, rng: Random) -> None:
    """Date, time and name in white, as recorders write them."""
    wide, high = picture.size
    date = f"20{rng.randint(18, 27)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    time = f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}"
    brush = ImageDraw.Draw(picture)
    at = rng.choice(((4, 2), (wide * 0.45, 2), (4, high - 14)))
    brush.text(at, f"{date} {time}", fill=(235, 235, 235))
    if rng.random() < 0.6:
        brush.text(
            (wide * 0.7, high - 14), rng.choice(("CAM 01", "Lift 2", "Camera 04", "IPC", "CH1")), fill=(235,) * 3
        )
