"""Draw the plan of a catalogue picture: one thing alone on white, seen as a shop or a ceiling camera would. Pure.

Real shops show hundreds of electric bikes on white and hardly a pram; training cuts things out of such pictures and
stands them in rooms, so every class needs some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from .kinds import of_label
from .lenses import pick
from .plans import ActorPlan, SensorPlan


@dataclass(frozen=True)
class CataloguePlan:
    """Picture `number` of a seed. The camera looks at the thing's middle from `azimuth_deg` (0: from ahead) and
    `elevation_deg` above the floor; `field_deg` across the picture; the thing fills `fill` of it."""

    seed: int
    number: int
    label: str
    actor: ActorPlan
    azimuth_deg: float
    elevation_deg: float
    field_deg: float
    fill: float
    light: float
    sensor: SensorPlan

    def dice_name(self, topic: str) -> str:
        """The seed of one builder's own random numbers."""
        return f"catalogue/{self.seed}/{self.number}/{topic}"


def things(mix: Mapping[str, float]) -> dict[str, float]:
    """The labels of a mix that a catalogue can show. Raises ValueError when there is none."""
    shown = {name: share for name, share in mix.items() if name not in ("people", "empty") and share > 0}
    if not shown:
        raise ValueError("mix: a catalogue shows things; name one besides people and empty, as in pram=6,ebike=2")
    return shown


def draw(seed: int, number: int, mix: Mapping[str, float]) -> CataloguePlan:
    """The plan of picture `number`; `mix`: of `things`. It depends on these three alone."""

    def dice(topic: str) -> Random:
        return Random(f"catalogue/{seed}/{number}/{topic}")

    label = pick(dice("label"), mix)
    view = dice("view")
    from_above = view.random() < 0.4
    return CataloguePlan(
        seed=seed,
        number=number,
        label=label,
        actor=ActorPlan(pick(dice("kind"), of_label(label)), label, (0.0, 0.0), 0.0),
        azimuth_deg=round(view.uniform(0.0, 360.0), 1),
        elevation_deg=round(view.uniform(30.0, 80.0) if from_above else view.uniform(0.0, 30.0), 1),
        field_deg=round(view.uniform(25.0, 60.0), 1),
        fill=round(view.uniform(0.75, 0.95), 2),
        light=round(view.uniform(0.7, 1.2), 2),
        sensor=_studio_sensor(dice("sensor")),
    )


def _studio_sensor(rng: Random) -> SensorPlan:
    return SensorPlan(
        noise=round(rng.uniform(0.2, 1.0), 2),
        colour_noise=0.2,
        blur=round(rng.uniform(0.1, 0.5), 2),
        rim=0.0,
        quality=rng.randint(80, 95),
        dirt=0.0,
        haze=0.0,
        smear_px=0.0,
        grey=False,
        stamp=False,
        meter=0.0,
    )
