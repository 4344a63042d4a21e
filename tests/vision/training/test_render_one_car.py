"""Frames of one lift: the car stays, what rides in it changes. No Blender."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from edge.vision.training.render import frames
from edge.vision.training.render.mix import LABELS
from edge.vision.training.render.one_car import sample_one_car
from edge.vision.training.render.plans import ROOM, ScenePlan

LOOKS = "actor/0"


def room(plan: ScenePlan) -> tuple[object, ...]:
    looks = tuple(plan.dice_name(topic) for topic in sorted(ROOM))
    return replace(plan.car, open_share=0.0), plan.light, plan.lens, plan.sensor, looks


@pytest.mark.parametrize("same_thing", [False, True])
def test_the_lift_and_its_camera_stay_whatever_is_shown(same_thing: bool) -> None:
    plans = [sample_one_car(31, seed, k, label, same_thing) for seed in (1, 2) for k in range(5) for label in LABELS]
    assert len({room(plan) for plan in plans}) == 1
    assert room(sample_one_car(32, 1, 0, "pram")) != room(plans[0])


def test_its_door_opens_and_shuts_unless_the_camera_looks_in_through_it() -> None:
    for car in range(31, 45):
        plans = [sample_one_car(car, 1, k, "people") for k in range(30)]
        shares = {plan.car.open_share for plan in plans}
        assert len(shares) > 1 if plans[0].lens.mount != "lobby" else len(shares) == 1


@pytest.mark.parametrize("label", [label for label in LABELS if label not in ("people", "empty")])
def test_a_technician_has_one_thing_of_a_kind_and_other_people_have_others(label: str) -> None:
    recorded = [sample_one_car(31, 1, k, label, same_thing=True) for k in range(20)]
    later = [sample_one_car(31, 2, k, label) for k in range(20)]
    assert len({(plan.actors[0].kind, plan.dice_name(LOOKS)) for plan in recorded}) == 1
    assert len({plan.actors[0].place for plan in recorded}) > 10
    assert len({plan.dice_name(LOOKS) for plan in later}) == 20
    assert {plan.actors[0].label for plan in (*recorded, *later)} == {label}


def test_no_two_groups_have_the_same_people() -> None:
    names = [sample_one_car(31, 1, 3, label, same_thing=True).dice_name("actor/1") for label in LABELS]
    assert max(Counter(names).values()) == 1


def test_no_dice_of_training_are_thrown_again() -> None:
    training = {f"{seed}/{k}/{topic}" for seed in (1, 2, 31) for k in range(50) for topic in (*ROOM, LOOKS, "plan")}
    plans = map(partial(sample_one_car, 31, 1, label="pram", same_thing=True), range(50))
    assert not training & {plan.dice_name(topic) for plan in plans for topic in (*ROOM, LOOKS, "actor/1", "door")}


def test_the_same_things_make_sense_only_in_one_car(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        frames.main(["--out", str(tmp_path), "--count", "1", "--same-things"])
    assert "--same-things goes with --one-car" in capsys.readouterr().err
