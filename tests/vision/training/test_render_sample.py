"""Scene sampling for training frames: repeatable, label-blind but for the object, within its bounds. No Blender."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from random import Random

import pytest

from edge.vision.training.render.kinds import KINDS, of_label
from edge.vision.training.render.layout import ELBOW_ROOM_M, beside, extents
from edge.vision.training.render.lenses import draw_lens
from edge.vision.training.render.mix import DEFAULT, LABELS, parse_mix
from edge.vision.training.render.plans import ActorPlan, ScenePlan
from edge.vision.training.render.sample import draw_car, sample

MIX = parse_mix(DEFAULT)
MANY = [sample(3, number, MIX) for number in range(800)]


def test_a_frame_depends_only_on_its_seed_and_number() -> None:
    assert sample(3, 41, MIX) == MANY[41]
    assert sample(4, 41, MIX) != MANY[41]


def test_every_label_gets_the_same_cars_cameras_and_lamps() -> None:
    for number in range(30):
        plans = [sample(7, number, {label: 1.0}) for label in LABELS]
        rooms = {(plan.car, plan.light, plan.lens, plan.sensor) for plan in plans}
        assert len(rooms) == 1


def test_the_mix_is_kept() -> None:
    counts = Counter(plan.label for plan in MANY)
    assert counts["ebike"] / len(MANY) == pytest.approx(0.45, abs=0.05)
    assert counts["pram"] / len(MANY) == pytest.approx(0.15, abs=0.04)
    assert set(counts) == set(LABELS)


def test_the_object_of_the_label_is_there_and_no_other_but_luggage() -> None:
    for plan in MANY:
        classes = {actor.label for actor in plan.actors} - {"person", "luggage"}
        if plan.label in ("people", "empty", "luggage"):
            assert not classes
        else:
            assert classes == {plan.label}
        assert (plan.label == "empty") == (not plan.actors)
        assert plan.label != "people" or any(actor.label == "person" for actor in plan.actors)


def test_people_do_not_give_the_label_away() -> None:
    """As many people beside an e-bike as beside a pram or a wheelchair."""

    def mean(label: str) -> float:
        counts = [sum(a.label == "person" for a in sample(9, k, {label: 1.0}).actors) for k in range(400)]
        return sum(counts) / len(counts)

    means = [mean(label) for label in ("ebike", "bicycle", "pram", "wheelchair", "trolley")]
    assert max(means) - min(means) < 0.25


def test_every_kind_is_drawn() -> None:
    wide = [sample(5, k, {label: 1.0}) for label in LABELS for k in range(60)]
    assert {actor.kind for plan in wide for actor in plan.actors} == set(KINDS)


def test_cameras_stay_within_their_bounds() -> None:
    mounts: Counter[str] = Counter()
    for number in range(500):
        car = draw_car(Random(number))
        lens = draw_lens(Random(number + 1), car)
        mounts[lens.mount] += 1
        assert 90.0 <= lens.field_deg <= 190.0
        assert lens.projection == "fisheye" or lens.field_deg < 108.0
        if lens.mount == "lobby":
            assert car.open_share >= 0.5
            continue
        assert abs(lens.place[0]) < car.width_m / 2
        assert abs(lens.place[1]) < car.depth_m / 2
        assert lens.place[2] < car.height_m
    assert set(mounts) == {"corner", "wall", "centre", "lobby"}


def test_bystanders_keep_their_distance() -> None:
    for plan in MANY:
        people = [a for a in plan.actors if a.label == "person" and a.role == "stand"]
        for k, one in enumerate(people):
            assert all(math.dist(one.place, other.place) >= ELBOW_ROOM_M - 0.01 for other in people[k + 1 :])


def test_two_things_never_share_a_middle() -> None:
    pairs = 0
    for plan in MANY:
        things = [a for a in plan.actors if a.label != "person"]
        pairs += len(things) > 1
        assert all(math.dist(a.place, b.place) > 0.3 for k, a in enumerate(things) for b in things[k + 1 :])
    assert pairs > 20


def test_night_and_infrared_doors_and_mirrors_are_all_drawn() -> None:
    assert {plan.light.mode for plan in MANY} == {"day", "dim", "infrared"}
    assert all(plan.sensor.grey for plan in MANY if plan.light.mode == "infrared")
    assert any(plan.car.open_share == 0.0 for plan in MANY)
    assert any(0.0 < plan.car.open_share < 1.0 for plan in MANY)
    assert {plan.car.mirror for plan in MANY} == {"", "back", "upper", "side"}
    assert any(_in_the_door(plan) for plan in MANY)


def _in_the_door(plan: ScenePlan) -> bool:
    return any(abs(a.place[1] + plan.car.depth_m / 2) < 0.3 for a in plan.actors if a.label == "ebike")


def test_a_plan_is_json() -> None:
    for plan in MANY[:50]:
        assert json.loads(json.dumps(asdict(plan)))["label"] == plan.label


def test_turning_a_thing_turns_its_extents() -> None:
    long, wide = KINDS["moped"].length_m / 2, KINDS["moped"].width_m / 2
    assert extents("moped", 0.0) == pytest.approx((long, wide))
    assert extents("moped", math.pi / 2) == pytest.approx((wide, long))


def test_beside_is_in_the_frame_of_the_thing() -> None:
    thing = ActorPlan("pram", "pram", (1.0, 2.0), math.pi / 2)
    assert beside(thing, 1.0, 0.0) == pytest.approx((1.0, 3.0))
    assert beside(thing, 0.0, 1.0) == pytest.approx((0.0, 2.0))


@pytest.mark.parametrize("label", sorted({kind.label for kind in KINDS.values()}))
def test_the_kinds_of_a_label_have_weights(label: str) -> None:
    assert of_label(label)
    assert all(share > 0.0 for share in of_label(label).values())


def test_a_mix_becomes_shares() -> None:
    assert parse_mix("ebike=3, pram=1") == {"ebike": 0.75, "pram": 0.25}
    assert parse_mix("dog") == {"dog": 1.0}
    assert sum(MIX.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ebik=3", "unknown label 'ebik'"),
        ("ebike=3,ebike=4", "given twice"),
        ("ebike=many", "must be a number"),
        ("ebike=-1", "zero or more"),
        ("ebike=inf", "finite"),
        ("ebike=nan", "finite"),
        ("ebike=0", "above zero"),
        ("", "above zero"),
    ],
)
def test_a_wrong_mix_is_explained(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_mix(text)
