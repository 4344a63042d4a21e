"""What walls and floors of random cars are lined with."""

from __future__ import annotations

from random import Random

from . import materials
from .materials import Material


def wall(kind: str, rng: Random) -> Material:
    """One of the names in `sample.WALLS`. Raises KeyError for another."""
    grey = rng.uniform(0.4, 0.65)
    brown = rng.uniform(0.7, 1.4)
    makers = {
        "steel": lambda: materials.brushed_steel(rng),
        "polished": lambda: materials.plain((grey,) * 3, metal=1.0, rough=rng.uniform(0.05, 0.16)),
        "gold": lambda: materials.plain((0.6, 0.42, 0.17), metal=1.0, rough=rng.uniform(0.12, 0.3)),
        "painted": lambda: materials.plain(materials.colour(rng, (0.0, 0.4), (0.3, 0.85)), rough=rng.uniform(0.3, 0.7)),
        "wood": lambda: materials.streaked(
            (0.16 * brown, 0.08 * brown, 0.035 * brown), (0.28 * brown, 0.15 * brown, 0.07 * brown), (25.0, 25.0, 1.5)
        ),
        "plywood": lambda: materials.streaked((0.42, 0.28, 0.14), (0.58, 0.42, 0.24), (6.0, 6.0, 1.0), rough=0.8),
        "quilt": lambda: materials.checked((0.05, 0.1, 0.28), (0.06, 0.12, 0.33), rng.uniform(8.0, 12.0), rough=0.9),
        "etched": lambda: materials.veined((grey,) * 3, (grey * 0.7,) * 3, rng.uniform(6.0, 20.0), metal=1.0),
    }
    return makers[kind]()


def floor(kind: str, rng: Random) -> Material:
    """One of the names in `sample.FLOORS`. Raises KeyError for another."""
    grey = rng.uniform(0.03, 0.4)
    base = materials.colour(rng, (0.0, 0.35), (0.1, 0.6))
    lighter = (base[0] * 1.5, base[1] * 1.5, base[2] * 1.45)
    makers = {
        "speckled": lambda: materials.speckled((grey,) * 3, (grey * 1.8,) * 3, per_m=60.0, rough=0.45),
        "tiled": lambda: materials.tiled(base, (grey * 0.5,) * 3, edge=rng.uniform(0.2, 0.45)),
        "rubber": lambda: materials.plain((grey * 0.3,) * 3, rough=0.8),
        "steel": lambda: materials.checked((0.35,) * 3, (0.42,) * 3, 60.0, rough=0.3),
        "carpet": lambda: materials.speckled(base, lighter, per_m=150.0, rough=0.95),
        "stone": lambda: materials.veined(base, lighter, rng.uniform(2.0, 5.0), rough=rng.uniform(0.08, 0.4)),
    }
    return makers[kind]()
