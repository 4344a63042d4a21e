"""What the hardware tests share: workers as threads, waiting on conditions, pins that can be made to fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from edge.core.clock import Clock, SystemClock
from edge.core.messages import Message, Reading
from edge.core.supervisor import Supervisor, Worker
from edge.hw.gpio import open_pins
from edge.hw.sim.pins import SimOptions


def eventually(condition: Callable[[], Any], within_s: float = 5.0) -> bool:
    """Wait until the condition holds; False when the deadline passed first."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.005)
    return bool(condition())


class Inbox:
    """Collects what workers post."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.threads: list[str] = []

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self.threads.append(threading.current_thread().name)

    def readings(self, name: str) -> list[Reading]:
        return [message for message in self.messages if isinstance(message, Reading) and message.name == name]

    def values(self, name: str) -> list[bool | float | None]:
        return [reading.value for reading in self.readings(name)]


@contextmanager
def running(workers: Sequence[Worker], clock: Clock | None = None) -> Iterator[Supervisor]:
    """Run the workers as the daemon does, and fail the test when one of them died or does not leave."""
    clock = clock or SystemClock()
    deaths: list[Message] = []
    before = set(threading.enumerate())
    supervisor = Supervisor(clock, deaths.append, lambda state: None)
    supervisor.start(workers)
    mine = [thread for thread in threading.enumerate() if thread not in before]
    try:
        yield supervisor
    finally:
        supervisor.stop()
        assert not deaths, deaths
        names = {worker.name for worker in workers}
        assert not [thread for thread in mine if thread.name in names and thread.is_alive()]


def sim_pins(clock: Clock, **options: Any) -> Any:
    """Simulated pins."""
    return open_pins(SimOptions(driver="sim", **options), clock)
