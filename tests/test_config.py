"""Every error at once, each with file, line, reason and cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge import config
from edge.core.errors import ConfigError
from edge.wire.options import SiteOptions
from elevator_node.config import ElevatorOptions

REPO = Path(__file__).parent.parent
GOOD = """\
node: elevator
device: lift-1
site: site.yaml
state_dir: state
gpio: {driver: sim}
camera: {driver: images, path: clip}
relay: {driver: gpio, pin: 17}
inputs:
  fire: {pin: 22, normally: closed}
  inspection: null
voice: {driver: silent}
"""


def load(folder: Path, text: str) -> ElevatorOptions:
    path = folder / "elevator.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, ElevatorOptions)


def errors(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [line.removeprefix(f"{folder}/") for line in str(caught.value).splitlines()]


def test_a_good_file_and_paths_relative_to_it(tmp_path: Path) -> None:
    options = load(tmp_path, GOOD)
    assert options.state_dir == tmp_path / "state"
    assert options.site == tmp_path / "site.yaml"
    assert options.camera.driver == "images"
    assert options.camera.path == tmp_path / "clip"


WRONG = [  # replaced, by, expected lines
    ("pin: 17}", "pin: 17, leese_s: 1}", ["elevator.yaml:7: relay.leese_s: unknown key. Did you mean 'lease_s'?"]),
    ("device: lift-1\n", "", ["elevator.yaml:1: device: missing; add it"]),
    ("pin: 22,", "pin: seventeen,", ["elevator.yaml:9: inputs.fire.pin: Input should be a valid integer"]),
    ("pin: 22,", "pin: 99,", ["elevator.yaml:9: inputs.fire.pin: Input should be less than or equal to 53 (got 99)"]),
    ("pin: 22,", "pin: 17,", ["elevator.yaml:9: inputs.fire.pin: GPIO pin 17 is already used by relay.pin (line 7)"]),
    (
        "driver: sim",
        "driver: lgpoi",
        ["elevator.yaml:5: gpio.driver: unknown 'lgpoi'. Did you mean 'lgpio'? Allowed: lgpio, sim"],
    ),
    (
        "driver: images, ",
        "",
        ["elevator.yaml:6: camera.driver: missing. Allowed: images, video, v4l2, picamera2, rtsp"],
    ),
    ("device: lift-1", "device: Lift 1", ["elevator.yaml:2: device: String should match pattern"]),
    ("node: elevator", "node: elevator\nnode: smoke", ["elevator.yaml:2: node: given twice, first on line 1"]),
    ("voice: {", "voice: [", ["elevator.yaml:11: not YAML:"]),
    ("node: elevator", "node: smoke", ["elevator.yaml:1: node: Input should be 'elevator' (got 'smoke')"]),
    (
        "voice: {driver: silent}",
        "voice: {driver: aplay, prompts: {leave: {text: x}}}",
        ["elevator.yaml:1: the file: voice.prompts: missing staff; the rules speak these"],
    ),
    (
        "voice: {driver: silent}",
        "voice: {driver: silent}\nclasses: {veto: {ebike: 0.5}}",
        ["elevator.yaml:12: classes: class 'ebike' stands under blocking and veto; keep one"],
    ),
    (
        "voice: {driver: silent}",
        "voice: {driver: silent}\nhold: {hold_max_s: 600}",
        ["elevator.yaml:12: hold.hold_max_s: Input should be less than or equal to 120 (got 600)"],
    ),
]


@pytest.mark.req("PL-4")
@pytest.mark.parametrize(("old", "new", "expected"), WRONG)
def test_each_error_names_the_place_and_the_cure(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert old in GOOD
    found = errors(tmp_path, GOOD.replace(old, new, 1))
    assert len(found) == len(expected), found
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(start)


@pytest.mark.req("PL-4")
def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("pin: 17}", "pin: no, leese_s: 1}").replace("device: lift-1\n", "").replace("sim", "simm")
    assert len(errors(tmp_path, text)) == 4


def test_a_missing_and_an_empty_file_and_a_list(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: file not found"):
        config.load(tmp_path / "nowhere.yaml", ElevatorOptions)
    assert errors(tmp_path, "") == ["elevator.yaml:1: the file is empty"]
    assert errors(tmp_path, "- a\n") == ["elevator.yaml:1: expected `key: value` lines, found a list"]


def test_an_impossible_tag_is_no_traceback(tmp_path: Path) -> None:
    assert errors(tmp_path, 'node: !!int ""\n')[0].startswith("elevator.yaml:1: not YAML")


def test_a_plain_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("site: a\nbroker:\n  password: hunter2\n")
    with pytest.raises(ConfigError, match=r"site\.yaml:3: broker\.password: unknown key\. Did you mean 'password_"):
        config.load(path, SiteOptions)


@given(st.text(max_size=200))
def test_any_text_is_a_clear_error_or_a_configuration(text: str) -> None:
    folder = Path("/dev/shm")
    path = folder / "edge-test-config.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        config.load(path, ElevatorOptions)
    except ConfigError as wrong:
        assert str(path) in str(wrong)  # noqa: PT017 - either outcome is right, an error must name the file
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["config/elevator.yaml", "config/sim/elevator.yaml"])
def test_the_examples_that_installers_copy_are_correct(name: str) -> None:
    options = config.load(REPO / name, ElevatorOptions)
    config.load(options.site, SiteOptions)


def test_the_fingerprint_changes_with_the_content(tmp_path: Path) -> None:
    first = config.fingerprint(load(tmp_path, GOOD))
    assert first == config.fingerprint(load(tmp_path, GOOD + "# a comment\n"))
    assert first != config.fingerprint(load(tmp_path, GOOD.replace("17", "18")))
