"""gpiozero's mock pins with a trace of the outputs, a scenario on the inputs, and the lift's physics between them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from gpiozero.pins.mock import MockFactory, MockPin

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.supervisor import Beat, Worker
from edge.hw.sim.lift import lift_worker
from edge.hw.sim.pins import SimOptions, Step, load_scenario

_PI_4B = "c03111"  # a board with 28 GPIO on its header, whatever the environment says


class SimPin(MockPin):  # type: ignore[misc, unused-ignore] # gpiozero has no types
    """A mock pin that reports every level of an output, the first one included, and rests at it when closed."""

    _rest: bool | None = None

    def output_with_state(self, state: bool) -> None:
        """Become an output at `state` without showing any other level."""
        self._function = "output"
        self._rest = bool(state)
        super()._change_state(self._rest)
        self.factory.record(self._number, self._rest)

    def close(self) -> None:
        if self._function == "output" and self._rest is not None:
            self._set_state(self._rest)
        else:
            super().close()

    def _change_state(self, value: bool) -> bool:
        changed = bool(super()._change_state(value))
        if changed and self._function == "output":
            self.factory.record(self._number, bool(value))
        return changed


class SimFactory(MockFactory):  # type: ignore[misc, unused-ignore]
    """Simulated pins; `workers` play the scenario and the lift. Raises ConfigError or DeviceError when opened."""

    def __init__(self, options: SimOptions, clock: Clock) -> None:
        super().__init__(revision=_PI_4B, pin_class=SimPin)
        self._clock, self._lock = clock, Lock()
        self._trace = _open_trace(options.trace) if options.trace else None
        self.workers: Sequence[Worker] = ()
        if options.scenario:
            self.workers = (self._scenario_worker(load_scenario(options.scenario)),)
        if options.lift:
            self.workers = (*self.workers, lift_worker(options.lift, self, clock))

    def drive(self, pin: int, level: Literal["high", "low"]) -> None:
        """The outside world puts a level on an input pin; an output is stronger than the world and keeps its own."""
        mock = self.pin(pin)
        if mock.function == "input":
            (mock.drive_high if level == "high" else mock.drive_low)()

    def record(self, pin: int, value: bool) -> None:
        """Write one line of the trace: monotonic seconds, BCM pin, level."""
        with self._lock:
            if self._trace is not None and not self._trace.closed:
                self._trace.write(
                    json.dumps({"at": round(self._clock.now(), 6), "pin": pin, "value": int(value)}) + "\n"
                )

    def close(self) -> None:
        super().close()
        with self._lock:
            if self._trace is not None:
                self._trace.close()

    def _scenario_worker(self, steps: Sequence[Step]) -> Worker:
        def run(beat: Beat) -> None:
            start = self._clock.now()
            ahead = list(steps)
            while not beat.stopping:
                past_s = self._clock.now() - start
                while ahead and ahead[0].at_s <= past_s:
                    step = ahead.pop(0)
                    self.drive(step.pin, step.level)
                beat.wait(min(0.5, max(0.001, ahead[0].at_s - past_s)) if ahead else 0.5)

        return Worker("scenario", run)


def _open_trace(path: Path) -> Any:
    try:
        return path.open("a", buffering=1, encoding="utf-8")  # a line at a time, so that a kill loses none
    except OSError as cause:
        raise DeviceError(f"gpio.trace: {cause}. Choose a folder that exists and can be written.") from cause
