"""The eye of the car: economy, attention, and what it says when it cannot see. Real model, our own frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.core.clock import ManualClock
from edge.core.messages import Message, Sighting
from edge.hw.camera import Feed, open_camera
from edge.hw.camera_files import ImagesOptions, read_image
from edge.hw.camera_health import CameraHealthOptions, Health
from edge.hw.frame import Frame
from edge.vision.arrays import Image
from edge.vision.detector import Detector
from edge.vision.evidence import Evidence, EvidenceOptions
from edge.vision.models import Registry
from edge.vision.motion import Gate, MotionOptions
from elevator_node.config import EyeOptions
from elevator_node.inputs import Eye
from tests.elevator_node.process import CLIP, bike_frames, empty_frames

FRAME_S = 0.2


class Car:
    """An eye that is shown one frame after the other, on a clock that moves with them."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.posted: list[Message] = []
        camera = open_camera(ImagesOptions(driver="images", path=CLIP), self.clock)
        self.eye = Eye(
            Feed("camera", camera, self.clock),
            Detector(Registry.load()["ebike"]),
            Gate(MotionOptions()),
            Health(CameraHealthOptions(frozen_s=None)),
            Evidence(EvidenceOptions(), folder, self.clock, lambda event_id, path: None),
            EyeOptions(),
            self.clock,
            self.posted.append,
        )
        self.number = 0

    def show(self, image: Image, seconds: float) -> list[Sighting]:
        """The same scene for a while; returns what was said meanwhile."""
        said = len(self.posted)
        for _ in range(round(seconds / FRAME_S)):
            self.clock.advance(FRAME_S)
            self.number += 1
            self.eye.look(Frame(image, self.clock.now(), self.number))
        return [message for message in self.posted[said:] if isinstance(message, Sighting)]


@pytest.fixture
def car(tmp_path: Path) -> Car:
    return Car(tmp_path)


EMPTY, BIKE = read_image(empty_frames()[0]), read_image(bike_frames()[0])


@pytest.mark.req("EL-12")
def test_nothing_is_looked_at_while_nothing_moves_but_once_in_a_while(car: Car) -> None:
    car.show(EMPTY, 10.0)
    looked = car.eye.frames_looked_at
    said = car.show(EMPTY, 30.0)
    assert car.eye.frames_looked_at - looked == len(said) == 3
    assert all(not sight.detections and sight.fault is None for sight in said)


@pytest.mark.req("EL-12")
def test_motion_brings_the_full_rate_from_its_first_frame(car: Car) -> None:
    car.show(EMPTY, 10.0)
    said = car.show(BIKE, 1.0)
    assert len(said) == 5
    assert all(sight.detections and sight.detections[0].label == "ebike" for sight in said)
    assert [sight.frame_no for sight in said] == sorted({sight.frame_no for sight in said})


@pytest.mark.req("EL-7", "EL-12")
def test_a_parked_bike_is_looked_at_while_attention_is_asked_for(car: Car) -> None:
    car.show(EMPTY, 10.0)
    car.show(BIKE, 1.0)
    car.eye.attention = True
    assert len(car.show(BIKE, 20.0)) == 100
    car.eye.attention = False
    car.show(BIKE, 10.0)
    assert len(car.show(BIKE, 10.0)) == 1, "what stands still is no motion"


@pytest.mark.req("EL-2", "EL-12")
def test_a_bike_that_comes_back_as_its_visit_ends_is_seen_at_once(car: Car) -> None:
    car.show(EMPTY, 10.0)
    car.show(BIKE, 0.2)
    car.eye.attention = True
    car.show(BIKE, 25.0)
    car.eye.attention = False
    assert len(car.show(BIKE, 1.0)) == 5


@pytest.mark.req("EL-9")
def test_a_covered_camera_sees_nothing_rather_than_a_clear_car(car: Car) -> None:
    car.show(EMPTY, 30.0)
    car.eye.attention = True
    said = car.show(np.full_like(EMPTY, 128), 4.0)
    assert said[-1].fault == "covered"
    assert said[-1].detections is None
    assert car.show(EMPTY, 4.0)[-1].fault is None


@pytest.mark.req("EL-7")
def test_a_frame_that_the_model_cannot_take_is_told_as_unreadable_not_as_covered_nor_clear(car: Car) -> None:
    car.eye.attention = True
    assert car.show(BIKE, 1.0)[-1].fault is None
    said = car.show(np.full_like(EMPTY, 128, np.uint16), 4.0)  # two bytes a channel: no picture for the model
    assert {(sight.fault, sight.detections) for sight in said} == {("unreadable", None)}
    assert car.show(BIKE, 4.0)[-1].fault is None


@pytest.mark.req("EL-9")
def test_a_dark_camera_sees_nothing(car: Car) -> None:
    car.show(EMPTY, 5.0)
    said = car.show(np.full_like(EMPTY, 2), 5.0)
    assert (said[-1].fault, said[-1].detections) == ("dark", None)


@pytest.mark.req("EL-9")
def test_no_frame_is_told_as_lost_twice_a_second(car: Car) -> None:
    car.show(EMPTY, 1.0)
    said = len(car.posted)
    for _ in range(50):
        car.clock.advance(0.1)
        car.eye.nothing_came()
    lost = [message for message in car.posted[said:] if isinstance(message, Sighting)]
    assert 6 <= len(lost) <= 8
    assert all((sight.fault, sight.detections, sight.frame_no) == ("lost", None, car.number) for sight in lost)
