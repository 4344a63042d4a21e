"""The leased relay: never on by itself, never on for longer than it is wanted, and honest when it cannot be driven."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge.core.clock import ManualClock, SystemClock
from edge.core.errors import DeviceError
from edge.core.messages import Applied
from edge.hw.gpio import LgpioOptions
from edge.hw.relay import RelayOptions, open_relay, safe_steps
from edge.hw.safe_lines import drive
from edge.hw.sim.pins import SimOptions
from tests.hw.support import Inbox, eventually, running, sim_pins

PIN, HEART = 17, 27


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


@pytest.fixture
def pins(clock: ManualClock, trace: Path) -> Iterator[Any]:
    factory = sim_pins(clock, trace=trace)
    yield factory
    factory.close()


def options(**more: Any) -> RelayOptions:
    return RelayOptions(driver="gpio", pin=PIN, **more)


def levels(trace: Path, pin: int = PIN) -> list[int]:
    lines = map(json.loads, trace.read_text().splitlines())
    return [line["value"] for line in lines if line["pin"] == pin]


def break_pin(pins: Any, pin: int = PIN) -> Any:
    def broken(value: Any) -> None:
        raise OSError("Input/output error")

    mock = pins.pin(pin)
    mock._set_state = broken
    return mock


@pytest.mark.parametrize("active_high", [True, False])
def test_opening_never_glitches_on(pins: Any, clock: ManualClock, trace: Path, active_high: bool) -> None:
    relay = open_relay("hold", options(active_high=active_high), pins, clock)
    assert levels(trace) == [int(not active_high)]  # the first level ever driven is off
    assert relay.set(True) is True
    relay.close()
    assert levels(trace) == [int(not active_high), int(active_high), int(not active_high)]


def test_set_tells_whether_the_line_really_changed(pins: Any, clock: ManualClock, trace: Path) -> None:
    relay = open_relay("hold", options(), pins, clock)
    assert [relay.set(on) for on in (False, True, True, False, False, True)] == [False, True, False, True, False, True]
    assert levels(trace) == [0, 1, 0, 1]


@pytest.mark.req("EL-7")
def test_the_lease_runs_out_and_is_told(pins: Any, clock: ManualClock, trace: Path) -> None:
    inbox = Inbox()
    relay = open_relay("hold", options(lease_s=1.0), pins, clock, inbox)
    relay.set(True)
    for _ in range(5):
        clock.advance(0.9)
        relay.watch()
        relay.set(True)
    assert levels(trace) == [0, 1]
    clock.advance(1.0)
    relay.watch()
    assert levels(trace) == [0, 1, 0]
    [applied] = inbox.messages
    assert isinstance(applied, Applied)
    assert (applied.output, applied.value) == ("hold", False)
    assert "lease ran out" in str(applied.fault)
    relay.watch()
    assert len(inbox.messages) == 1
    assert relay.set(True) is True  # the main thread came back: it is asked for again


@pytest.mark.req("EL-7")
def test_the_worker_frees_the_line_while_the_main_thread_hangs(tmp_path: Path) -> None:
    clock, trace = SystemClock(), tmp_path / "trace.jsonl"
    pins = sim_pins(clock, trace=trace)
    relay = open_relay("hold", options(lease_s=0.3), pins, clock)
    with running([relay.worker()], clock):
        relay.set(True)
        set_at = clock.now()
        assert eventually(lambda: levels(trace) == [0, 1, 0], 2.0)
        freed_at = [json.loads(line) for line in trace.read_text().splitlines()][-1]["at"]
    assert 0.3 <= freed_at - set_at <= 0.3 + 0.5
    pins.close()


def test_a_lease_longer_than_two_seconds_is_refused() -> None:
    with pytest.raises(ValidationError):
        options(lease_s=2.5)


@pytest.mark.req("EL-7")
def test_the_heart_beats_only_while_rightly_on(pins: Any, clock: ManualClock, trace: Path) -> None:
    relay = open_relay("hold", options(heartbeat_pin=HEART, lease_s=0.5), pins, clock)
    relay.watch()
    relay.watch()
    assert levels(trace, HEART) == [0]
    relay.set(True)
    for _ in range(4):
        relay.watch()
    assert levels(trace, HEART) == [0, 1, 0, 1, 0]
    relay.watch()
    clock.advance(0.5)  # the lease is over
    for _ in range(4):
        relay.watch()
    assert levels(trace, HEART) == [0, 1, 0, 1, 0, 1, 0]
    relay.set(True)
    relay.watch()
    relay.safe()
    relay.watch()
    assert levels(trace, HEART)[-1] == 0


def test_safe_is_idempotent_and_never_raises(pins: Any, clock: ManualClock, trace: Path) -> None:
    relay = open_relay("hold", options(heartbeat_pin=HEART), pins, clock)
    relay.set(True)
    relay.safe()
    relay.safe()
    assert levels(trace) == [0, 1, 0]
    break_pin(pins)
    relay.set(False)
    relay.safe()
    relay.close()
    relay.close()
    relay.safe()


def test_a_line_that_cannot_be_driven_on_is_reported_and_given_back(pins: Any, clock: ManualClock, trace: Path) -> None:
    relay = open_relay("hold", options(), pins, clock)
    mock = break_pin(pins)
    with pytest.raises(DeviceError, match=r"hold \(GPIO 17\): Input/output error\. The output is treated as off"):
        relay.set(True)
    assert mock.function == "input"  # the relay's own resistor decides now
    del mock._set_state
    assert relay.set(True) is True  # claimed anew
    assert levels(trace)[-1] == 1


def test_a_line_that_cannot_be_driven_off_becomes_an_input(pins: Any, clock: ManualClock) -> None:
    relay = open_relay("hold", options(), pins, clock)
    relay.set(True)
    mock = break_pin(pins)
    with pytest.raises(DeviceError):
        relay.set(False)
    assert mock.function == "input"
    del mock._set_state
    assert relay.set(False) is True
    assert mock.function == "output"
    assert not mock.state


def test_a_lease_that_cannot_be_dropped_is_tried_again_loud_once(
    pins: Any, clock: ManualClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = open_relay("hold", options(lease_s=0.5), pins, clock)
    relay.set(True)
    mock = break_pin(pins)
    monkeypatch.setattr(type(mock), "output_with_state", lambda self, state: self._set_state(state))
    clock.advance(0.6)
    for _ in range(5):
        relay.watch()
    assert mock.function == "input"
    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1
    monkeypatch.undo()
    del mock._set_state
    relay.watch()
    assert mock.function == "output"
    assert not mock.state


def test_a_pin_already_in_use_is_refused(pins: Any, clock: ManualClock) -> None:
    first = open_relay("hold", options(), pins, clock)
    with pytest.raises(DeviceError, match=r"other \(GPIO 17\).*used twice"):
        open_relay("other", options(), pins, clock)
    first.close()


@pytest.mark.req("PL-2")
@pytest.mark.parametrize("active_high", [True, False])
def test_the_safe_level_from_a_fresh_process(trace: Path, active_high: bool) -> None:
    gpio = SimOptions(driver="sim", trace=trace)
    drive(safe_steps(options(active_high=active_high), gpio))
    drive(safe_steps(options(active_high=active_high), gpio))
    off = int(not active_high)
    assert levels(trace) == [off] * 2


@pytest.mark.req("PL-2")
@pytest.mark.parametrize("active_high", [True, False])
def test_the_safe_level_is_claimed_on_the_real_line_without_gpiozero(
    monkeypatch: pytest.MonkeyPatch, active_high: bool
) -> None:
    pytest.importorskip("lgpio")
    from edge.hw import gpio_chip

    claims: list[tuple[int, int, int]] = []
    busy = gpio_chip.lgpio.error("GPIO busy")

    def claim(handle: int, pin: int, level: int) -> None:
        claims.append((handle, pin, level))
        if len(claims) > 1:
            raise busy

    monkeypatch.setattr(gpio_chip, "find_chip", lambda label: {"pinctrl-rp1": 4}[label])
    monkeypatch.setattr(gpio_chip.lgpio, "gpiochip_open", lambda number: number + 100)
    monkeypatch.setattr(gpio_chip.lgpio, "gpio_claim_output", claim)
    gpio = LgpioOptions(driver="lgpio", chip="pinctrl-rp1")
    drive(safe_steps(options(active_high=active_high), gpio))
    assert claims == [(104, PIN, int(not active_high))]
    with pytest.raises(DeviceError, match=r"not driven to their safe level: GPIO 17: .*GPIO busy"):
        drive(safe_steps(options(active_high=active_high), gpio))


@given(st.lists(st.one_of(st.sampled_from(["on", "off", "watch", "safe"]), st.floats(0, 3)), max_size=40))
def test_never_on_without_a_lease(script: list[str | float]) -> None:
    """Whatever happens: after the watcher looked, the line is on only if it was asked for less than a lease ago."""
    clock = ManualClock()
    pins = sim_pins(clock)
    relay = open_relay("hold", options(lease_s=1.0), pins, clock)
    wanted_at: float | None = None
    for act in script:
        if isinstance(act, float):
            clock.advance(act)
        elif act == "on":
            relay.set(True)
            wanted_at = clock.now()
        elif act == "off":
            relay.set(False)
            wanted_at = None
        elif act == "safe":
            relay.safe()
            wanted_at = None
        relay.watch()
        leased = wanted_at is not None and clock.now() < wanted_at + 1.0
        assert bool(pins.pin(PIN).state) is leased
        wanted_at = wanted_at if leased else None
    pins.close()
