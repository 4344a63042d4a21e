"""Simulated pins: the scenario plays in time, the trace tells every output, errors name file and line."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path

import pytest
from gpiozero import DigitalInputDevice, OutputDevice
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.clock import ManualClock, SystemClock
from edge.core.errors import ConfigError, DeviceError
from edge.hw.gpio import pin_workers
from edge.hw.sim.pins import Step, load_scenario
from tests.hw.support import eventually, running, sim_pins

GOOD = """\
# the wire is cut after a moment
- {at_s: 0.1, pin: 5, level: high}
- at_s: 0
  pin: 5
  level: low
"""
BAD = [
    ("- {at_s: 1, pin: 5, levl: high}", ["1: level: Field required", "1: levl: unknown key. Did you mean 'level'?"]),
    ("- at_s: 1\n  pin: 99\n  level: high", ["2: pin: Input should be less than or equal to 53"]),
    (
        "- {at_s: 0, pin: 1, level: low}\n- {at_s: -1, pin: 1, level: up}",
        ["2: at_s: Input should be", "2: level: Input"],
    ),
    ("- 7", ["1: step: "]),
    ("at_s: 1", ["1: a scenario is a list of steps"]),
    ("- {at_s: 1", ["1: not YAML: "]),
    ("- !!python/object:x {}", ["1: could not determine a constructor"]),
]


def test_a_scenario_is_sorted_by_time(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(GOOD)
    assert load_scenario(path) == (Step(at_s=0, pin=5, level="low"), Step(at_s=0.1, pin=5, level="high"))
    path.write_text("")
    assert load_scenario(path) == ()


@pytest.mark.parametrize(("text", "reasons"), BAD)
def test_a_wrong_scenario_names_file_line_and_key(tmp_path: Path, text: str, reasons: list[str]) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_scenario(path)
    for reason in reasons:
        assert reason in str(caught.value)
    assert all(line.startswith(f"{path}:") for line in str(caught.value).splitlines())


def test_an_absent_scenario_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml: the scenario cannot be read"):
        sim_pins(ManualClock(), scenario=tmp_path / "absent.yaml")


PIECES = st.sampled_from(
    ["- ", "{", "}", "at_s: ", "1", "\n", "pin: ", "&a ", "*a", "2001-99-99", "[", "]", "!!int ", '"']
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=15).map("".join)))
@settings(deadline=None)
def test_any_text_loads_or_is_a_config_error(text: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(text.encode(errors="surrogatepass"))
        file.flush()
        with contextlib.suppress(ConfigError):
            load_scenario(Path(file.name))


def test_a_scenario_drives_inputs_in_time(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(GOOD)
    clock = SystemClock()
    pins = sim_pins(clock, scenario=path)
    device = DigitalInputDevice(5, pull_up=True, pin_factory=pins)
    edges: list[tuple[str, float]] = []
    device.when_activated = lambda: edges.append(("low", clock.now()))
    device.when_deactivated = lambda: edges.append(("high", clock.now()))
    with running(pin_workers(pins), clock):
        assert eventually(lambda: len(edges) == 2)
    assert [level for level, _ in edges] == ["low", "high"]
    assert 0.09 < edges[1][1] - edges[0][1] < 0.4
    pins.close()


def test_the_trace_has_every_level_of_an_output_and_is_appended_to(tmp_path: Path) -> None:
    path, clock = tmp_path / "trace.jsonl", ManualClock(now=50.0)
    for _ in range(2):
        pins = sim_pins(clock, trace=path)
        DigitalInputDevice(5, pull_up=True, pin_factory=pins)
        pins.drive(5, "low")  # inputs are not traced
        device = OutputDevice(17, active_high=False, pin_factory=pins)
        clock.advance(1.0)
        device.on()
        device.on()
        pins.drive(17, "high")  # the world cannot overrule an output
        device.close()
        pins.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["pin"], line["value"]) for line in lines] == [(17, 1), (17, 0), (17, 1)] * 2
    assert [line["at"] for line in lines[:2]] == [50.0, 51.0]


def test_a_trace_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"gpio\.trace: .*No such file"):
        sim_pins(ManualClock(), trace=tmp_path / "absent" / "trace.jsonl")
