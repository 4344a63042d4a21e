"""`edge vision calibrate` as a technician runs it: our own clips of one lift, a real model, a node's file."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from edge.cli.clip import empties
from edge.cli.main import main
from edge.vision.arrays import Image
from edge.vision.calibration.store import Calibrations
from edge.vision.calibration.trial import LEAST
from edge.vision.picture import encode, read
from elevator_node.node import NODE
from tests.vision.calibration.nodes import another_model, model_with_features, model_without_features, node_file

CLIPS = NODE.demo.clips


def frames(clip: str, label: str) -> list[Path]:
    lines = [json.loads(line) for line in (CLIPS / clip / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    return [CLIPS / clip / line["file"] for line in lines if any(box[0] == label for box in line["boxes"])]


def with_somebody(image: Image, place: int) -> Image:
    """Somebody in a coat, drawn as seen from above."""
    drawn = image.copy()
    x, y = 60 + 7 * place % (drawn.shape[1] - 120), drawn.shape[0] // 2
    cv2.ellipse(drawn, (x, y + 20), (26, 40), 0, 0, 360, (52, 60, 84), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(drawn, (x, y - 24), 15, (60, 44, 36), cv2.FILLED, cv2.LINE_AA)
    return drawn


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures for each group."""
    folder = tmp_path_factory.mktemp("shown")
    empty = [read(path) for path in empties(CLIPS / "ebike_visit")[: LEAST + 2]]
    groups = {
        "empty": empty,
        "people": [with_somebody(image, number) for number, image in enumerate(empty)],
        "pram": [read(path) for path in frames("pram_visit", "pram")],
        "ebike": [read(path) for path in frames("ebike_visit", "ebike")],
    }
    for name, images in groups.items():
        assert len(images) >= LEAST
        (folder / name).mkdir()
        for number, image in enumerate(images):
            (folder / name / f"{number:03d}.png").write_bytes(encode(np.asarray(image), quality=95))
    return folder


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_with_features(tmp_path_factory.mktemp("model"))


@pytest.fixture
def node(tmp_path: Path, registry: Path) -> Path:
    return node_file(tmp_path, registry)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, registry: Path, shown: Path) -> Path:
    """What a node keeps once all four groups were recorded."""
    folder = tmp_path_factory.mktemp("recorded")
    for group in ("empty", "people", "pram", "ebike"):
        result = edge("record", node_file(folder, registry), "--as", group, "--from", shown / group)
        assert result.exit_code == 0, result.output
    assert "enough to fit" in result.output
    return folder / "state"


@pytest.fixture
def recorded(node: Path, state: Path) -> Path:
    """A node with its four groups recorded."""
    shutil.copytree(state, node.parent / "state")
    return node


def edge(step: str, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["vision", "calibrate", step, *map(str, arguments)])


