"""Whole visits: the shipped model, the real eye and the real rules on every clip, 5 frames a second of made-up time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from edge.core.clock import ManualClock
from edge.core.messages import Message
from edge.hw.camera import Feed, open_camera
from edge.hw.camera_files import ImagesOptions, read_image
from edge.hw.camera_health import CameraHealthOptions, Health
from edge.hw.frame import Frame
from edge.vision.detector import Detector
from edge.vision.evidence import Evidence, EvidenceOptions
from edge.vision.models import Registry
from edge.vision.motion import Gate, MotionOptions
from elevator_node.config import EyeOptions
from elevator_node.inputs import Eye
from elevator_node.node import NODE
from elevator_node.rules import HoldOptions
from tests.elevator_node.lift import FRAME_S, Lift
from tests.vision.scenes import shared

CLIPS = NODE.demo.clips
MODEL = EyeOptions().model
BIKES = ("ebike_visit", "pedelec_visit", "covered_visit")
OTHERS = ("pram_visit", "wheelchair_visit", "bicycle_visit", "people_visit")
WEAK = {  # clip -> the models that get it wrong
    "wheelchair_visit": {"ebike"},  # pushed by somebody with a helmet: from behind, a rider on a bike
}
BEFORE_S, AFTER_S = 12.0, 6.0  # the camera's health learns the car for 10 s; a visit ends 3 s after the bike is gone
DETECTED, CLEARED = "ebike.detected", "ebike.cleared"


@cache
def model() -> Detector:
    """One for all trials; a picture knows nothing of the one before."""
    return Detector(Registry.load()[MODEL])


picture = cache(read_image)


class Trial:
    """A lift with its eye, shown one picture after the other."""

    def __init__(self, folder: Path) -> None:
        self.lift = Lift()
        self.clock = ManualClock(self.lift.now)
        self.number = 0
        camera = open_camera(ImagesOptions(driver="images", path=CLIPS), self.clock)
        self.eye = Eye(
            Feed("camera", camera, self.clock),
            model(),
            Gate(MotionOptions()),
            Health(CameraHealthOptions()),
            Evidence(EvidenceOptions(), folder, self.clock, lambda event_id, path: None),
            EyeOptions(),
            self.clock,
            self._post,
        )

    def _post(self, message: Message) -> None:
        self.lift.send(message)

    def show(self, files: Iterable[Path]) -> list[bool]:
        """The pictures at 5 a second; whether the door was held after each."""
        held = []
        for file in files:
            self.clock.advance(FRAME_S)
            self.lift.now = self.clock.now()
            self.number += 1
            self.eye.look(Frame(picture(file), self.clock.now(), self.number))
            self.lift.tick(0.0)
            self.eye.attention = self.lift.wanted.attention
            held.append(self.lift.wanted.hold)
        return held


@dataclass(frozen=True)
class Played:
    """What came of a clip: `held` after each of its frames and at the end, the events by kind, its labels by frame."""

    held: Mapping[Path, bool]
    held_at_end: bool
    kinds: Sequence[str]
    labels: Mapping[Path, Mapping[str, Any]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Played]:
    """Plays a clip between frames of its empty car; each only once."""

    @cache
    def played(clip: str) -> Played:
        lines = map(json.loads, (CLIPS / clip / "labels.jsonl").read_text(encoding="utf-8").splitlines())
        labels = {CLIPS / clip / line["file"]: line for line in lines}
        empty = [file for file, line in labels.items() if not line["boxes"] and not line.get("covered")]
        trial = Trial(tmp_path_factory.mktemp(clip))
        trial.show(islice(cycle(empty), round(BEFORE_S / FRAME_S)))
        held = dict(zip(labels, trial.show(labels), strict=True))
        at_end = trial.show(islice(cycle(empty), round(AFTER_S / FRAME_S)))[-1]
        return Played(held, at_end, tuple(trial.lift.kinds), labels)

    return played


def clips(names: Iterable[str]) -> list[Any]:
    """The parameters of a test; what a model is known to get wrong fails strictly, so that a better model says so."""
    why = f"{MODEL} gets this visit wrong"
    weak = {name: pytest.mark.xfail(MODEL in WEAK.get(name, ()), reason=why, strict=True) for name in names}
    return [pytest.param(name, marks=mark) for name, mark in weak.items()]


def test_every_clip_is_judged() -> None:
    assert {folder.name for folder in CLIPS.iterdir() if folder.is_dir()} == {*BIKES, *OTHERS}


@pytest.mark.req("EL-1", "EL-2", "EL-4")
@pytest.mark.parametrize("clip", clips(BIKES))
def test_an_electric_bike_is_held_until_it_left(play: Callable[[str], Played], clip: str) -> None:
    visit = play(clip)
    assert visit.kinds.count(DETECTED) == visit.kinds.count(CLEARED) == 1
    shown = [file for file, line in visit.labels.items() if "ebike" in line["classes"]]
    assert all(visit.held[file] for file in shown[len(shown) // 2 : len(shown) * 2 // 3]), "let go during the visit"
    assert not visit.held_at_end


@pytest.mark.req("EL-1")
@pytest.mark.parametrize("clip", clips(OTHERS))
def test_nothing_else_is_held(play: Callable[[str], Played], clip: str) -> None:
    visit = play(clip)
    assert DETECTED not in visit.kinds
    assert not visit.held_at_end


@pytest.mark.req("EL-9")
def test_a_camera_covered_during_a_visit_keeps_it_alive(play: Callable[[str], Played]) -> None:
    visit = play("covered_visit")
    covered = [file for file, line in visit.labels.items() if line.get("covered")]
    assert len(covered) * FRAME_S > HoldOptions().clear_s
    assert all(visit.held[file] for file in covered)
    told = [kind for kind in visit.kinds if kind in (DETECTED, CLEARED) or kind.startswith("camera.")]
    assert told == [DETECTED, "camera.fault", "camera.recovered", CLEARED]


def events(manifest: Path) -> dict[str, tuple[bool, Sequence[Path]]]:
    """`clip:` -> (an electric bike is in it, its pictures) of the shared data."""
    found: dict[str, tuple[bool, list[Path]]] = {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            words = row["labels"].split(";")
            for clip in (word for word in words if word.startswith("clip:")):
                bike, files = found.get(clip, (False, []))
                found[clip] = (bike or "ebike" in words, [*files, manifest.parent / row["file"]])
    return dict(found)


@pytest.mark.req("EL-1")
def test_events_of_real_lifts_are_told_apart(tmp_path: Path) -> None:
    real = events(shared("data", "MANIFEST.tsv"))
    assert real
    for number, (clip, (bike, files)) in enumerate(real.items()):
        trial = Trial(tmp_path / str(number))
        trial.show(sorted(files))
        assert (DETECTED in trial.lift.kinds) == bike, clip
