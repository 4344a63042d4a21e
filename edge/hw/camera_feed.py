"""The supervised camera: grabs for ever, keeps the latest frame only, opens a lost camera again."""

from __future__ import annotations

import logging
from threading import Condition

from edge.core.clock import Clock
from edge.core.errors import DeviceError, FrameError
from edge.core.supervisor import Beat, Worker
from edge.hw.frame import Camera, Frame, NoFrame

log = logging.getLogger(__name__)
REOPEN_S = 10.0
_BACKOFF_S = (0.5, 5.0)


class Feed:
    """The newest frame for whoever asks, from any thread.

    `fault` says why there is no new frame (None: there is); `unreadable` counts pictures that could not be read.
    """

    def __init__(self, name: str, camera: Camera, clock: Clock, silence_s: float = 1.0) -> None:
        """`silence_s`: longest wait for a frame before the camera counts as lost; above its frame interval."""
        self.name = name
        self.fault: str | None = "no frame yet"
        self.unreadable = 0
        self._camera, self._clock, self._silence_s = camera, clock, silence_s
        self._news = Condition()
        self._latest: Frame | None = None
        self._warned = False

    @property
    def offered(self) -> int:
        """How many frames the camera offered so far, those included that nobody took."""
        return self._latest.number if self._latest else 0

    def wait_newer(self, number: int, timeout_s: float) -> Frame | None:
        """The newest frame once its number is above `number`; None when none came in time. 0 asks for any."""
        with self._news:
            self._news.wait_for(lambda: self.offered > number, timeout_s)
            return self._latest if self.offered > number else None

    def worker(self) -> Worker:
        """The thread that grabs. It beats at every frame, while it waits and while it opens the camera."""
        return Worker(self.name, self._run, max_silence_s=15.0)

    def _run(self, beat: Beat) -> None:
        backoff_s = _BACKOFF_S[0]
        while not beat.stopping:
            number = self.offered
            beat()
            try:
                self._camera.open()
                self._grab(beat)
                continue  # silent for long: try a fresh start at once
            except DeviceError as error:
                self._lost(error)
            finally:
                self._camera.close()
            if self.offered > number:
                backoff_s = _BACKOFF_S[0]
            beat.wait(backoff_s)
            backoff_s = min(backoff_s * 2, _BACKOFF_S[1])

    def _grab(self, beat: Beat) -> None:
        """Read until told to stop or nothing came for REOPEN_S. Raises DeviceError when the camera says it is gone."""
        good_at = self._clock.now()
        while not beat.stopping:
            beat()
            try:
                self._take(self._camera.read(self._silence_s))
                good_at = self._clock.now()
            except NoFrame as error:
                self._lost(error)
                if self._clock.now() - good_at >= REOPEN_S:
                    return
            except FrameError as error:
                self.unreadable += 1
                self._lost(error)

    def _take(self, frame: Frame) -> None:
        with self._news:
            self._latest, self.fault = frame, None
            self._news.notify_all()
        if self._warned:
            self._warned = False
            log.info("%s: recovered", self.name, extra={"EVENT": "camera.recovered", "COMPONENT": self.name})

    def _lost(self, error: Exception) -> None:
        self.fault = str(error)
        level = logging.DEBUG if self._warned else logging.WARNING
        self._warned = True
        log.log(level, "%s", error, extra={"EVENT": "camera.lost", "COMPONENT": self.name})
