"""Draw the plans of frames from one lift: the car, its light and its camera stay, the actors and the door change. Pure.

For trying a calibration on site: what a technician records of a lift, and what the lift sees afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from .kinds import of_label
from .layout import actors_for
from .lenses import draw_lens, pick
from .plans import ScenePlan
from .sample import draw_car, draw_light, draw_sensor


def sample_one_car(car: int, seed: int, number: int, label: str, same_thing: bool = False) -> ScenePlan:
    """The plan of frame `number` of `label` and a seed in lift `car`; `same_thing`: a seed's frames all show the same
    pram, bike ... As in `sample`, it depends on nothing else; other people are there for each label.
    """
    room = f"car {car}"
    shape = draw_car(Random(f"{room}/plan"))
    light = draw_light(Random(f"{room}/light"))
    lens = draw_lens(Random(f"{room}/lens"), shape)
    sensor = draw_sensor(Random(f"{room}/sensor"), light)
    things = of_label(label) if same_thing else {}
    prop = f"{room}/{seed}/{label}" if things else ""
    plan = ScenePlan(seed, number, label, shape, light, lens, sensor, (), room, prop)

    def dice(topic: str) -> Random:
        return Random(plan.dice_name(topic))

    if lens.mount != "lobby":  # that one sees the car only through its open door
        shape = replace(shape, open_share=draw_car(dice("door")).open_share)
    kind = pick(Random(f"{prop}/kind"), things) if prop else None
    return replace(plan, car=shape, actors=actors_for(label, shape, lens, dice, kind=kind))