def answer(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.req("EL-10")
def test_record_fit_show_undo(recorded: Path, shown: Path) -> None:
    node = recorded
    state = Calibrations(node.parent / "state")
    assert set(state.groups()) == {"empty", "people", "pram", "ebike"}
    negatives = node.parent / "state" / "evidence" / "hard_negatives"
    for label in ("pram", "unlabelled"):
        (negatives / label).mkdir(parents=True)
        (negatives / label / "event.jpg").write_bytes((shown / "pram" / "010.png").read_bytes())

    fitted = edge("fit", node)
    assert fitted.exit_code == 0, fitted.output
    assert "released pram" in fitted.output
    assert "1 released holds are left out" in fitted.output
    assert "head-0001.npz is in use" in fitted.output
    assert "systemctl restart elevator-node" in fitted.output

    about = answer(edge("show", node, "--json", "--on", shown))
    assert (about["head"], about["ignored"], about["lacking"]) == ("head-0001.npz", None, [])
    assert about["released"] == {"pram": 1}
    rows = {row["group"]: row for row in about["on"]["rows"]}
    assert rows["ebike"]["after"] >= rows["ebike"]["before"]
    assert about["on"]["false_after"] <= about["on"]["false_before"]
    assert "head-0001.npz" in edge("show", node).output

    again = answer(edge("fit", node, "--json"))
    assert (again["applied"], again["head"]) == (True, "head-0002.npz")
    assert answer(edge("undo", node, "--json"))["head"] == "head-0001.npz"
    assert "The model by itself is in use again" in edge("undo", node).output
    nothing = edge("undo", node)
    assert (nothing.exit_code, "nothing to undo" in nothing.output) == (1, True)


def test_a_dry_run_changes_nothing(recorded: Path) -> None:
    result = edge("fit", recorded, "--dry-run", "--json")
    assert (answer(result)["applied"], answer(result)["head"]) == (False, None)
    assert Calibrations(recorded.parent / "state").heads() == []


def test_too_little_says_what_to_record(node: Path, shown: Path) -> None:
    first = edge("record", node, "--as", "empty", "--from", shown / "empty")
    assert "still to record:" in first.output
    result = edge("fit", node)
    assert result.exit_code == 1
    for group in ("people", "ebike", "pram"):
        assert f"edge vision calibrate record CONFIG --as {group}" in result.output
    found = answer(edge("fit", node, "--json"))
    assert (found["applied"], found["refused"], len(found["why"])) == (False, "too little was recorded", 3)


def test_a_second_recording_adds_and_forget_removes(node: Path, shown: Path) -> None:
    once = answer(edge("record", node, "--as", "pram", "--from", shown / "pram", "--json"))
    twice = answer(edge("record", node, "--as", "pram", "--from", shown / "pram", "--json"))
    assert twice["pictures"] == 2 * once["pictures"] == 2 * once["taken"]
    assert f"{twice['pictures']} pictures removed" in edge("forget", node, "--as", "pram").output


def test_recording_from_the_nodes_own_camera(tmp_path: Path, registry: Path, shown: Path) -> None:
    node = node_file(tmp_path, registry, camera={"driver": "images", "path": str(shown / "pram"), "fps": 20})
    found = answer(edge("record", node, "--as", "pram", "--seconds", "1.5", "--json"))
    assert 2 <= found["taken"] <= 4
    times = [path.name.partition("-")[2] for path in Calibrations(tmp_path / "state").groups()["pram"]]
    assert times[0] == "000000.jpg"


def test_a_clip_that_ends_is_a_shorter_recording(tmp_path: Path, registry: Path, shown: Path) -> None:
    camera = {"driver": "images", "path": str(shown / "pram"), "fps": 60, "loop": False}
    result = edge("record", node_file(tmp_path, registry, camera=camera), "--as", "pram", "--seconds", "600")
    assert result.exit_code == 0, result.output
    assert "the recording ends here" in result.output


def test_a_camera_that_cannot_be_opened_names_the_node_that_may_hold_it(tmp_path: Path, registry: Path) -> None:
    camera = {"driver": "v4l2", "device": "/dev/v4l/by-id/none"}
    result = edge("record", node_file(tmp_path, registry, camera=camera), "--as", "pram")
    assert result.exit_code == 1
    assert "no such camera" in result.output
    assert "systemctl stop elevator-node" in result.output


def test_a_model_without_features_is_refused_before_anything_is_recorded(tmp_path: Path, shown: Path) -> None:
    node = node_file(tmp_path, model_without_features(tmp_path / "model"))
    result = edge("record", node, "--as", "pram", "--from", shown / "pram")
    assert result.exit_code == 1
    assert "ebike cannot be calibrated" in result.output
    assert not (tmp_path / "state" / "calibration").exists()


def test_a_new_model_makes_show_say_that_the_head_is_ignored(recorded: Path, tmp_path: Path) -> None:
    assert edge("fit", recorded).exit_code == 0
    node_file(tmp_path, another_model(tmp_path / "another"))
    about = answer(edge("show", recorded, "--json"))
    assert "fitted to another model file" in about["ignored"]


WRONG = [
    (["record", "CONFIG", "--as", "horse"], 2, "'horse' is not one of"),
    (["record", "CONFIG", "--as", "pram", "--from", "EMPTY"], 1, "no .jpg or .png picture in this folder"),
    (["show", "CONFIG", "--on", "EMPTY"], 1, "no folder with pictures in it"),
    (["fit", "none.yaml"], 1, "none.yaml: file not found"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), WRONG)
def test_what_cannot_be_done_says_why(
    node: Path, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "void").mkdir()
    words = {"CONFIG": str(node), "EMPTY": str(tmp_path / "void")}
    result = CliRunner().invoke(main, ["vision", "calibrate", *[words.get(one, one) for one in arguments]])
    assert result.exit_code == code
    assert message in result.output.replace("\n", " ")
    assert "Traceback" not in result.output


def test_a_lift_that_holds_for_no_electric_bike_has_nothing_to_calibrate(tmp_path: Path, registry: Path) -> None:
    node = node_file(tmp_path, registry, classes={"blocking": {"bicycle": {}}, "veto": {}})
    result = edge("fit", node)
    assert (result.exit_code, "has no 'ebike'" in result.output) == (1, True)


@pytest.mark.parametrize("owner", [65534, 54321])
def test_root_is_told_to_work_as_the_nodes_user(node: Path, monkeypatch: pytest.MonkeyPatch, owner: int) -> None:
    state = node.parent / "state"
    state.mkdir()
    if os.geteuid() == 0:
        os.chown(state, owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    result = edge("show", node)
    assert result.exit_code == 1
    assert "belongs to" in result.output
    assert "sudo -u '" in result.output
