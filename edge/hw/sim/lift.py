"""A lift door on mock pins: it opens, dwells, closes by itself, and the hold line keeps it open or opens it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.options import Options, Pin, Seconds
from edge.core.supervisor import Beat, Worker

if TYPE_CHECKING:
    from edge.hw.sim.mock import SimFactory

STEP_S = 0.02


class LiftOptions(Options):
    """The simulated door and how it is wired to the node's pins (the same pins that the node's own keys name)."""

    hold_pin: int = Field(ge=0, le=53, description="The node's hold relay: in parallel with the door-open button")
    hold_active_high: bool = True
    door_pin: int | None = Field(default=None, ge=0, le=53, description="The node's door-open contact")
    door_open_level: Literal["high", "low"] = "low"
    call_pin: Pin | None = Field(default=None, description="High: somebody calls the lift; for a scenario to drive")
    dwell_s: Seconds = 4.0
    travel_s: Seconds = 2.0
    call_every_s: Seconds | None = Field(default=None, description="Somebody calls the lift this often")


@dataclass(frozen=True)
class Door:
    """The door at one instant: `position` 0 closed … 1 open, moving or dwelling."""

    position: float = 0.0
    moving: Literal["opening", "closing", "still"] = "opening"
    dwelt_s: float = 0.0

    @property
    def is_open(self) -> bool:
        """What the door-open contact says: fully open, as most lifts wire it."""
        return self.position >= 1.0

    def step(self, held: bool, called: bool, dt_s: float, dwell_s: float, travel_s: float) -> Door:
        """The door `dt_s` later. `held`: the door-open button is pressed; it opens a closing door again."""
        if held or called:
            if self.position < 1.0:
                return replace(self, moving="opening", dwelt_s=0.0)._move(dt_s / travel_s)
            return replace(self, moving="still", dwelt_s=0.0)
        if self.moving == "still" and self.position >= 1.0:
            dwelt_s = self.dwelt_s + dt_s
            return replace(self, dwelt_s=dwelt_s, moving="closing" if dwelt_s >= dwell_s else "still")
        return self._move(dt_s / travel_s)

    def _move(self, way: float) -> Door:
        if self.moving == "opening":
            position = min(1.0, self.position + way)
            return replace(self, position=position, moving="still" if position >= 1.0 else "opening", dwelt_s=0.0)
        if self.moving == "closing":
            position = max(0.0, self.position - way)
            return replace(self, position=position, moving="still" if position <= 0.0 else "closing")
        return self


def lift_worker(options: LiftOptions, pins: SimFactory, clock: Clock) -> Worker:
    """The physics, 50 times a second. The door opens at the start: somebody has just called the lift."""

    def run(beat: Beat) -> None:
        door, last = Door(), clock.now()
        called_at = last
        hold = pins.pin(options.hold_pin)
        call: Any = None if options.call_pin is None else pins.pin(options.call_pin)
        while not beat.wait(STEP_S):
            now = clock.now()
            called = call is not None and bool(call.state)
            if options.call_every_s is not None and now - called_at >= options.call_every_s:
                called, called_at = True, now
            held = hold.function == "output" and bool(hold.state) == options.hold_active_high
            door = door.step(held, called, now - last, options.dwell_s, options.travel_s)
            last = now
            if options.door_pin is not None:
                high = door.is_open == (options.door_open_level == "high")
                pins.drive(options.door_pin, "high" if high else "low")

    return Worker("lift", run)
