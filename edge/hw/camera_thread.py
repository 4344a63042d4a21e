"""A camera whose driver may block for ever: the driver lives in a thread of its own, and only frames come out.

An unplugged CSI camera blocks picamera2's `stop()` (raspberrypi/picamera2 issue 1065), a silent one its capture, a dead
network OpenCV's read. No time-out of ours can reach into them, so the thread that called them is left behind.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import TYPE_CHECKING, Protocol

from edge.core.clock import Clock
from edge.core.errors import DeviceError, DeviceOffline, EdgeError, FrameError
from edge.hw.frame import Frame, NoFrame

if TYPE_CHECKING:
    from edge.hw.frame import Image

log = logging.getLogger(__name__)
OPEN_LIMIT_S = 5.0
_CLOSE_GRACE_S = 0.5


class Source(Protocol):
    """An opened driver, as simple as it gets: it may block."""

    interval_s: float | None
    """Pace for sources that have none of their own (files), s; None: the source sets the pace."""

    def read(self) -> tuple[Image, float]:
        """The next picture (H × W × 3 uint8 RGB) and its monotonic capture time. Raises EdgeError."""

    def close(self) -> None:
        """Give the device back."""


class ThreadedCamera:
    """A `Camera` around a function that opens a `Source`."""

    def __init__(self, name: str, start: Callable[[], Source], clock: Clock) -> None:
        self.name = name
        self._start, self._clock = start, clock
        self._number = 0
        self._session: _Session | None = None
        self._left: Thread | None = None

    def open(self) -> None:
        """Open the source in a new thread; wait for it at most 5 s. Raises DeviceError."""
        if self._left is not None and self._left.is_alive():
            raise DeviceOffline(
                f"{self.name}: the driver is still stuck in an earlier call; if this lasts, unplug the camera and "
                "plug it in again, or restart the service"
            )
        self._session = _Session(self, self._start, self._clock)
        self._session.wait_open(OPEN_LIMIT_S)

    def read(self, timeout_s: float) -> Frame:
        """The newest frame. Raises NoFrame, FrameError, DeviceError."""
        if self._session is None:
            raise DeviceError(f"{self.name}: not open")
        return self._session.take(timeout_s)

    def close(self) -> None:
        """Leave the driver; a thread that hangs in it is left behind."""
        if self._session is not None:
            self._left = self._session.leave()
            self._session = None

    def next_number(self) -> int:
        """Count one more frame offered by this camera."""
        self._number += 1
        return self._number


class _Session:
    """One opening of the driver: its thread, and the slot through which frames and errors come out."""

    def __init__(self, camera: ThreadedCamera, start: Callable[[], Source], clock: Clock) -> None:
        self._camera, self._start, self._clock = camera, start, clock
        self._news = Condition()
        self._opened = self._leaving = False
        self._frame: Frame | None = None
        self._bad: deque[FrameError] = deque(maxlen=100)  # each unreadable picture is to be counted
        self._error: EdgeError | None = None
        self._thread = Thread(target=self._run, name=f"{camera.name} driver", daemon=True)
        self._thread.start()

    def wait_open(self, timeout_s: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._opened or self._error, timeout_s)
            if self._error is not None:
                raise self._error
            if not self._opened:
                raise NoFrame(f"{self._camera.name}: the driver did not open the camera within {timeout_s:g} s")

    def take(self, timeout_s: float) -> Frame:
        with self._news:
            self._news.wait_for(lambda: self._bad or self._frame or self._error, timeout_s)
            if self._bad:
                raise self._bad.popleft()
            if self._frame is not None:
                frame, self._frame = self._frame, None
                return frame
            if self._error is not None:
                raise self._error
        raise NoFrame(f"{self._camera.name}: no frame for {timeout_s:g} s")

    def leave(self) -> Thread:
        with self._news:
            self._leaving = True
            self._news.notify_all()
        self._thread.join(_CLOSE_GRACE_S)
        return self._thread

    def _run(self) -> None:
        source: Source | None = None
        try:
            source = self._start()
            self._put(opened=True)
            self._pump(source)
        except EdgeError as error:
            self._put(error=error)
        except Exception as cause:  # noqa: BLE001 - the boundary to other people's drivers; reported, not swallowed
            self._put(error=DeviceError(f"{self._camera.name}: {type(cause).__name__}: {cause}"))
        finally:
            self._shut(source)

    def _pump(self, source: Source) -> None:
        due = self._clock.now()
        while not self._leaving:
            try:
                image, at = source.read()
            except FrameError as error:
                self._put(bad=error)
            else:
                if not self._leaving:
                    self._put(frame=Frame(image, at, self._camera.next_number()))
            if source.interval_s is not None:
                due = max(due + source.interval_s, self._clock.now())
                with self._news:
                    self._news.wait_for(lambda: self._leaving, due - self._clock.now())

    def _put(
        self,
        opened: bool = False,
        frame: Frame | None = None,
        bad: FrameError | None = None,
        error: EdgeError | None = None,
    ) -> None:
        with self._news:
            if bad is not None:
                self._bad.append(bad)
            self._opened = self._opened or opened
            self._frame, self._error = frame or self._frame, error or self._error
            self._news.notify_all()

    def _shut(self, source: Source | None) -> None:
        try:
            if source is not None:
                source.close()
        except Exception as cause:  # noqa: BLE001 - the boundary to other people's drivers; nothing is lost by it
            log.debug("%s: while closing: %s", self._camera.name, cause)
