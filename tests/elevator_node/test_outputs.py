"""Wanted states → relay and voice, on gpiozero's mock pins."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from edge.core.clock import ManualClock
from edge.core.errors import DeviceError
from edge.core.messages import Applied
from edge.hw.relay import RelayOptions, open_relay
from edge.hw.speaker import SilentOptions, open_speaker
from edge.vision.evidence import Evidence, EvidenceOptions
from elevator_node.outputs import LiftOutputs
from elevator_node.state import Say, Wanted
from tests.elevator_node.test_eye import Car

PIN = 17


class Bench:
    """The outputs of a lift; what the voice was asked for is written down."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.pins = MockFactory()
        self.relay = open_relay("hold", RelayOptions(driver="gpio", pin=PIN), self.pins, self.clock)
        self.announcer = open_speaker(SilentOptions(driver="silent"), folder, self.clock, lambda message: None)
        self.spoken: list[str | None] = []
        self.announcer.say = self.spoken.append  # type: ignore[method-assign, assignment]
        self.announcer.stop = lambda: self.spoken.append(None)  # type: ignore[method-assign]
        self.eye = Car(folder).eye
        evidence = Evidence(EvidenceOptions(), folder, self.clock, lambda event_id, path: None)
        self.outputs = LiftOutputs(self.relay, self.announcer, self.eye, evidence, self.clock)

    @property
    def line(self) -> bool:
        return bool(self.pins.pin(PIN).state)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.req("EL-13")
def test_a_hold_is_driven_and_told_once(bench: Bench) -> None:
    assert list(bench.outputs.converge(Wanted(hold=True, attention=True))) == [Applied("hold", True, bench.clock.now())]
    assert bench.line
    assert bench.eye.attention
    assert not list(bench.outputs.converge(Wanted(hold=True)))
    assert list(bench.outputs.converge(Wanted())) == [Applied("hold", False, bench.clock.now())]
    assert not bench.line


@pytest.mark.req("EL-3")
def test_each_turn_of_the_voice_is_spoken_once_and_the_end_stops_it(bench: Bench) -> None:
    for say in (Say("leave", "v", 0), Say("leave", "v", 0), Say("leave", "v", 1), None, None):
        bench.outputs.converge(Wanted(say=say))
    assert bench.spoken == ["leave", "leave", None]


@pytest.mark.req("EL-7")
def test_without_convergence_the_lease_runs_out(bench: Bench) -> None:
    bench.outputs.converge(Wanted(hold=True))
    bench.clock.advance(0.9)
    bench.relay.watch()
    assert bench.line
    bench.outputs.converge(Wanted(hold=True))
    bench.clock.advance(1.1)
    bench.relay.watch()
    assert not bench.line


def test_a_broken_relay_is_told_once_and_its_recovery_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(on: bool) -> bool:
        raise DeviceError("hold (GPIO 17): gone")

    bench.outputs.converge(Wanted())
    with monkeypatch.context() as patch:
        patch.setattr(bench.relay, "set", broken)
        told = [applied for _ in range(5) for applied in bench.outputs.converge(Wanted(hold=True))]
        assert told == [Applied("hold", True, bench.clock.now(), "hold (GPIO 17): gone")]
    assert list(bench.outputs.converge(Wanted(hold=True))) == [Applied("hold", True, bench.clock.now())]


@pytest.mark.req("PL-2")
def test_safe_frees_the_door_and_silences(bench: Bench) -> None:
    bench.outputs.converge(Wanted(hold=True))
    bench.outputs.safe()
    bench.outputs.safe()
    assert not bench.line
    assert bench.spoken[-1] is None
