"""The style `wide`: cameras in a visitor's hand, pictures of many shapes, things on the landing. No Blender."""

from __future__ import annotations

from collections import Counter

import pytest

from edge.vision.training.render.layout import BEFORE_VISITOR_M
from edge.vision.training.render.lenses import BEFORE_DOOR_M, EYE_M
from edge.vision.training.render.mix import DEFAULT, LABELS, parse_mix
from edge.vision.training.render.sample import sample
from edge.vision.training.render.styles import CAR, SHAPES, WIDE, with_mounts

MANY = [sample(3, number, parse_mix(DEFAULT), WIDE) for number in range(600)]
VISITORS = [plan for plan in MANY if plan.lens.mount == "visitor"]


def test_every_label_gets_the_same_cars_cameras_and_lamps() -> None:
    for number in range(30):
        plans = [sample(7, number, {label: 1.0}, WIDE) for label in LABELS]
        assert len({(plan.car, plan.light, plan.lens, plan.sensor) for plan in plans}) == 1


def test_a_visitor_holds_the_camera_at_eye_level_before_the_door() -> None:
    assert len(VISITORS) > 200
    for plan in VISITORS:
        x, y, z = plan.lens.place
        assert EYE_M[0] <= z <= EYE_M[1]
        assert BEFORE_DOOR_M[0] <= -plan.car.depth_m / 2 - y <= BEFORE_DOOR_M[1]
        assert abs(x) <= 1.6
        assert plan.lens.projection == "rectilinear"
        assert 36.0 <= plan.lens.field_deg <= 95.0


def test_nobody_stands_right_before_a_visitor() -> None:
    for plan in VISITORS:
        for actor in plan.actors:
            if actor.label == "person" and actor.role == "stand":
                away = (actor.place[0] - plan.lens.place[0], actor.place[1] - plan.lens.place[1])
                assert away[0] ** 2 + away[1] ** 2 >= (BEFORE_VISITOR_M - 0.01) ** 2


def test_pictures_have_every_shape_and_the_old_style_keeps_the_size_that_was_asked_for() -> None:
    assert {plan.lens.shape for plan in MANY} == set(SHAPES)
    assert {sample(3, k, {"ebike": 1.0}, CAR).lens.shape for k in range(50)} == {""}


def test_bikes_stand_on_the_landing_and_are_ridden_in() -> None:
    bikes = [plan for plan in MANY if plan.label == "ebike" and plan.lens.mount != "visitor"]
    outside = [plan for plan in bikes if plan.actors[0].place[1] < -plan.car.depth_m / 2 - 0.4]
    assert 0.04 < len(outside) / len(bikes) < 0.25
    roles = Counter(actor.role for plan in MANY for actor in plan.actors if plan.label == "ebike")
    assert roles["ride"] > 20


def test_some_landings_are_dark() -> None:
    assert any(plan.light.mode == "day" and plan.light.lobby_w < 2.0 for plan in MANY)


def test_other_weights_of_the_cameras() -> None:
    style = with_mounts(WIDE, "visitor=1, corner=0")
    assert {sample(1, k, {"pram": 1.0}, style).lens.mount for k in range(30)} == {"visitor"}
    assert with_mounts(WIDE, "") == WIDE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("attic=1", "'attic' is unknown or given twice; choose from corner"),
        ("wall=1,wall=2", "given twice"),
        ("wall", "give a weight"),
        ("wall=-1", "zero or more"),
        ("wall=inf", "finite"),
        ("wall=0", "above zero"),
    ],
)
def test_wrong_weights_are_explained(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        with_mounts(WIDE, text)
