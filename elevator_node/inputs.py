"""The eye of the car: camera frames → motion gate → model → Sighting. One thread; the contacts have their own."""

from __future__ import annotations

from edge.core.clock import Clock
from edge.core.errors import FrameError
from edge.core.messages import Detection, Sighting
from edge.core.supervisor import Beat, Post, Worker
from edge.hw.camera import Feed
from edge.hw.camera_health import Health
from edge.hw.camera_health import small_gray as health_gray
from edge.hw.frame import Frame
from edge.vision.detector import Detector
from edge.vision.evidence import Evidence
from edge.vision.motion import Gate
from edge.vision.motion import small_gray as motion_gray
from elevator_node.config import EyeOptions

WAIT_S = 0.25
SAY_LOST_S = 0.5
HEALTH_S = 0.35  # seconds count in a camera's health, not frames


class Eye:
    """Looks at the newest frame while something moves in the car, or while `attention` is asked for (EL-12).

    A frame that shows nothing (dark, covered) is still looked at during a visit, so that a held door rests on a camera
    that delivers and a model that answers; what it cannot see is posted as `detections=None`.
    """

    def __init__(
        self,
        feed: Feed,
        detector: Detector,
        gate: Gate,
        health: Health,
        evidence: Evidence,
        options: EyeOptions,
        clock: Clock,
        post: Post,
    ) -> None:
        self.attention = False  # set by the owner thread; a stale read costs one frame
        self.frames_seen = 0
        self.frames_looked_at = 0
        self._feed, self._detector, self._gate, self._health = feed, detector, gate, health
        self._evidence, self._options, self._clock, self._post = evidence, options, clock, post
        self._number = 0
        self._frame_at = clock.now()
        self._looked_at = float("-inf")
        self._lost_said_at = float("-inf")
        self._fault: str | None = None  # as last posted
        self._health_fault: str | None = None
        self._checked_at = float("-inf")

    def worker(self) -> Worker:
        """The thread. An inference that hangs stops its beat, and so the watchdog."""
        return Worker("eye", self._run, max_silence_s=3.0)

    def _run(self, beat: Beat) -> None:
        while not beat.stopping:
            beat()
            frame = self._feed.wait_newer(self._number, WAIT_S)
            if frame is None:
                self.nothing_came()
            else:
                self.look(frame)

    def look(self, frame: Frame) -> None:
        """One frame: health and motion are cheap, the model runs only where it matters."""
        self._number, self._frame_at = frame.number, frame.at
        self.frames_seen += 1
        fault = self._check_health(frame)
        if not self._wants_look(frame) and fault == self._fault:
            self._evidence.offer(frame.image, (), frame.at)
            return
        self._looked_at = frame.at
        seen = self._detect(frame)
        if seen is None:
            fault = "unreadable"  # the model gave no answer: no hold may rest on this frame, whatever else it shows
        self._fault = fault
        self._evidence.offer(frame.image, seen or (), frame.at)
        blind = fault is not None and fault != "moved"
        self._post(Sighting(frame.at, frame.number, None if blind else seen, self._clock.now(), fault))

    def _wants_look(self, frame: Frame) -> bool:
        if (
            self.attention
        ):  # every frame is looked at and the gate rests: afterwards, it must not know the bike as usual
            self._gate.forget()
            return True
        moving = self._gate.update(motion_gray(frame.image), frame.at)
        return moving or frame.at - self._looked_at >= self._options.idle_look_s

    def _check_health(self, frame: Frame) -> str | None:
        if frame.at - self._checked_at >= HEALTH_S:
            self._checked_at = frame.at
            self._health_fault = self._health.update(health_gray(frame.image), frame.at)
        return self._health_fault

    def _detect(self, frame: Frame) -> tuple[Detection, ...] | None:
        self.frames_looked_at += 1
        try:
            return self._detector.detect(frame.image)
        except FrameError:
            return None  # unknown, not clear

    def nothing_came(self) -> None:
        """No frame within the wait: after `lost_s` the camera is lost, said again while it lasts."""
        now = self._clock.now()
        if now - self._frame_at < self._options.lost_s or now - self._lost_said_at < SAY_LOST_S:
            return
        self._lost_said_at, self._fault = now, "lost"
        self._post(Sighting(self._frame_at, self._number, None, now, "lost"))
