"""The feed: latest frame only, counted, healed; and a driver that hangs blocks nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest

from edge.core.clock import ManualClock, SystemClock
from edge.core.errors import DeviceError, DeviceOffline, FrameError
from edge.hw import camera_feed, camera_thread
from edge.hw.camera import Feed, NoFrame
from edge.hw.camera_thread import ThreadedCamera
from tests.hw.pictures import Image, ScriptedCamera, colour
from tests.hw.support import eventually, running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_feed, "_BACKOFF_S", (0.01, 0.04))


def test_only_the_latest_frame_is_kept_and_all_are_counted() -> None:
    clock = SystemClock()
    feed = Feed("camera", ScriptedCamera(clock, list(range(1, 101))), clock)
    assert feed.wait_newer(0, 0.01) is None
    assert feed.fault == "no frame yet"
    with running([feed.worker()], clock):
        assert eventually(lambda: feed.offered == 100)
        frame = feed.wait_newer(0, 0)
        assert frame is not None
        assert (frame.number, frame.image[0, 0, 0]) == (100, 100)
        assert feed.wait_newer(100, 0.02) is None


def test_waiters_wake_at_the_new_frame() -> None:
    clock = SystemClock()
    camera = ScriptedCamera(clock, [])
    feed = Feed("camera", camera, clock)
    got: list[object] = []
    waiter = threading.Thread(target=lambda: got.append(feed.wait_newer(0, 5.0)))
    waiter.start()
    with running([feed.worker()], clock):
        camera.acts.append(7)
        waiter.join(2.0)
        assert not waiter.is_alive()
    assert got[0] is not None


@pytest.mark.req("EL-9")
def test_a_lost_camera_is_told_once_and_recovers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    clock = SystemClock()
    camera = ScriptedCamera(clock, [1, 2, DeviceOffline("camera: unplugged")])
    feed = Feed("camera", camera, clock)
    with running([feed.worker()], clock):
        assert eventually(lambda: feed.offered == 2)
        camera.refuse = DeviceError("camera: absent")
        assert eventually(lambda: camera.opened >= 4)
        assert feed.fault == "camera: absent"
        camera.refuse, camera.then = None, 3
        assert eventually(lambda: feed.offered > 2)
        assert feed.fault is None
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == ["WARNING"]
    assert getattr(caplog.records[0], "EVENT", "") == "camera.lost"
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.INFO] == ["camera: recovered"]
    assert camera.closed >= camera.opened


def test_an_unreadable_frame_is_counted_and_skipped() -> None:
    clock = SystemClock()
    camera = ScriptedCamera(clock, [1, FrameError("b.jpg: damaged"), FrameError("c.jpg: damaged"), 4])
    feed = Feed("camera", camera, clock)
    with running([feed.worker()], clock):
        assert eventually(lambda: feed.offered == 2)
    assert (feed.unreadable, camera.opened) == (2, 1)


def test_a_silent_camera_is_a_fault_at_once_and_opened_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_feed, "REOPEN_S", 0.2)
    clock = SystemClock()
    camera = ScriptedCamera(clock, [1])
    feed = Feed("camera", camera, clock)
    with running([feed.worker()], clock):
        assert eventually(lambda: feed.offered == 1 and feed.fault is not None)
        assert camera.opened == 1  # still the same opening: a stopped source may go on
        assert eventually(lambda: camera.opened >= 2)


class HangingSource:
    """A driver that gives two frames and then hangs until it is released."""

    interval_s: float | None = None

    def __init__(self, release: threading.Event, closed: list[int]) -> None:
        self._release, self._closed = release, closed
        self._values = count(1)

    def read(self) -> tuple[Image, float]:
        value = next(self._values)
        if value > 2:
            self._release.wait()
        time.sleep(0.002)
        return colour(value), time.monotonic()

    def close(self) -> None:
        self._closed.append(1)


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.req("EL-7")
def test_a_driver_that_hangs_blocks_nothing_and_is_not_started_twice(
    release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_feed, "REOPEN_S", 0.2)
    monkeypatch.setattr(camera_thread, "_CLOSE_GRACE_S", 0.05)
    clock, closed, starts = SystemClock(), list[int](), list[int]()

    def start() -> HangingSource:
        starts.append(1)
        return HangingSource(release, closed)

    feed = Feed("camera", ThreadedCamera("camera", start, clock), clock, silence_s=0.05)
    with running([feed.worker()], clock) as supervisor:
        assert eventually(lambda: feed.offered == 2)
        assert eventually(lambda: "still stuck in an earlier call" in str(feed.fault))
        asked_at = clock.now()
        assert feed.wait_newer(2, 0.05) is None
        assert clock.now() - asked_at < 0.5
        assert supervisor.hung() == frozenset()
        assert len(starts) == 1
        release.set()  # the driver comes back: its late frame is not passed on, a fresh start is made
        assert eventually(lambda: feed.offered >= 4)
    assert len(starts) == 2
    assert eventually(lambda: len(closed) == 2)


def test_a_driver_that_does_not_open_is_left_in_time(release: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_thread, "OPEN_LIMIT_S", 0.1)
    monkeypatch.setattr(camera_thread, "_CLOSE_GRACE_S", 0.05)

    def start() -> HangingSource:
        release.wait()
        raise DeviceError("too late")

    camera = ThreadedCamera("camera", start, SystemClock())
    with pytest.raises(NoFrame, match=r"did not open the camera within 0\.1 s"):
        camera.open()
    camera.close()
    with pytest.raises(DeviceOffline, match="still stuck"):
        camera.open()
    camera.close()


def test_whatever_a_driver_raises_becomes_a_device_error() -> None:
    def start() -> HangingSource:
        raise RuntimeError("Camera __init__ sequence did not complete.")

    camera = ThreadedCamera("camera", start, ManualClock())
    with pytest.raises(DeviceError, match="RuntimeError: Camera __init__ sequence"):
        camera.open()
    camera.close()
