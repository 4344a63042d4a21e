"""The way out of a dead process: quick, without its configuration, never twice as wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from edge.core.errors import DeviceError
from edge.hw.safe_lines import Step, drive
from edge.safe import drive_noted, note, note_path
from tests.elevator_node.process import Elevator, bike_frames, empty_frames, wait_for

SAFE = [sys.executable, "-m", "elevator_node", "safe"]


def levels(trace: Path) -> list[tuple[int, int]]:
    lines = [json.loads(line) for line in trace.read_text().splitlines()]
    return [(line["pin"], line["value"]) for line in lines]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As systemd's StateDirectory."""
    folder = tmp_path / "state-directory"
    monkeypatch.setenv("STATE_DIRECTORY", str(folder))
    return folder


@pytest.mark.req("PL-2")
def test_every_line_is_driven_also_when_one_fails(tmp_path: Path) -> None:
    trace = tmp_path / "pins.jsonl"
    good: Step = {"driver": "sim", "trace": str(trace), "level": 0}
    steps: list[Step] = [{"driver": "pneumatic", "pin": 1}, {**good, "pin": 2}, {"pin": 3}, {**good, "pin": 4}]
    with pytest.raises(DeviceError, match=r"GPIO 1: unknown driver 'pneumatic'; GPIO 3: 'driver'"):
        drive(steps)
    assert levels(trace) == [(2, 0), (4, 0)]


@pytest.mark.parametrize("text", ["", "{", "7", '{"a": 1}', "[7]", '[{"driver": "sim"}]'])
def test_a_damaged_note_is_told_and_not_trusted(tmp_path: Path, text: str) -> None:
    config = tmp_path / "elevator.yaml"
    note(config, [])
    note_path(config).write_text(text)
    assert not drive_noted(config)


def test_without_a_note_the_configuration_must_help(tmp_path: Path) -> None:
    assert not drive_noted(tmp_path / "elevator.yaml")


@pytest.mark.req("PL-2", "EL-7")
def test_a_killed_daemon_is_made_safe_even_where_its_yaml_was_broken_since(tmp_path: Path) -> None:
    lift = Elevator(tmp_path / "lift", 1, [*empty_frames()[:1] * 10, *bike_frames() * 40])
    lift.ready()
    wait_for("the door to be held", lift.line)
    lift.kill()
    assert lift.line() is True
    lift.config.write_text("node: [broken")
    done = subprocess.run([*SAFE, str(lift.config)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert lift.line() is False


@pytest.mark.req("EL-7")
def test_the_quick_way_imports_no_wing_but_the_lines(tmp_path: Path) -> None:
    config = tmp_path / "elevator.yaml"
    note(config, [{"driver": "sim", "trace": str(tmp_path / "pins.jsonl"), "pin": 17, "level": 0}])
    program = (
        "import sys; sys.argv = ['elevator-node', 'safe', sys.argv[1]]; import elevator_node.__main__ as it; it.main();"
        "print(*sorted({m.split('.')[0] for m in sys.modules} & {'pydantic', 'numpy', 'cv2', 'paho', 'click', 'yaml'}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(config)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert levels(tmp_path / "pins.jsonl") == [(17, 0)]


def test_a_note_is_whole_and_belongs_to_one_configuration(tmp_path: Path, state: Path) -> None:
    note(tmp_path / "a.yaml", [])
    note(tmp_path / "b.yaml", [{"driver": "sim", "trace": None, "pin": 1, "level": 0}])
    assert note_path(tmp_path / "a.yaml") != note_path(tmp_path / "b.yaml")
    assert sorted(path.suffix for path in state.iterdir()) == [".json", ".json"]
    assert drive_noted(tmp_path / "b.yaml")
