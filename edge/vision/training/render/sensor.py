"""What a cheap camera does to a clean picture: a dark rim, a soft lens, noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageFilter


@dataclass(frozen=True)
class Sensor:
    """One camera's character, the same for a whole clip; noise is in grey levels of 255, blur in pixels."""

    noise: float
    colour_noise: float
    blur: float
    rim: float
    quality: int

    @classmethod
    def drawn(cls, rng: Random) -> Sensor:
        """A camera out of the box."""
        return cls(
            noise=rng.uniform(1.2, 2.2),
            colour_noise=rng.uniform(0.5, 1.0),
            blur=rng.uniform(1.0, 1.3),
            rim=rng.uniform(0.15, 0.3),
            quality=80,
        )

    def develop(self, png: Path, jpeg: Path, rng: Random) -> None:
        """Read the clean `png`, write what the camera would have sent to `jpeg`."""
        with Image.open(png) as clean:
            soft = clean.convert("RGB").filter(ImageFilter.GaussianBlur(self.blur))
        light = np.asarray(soft, dtype=np.float32)
        high, wide, _ = light.shape
        y, x = np.mgrid[-1.0 : 1.0 : high * 1j, -1.0 : 1.0 : wide * 1j]
        light = light * (1.0 - self.rim * (x * x + y * y) / 2.0)[..., None]
        dice = np.random.default_rng(rng.getrandbits(64))
        light = light + dice.normal(0.0, self.noise, (high, wide, 1))
        light = light + dice.normal(0.0, self.colour_noise, (high, wide, 3))
        Image.fromarray(light.clip(0, 255).astype(np.uint8)).save(jpeg, "JPEG", quality=self.quality, optimize=True)
