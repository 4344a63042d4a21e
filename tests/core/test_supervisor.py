"""No thread fails unseen."""

from __future__ import annotations

import threading
from queue import SimpleQueue

import pytest

from edge.core.clock import ManualClock
from edge.core.messages import Message, WorkerDied
from edge.core.supervisor import Beat, Supervisor, Worker

TIMEOUT_S = 10.0


class Systemd:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, state: str) -> None:
        self.told.append(state)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def make(clock: ManualClock) -> tuple[Supervisor, SimpleQueue[Message], Systemd]:
    inbox: SimpleQueue[Message] = SimpleQueue()
    systemd = Systemd()
    return Supervisor(clock, inbox.put, systemd), inbox, systemd


@pytest.mark.req("PL-2")
@pytest.mark.parametrize("error", [ValueError("no"), None])
def test_a_worker_that_dies_or_just_returns_is_told(clock: ManualClock, error: Exception | None) -> None:
    def run(beat: Beat) -> None:
        if error:
            raise error

    supervisor, inbox, _ = make(clock)
    supervisor.start([Worker("camera", run)])
    died = inbox.get(timeout=TIMEOUT_S)
    assert isinstance(died, WorkerDied)
    assert died.worker == "camera"
    assert (str(error) if error else "returned") in died.error


@pytest.mark.req("PL-2")
def test_the_watchdog_is_fed_only_while_every_worker_beats(clock: ManualClock) -> None:
    steps: SimpleQueue[None] = SimpleQueue()
    beaten = threading.Semaphore(0)

    def run(beat: Beat) -> None:
        while not beat.stopping:
            steps.get(timeout=TIMEOUT_S)
            beat()
            beaten.release()

    supervisor, _, systemd = make(clock)
    supervisor.start([Worker("eye", run, max_silence_s=3.0)])
    supervisor.feed()
    assert systemd.told == ["WATCHDOG=1"]
    clock.advance(3.1)
    supervisor.feed()
    assert systemd.told == ["WATCHDOG=1"]
    assert supervisor.hung() == {"eye"}
    steps.put(None)
    assert beaten.acquire(timeout=TIMEOUT_S)
    supervisor.feed()
    assert systemd.told == ["WATCHDOG=1"] * 2
    steps.put(None)
    supervisor.stop()


def test_a_stopping_worker_may_return_and_the_last_group_goes_first(clock: ManualClock) -> None:
    order: list[str] = []

    def named(name: str) -> Worker:
        def run(beat: Beat) -> None:
            while not beat.wait(0.01):
                pass
            order.append(name)

        return Worker(name, run)

    supervisor, inbox, _ = make(clock)
    supervisor.start([named("outbox")])
    supervisor.start([named("evidence")])
    supervisor.stop(TIMEOUT_S)
    assert order == ["evidence", "outbox"]
    assert inbox.empty()
