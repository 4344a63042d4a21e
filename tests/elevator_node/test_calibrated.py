"""A lift's calibration decides what holds the door, and never more than the rules allow. Real model, real wiring."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from edge import config
from edge.core.clock import ManualClock
from edge.core.messages import Message, Reading, Sighting
from edge.core.node import Surroundings
from edge.hw.camera_files import read_image
from edge.hw.frame import Frame
from edge.vision.arrays import Image
from edge.vision.calibration.head import Head
from edge.vision.calibration.store import Calibrations
from edge.vision.models import Entry, Registry
from elevator_node.config import ElevatorOptions
from elevator_node.inputs import Eye
from elevator_node.node import NODE
from elevator_node.outputs import LiftOutputs
from tests.elevator_node.lift import Lift
from tests.elevator_node.process import CLIP, bike_frames, empty_frames
from tests.vision.calibration.nodes import WIDTH, model_with_features, node_file

EMPTY, BIKE = read_image(empty_frames()[0]), read_image(bike_frames()[0])
ALWAYS, NEVER = 20.0, -20.0


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_with_features(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def entry(registry: Path) -> Entry:
    return Registry.load(registry)["ebike"]


def head(entry: Entry, offset: float) -> Head:
    return Head(entry.sha256, 1.0, np.zeros(WIDTH, np.float32), 0.0, 4.0, offset)


def looks(folder: Path, registry: Path, image: Image, calibration: str = "auto") -> tuple[Lift, bool]:
    """A lift whose eye, wired as the node wires it, is shown a scene for a second; whether it said `calibrated`."""
    eye_options = {"picture_model": None, "registry": str(registry), "calibration": calibration}
    camera = {"driver": "images", "path": str(CLIP)}
    path = node_file(folder, registry, eye=eye_options, camera=camera, voice={"driver": "silent"})
    options = config.load(path, ElevatorOptions)
    clock, posted = ManualClock(), list[Message]()
    around = Surroundings(clock, posted.append, options.state_dir, lambda event_id, component, path: None)
    wiring = NODE.wire(options, around)
    assert isinstance(wiring.outputs, LiftOutputs)
    eye: Eye = wiring.outputs._eye
    eye.attention = True
    lift = Lift(options.hold, options.classes)
    for number in range(1, 6):
        clock.advance(0.2)
        eye.look(Frame(image, clock.now(), number))
    for sight in [message for message in posted if isinstance(message, Sighting)]:
        lift.frame(*(sight.detections or ()))
    wiring.outputs.safe()
    return lift, bool(wiring.capabilities["calibrated"])


CASES = [  # picture, head's offset (None: no head), configured, whether the door is held
    (BIKE, None, "auto", True),
    (BIKE, NEVER, "auto", False),
    (BIKE, NEVER, "off", True),
    (EMPTY, None, "auto", False),
    (EMPTY, ALWAYS, "auto", True),
    (EMPTY, ALWAYS, "off", False),
]


@pytest.mark.parametrize(("image", "offset", "configured", "held"), CASES)
def test_the_head_decides_what_holds_the_door(
    tmp_path: Path, registry: Path, entry: Entry, image: Image, offset: float | None, configured: str, held: bool
) -> None:
    if offset is not None:
        Calibrations(tmp_path / "state").add(head(entry, offset))
    lift, calibrated = looks(tmp_path, registry, image, configured)
    assert (lift.wanted.hold, lift.state.visit is not None) == (held, held)
    assert calibrated == (offset is not None and configured == "auto")


@pytest.mark.req("EL-5")
def test_no_head_holds_in_a_fire(tmp_path: Path, registry: Path, entry: Entry) -> None:
    Calibrations(tmp_path / "state").add(head(entry, ALWAYS))
    lift, _ = looks(tmp_path, registry, EMPTY)
    assert lift.wanted.hold
    lift.send(Reading("fire", True, lift.now))
    assert not lift.wanted.hold


def test_a_damaged_head_does_not_stop_the_node(
    tmp_path: Path, registry: Path, entry: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    Calibrations(tmp_path / "state").add(head(entry, NEVER)).write_bytes(b"half a")
    with caplog.at_level(logging.WARNING):
        lift, calibrated = looks(tmp_path, registry, BIKE)
    assert lift.wanted.hold
    assert not calibrated
    assert "calibration is not used" in caplog.text
