"""The `v4l2` driver: a USB camera through OpenCV's V4L2 backend."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError, DeviceOffline
from edge.core.options import Options
from edge.hw.camera_thread import ThreadedCamera
from edge.hw.frame import Camera, require_cv2

if TYPE_CHECKING:
    from edge.hw.frame import Image


class V4l2Options(Options):
    """A USB camera. Its name in /dev/v4l/by-id stays the same whatever else is plugged in; /dev/video0 does not."""

    driver: Literal["v4l2"]
    device: Path = Field(description="/dev/v4l/by-id/…-video-index0")
    width: Annotated[int, Field(ge=64, le=7680)] = 640
    height: Annotated[int, Field(ge=64, le=4320)] = 480
    fps: Annotated[float, Field(gt=0, le=240)] = 10.0
    fourcc: Annotated[str, Field(min_length=4, max_length=4, description="Pixel format")] = "MJPG"


def open_v4l2(name: str, options: V4l2Options, clock: Clock) -> Camera:
    """The `v4l2` driver. Raises DeviceError when OpenCV is missing."""
    require_cv2()
    return ThreadedCamera(name, lambda: _V4l2(options, clock), clock)


class _V4l2:
    interval_s: float | None = None

    def __init__(self, options: V4l2Options, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self._cv2 = cv2 = require_cv2()
        wanted = [
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*options.fourcc)),  # first: it decides which sizes there are
            (cv2.CAP_PROP_FRAME_WIDTH, options.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, options.height),
            (cv2.CAP_PROP_FPS, options.fps),
        ]
        self._capture: Any = cv2.VideoCapture(_index(options.device), cv2.CAP_V4L2)  # this backend opens by number only
        if not self._capture.isOpened():
            raise DeviceError(
                f"{options.device}: not a camera, or another program uses it (`fuser -v {options.device}`)"
            )
        for key, value in wanted:
            self._capture.set(key, value)
        self._check_size()

    def _check_size(self) -> None:
        got = tuple(
            int(self._capture.get(key)) for key in (self._cv2.CAP_PROP_FRAME_WIDTH, self._cv2.CAP_PROP_FRAME_HEIGHT)
        )
        asked = (self._options.width, self._options.height)
        if got != asked:
            self._capture.release()
            raise DeviceError(
                f"{self._options.device}: gives {got[0]} × {got[1]} instead of {asked[0]} × {asked[1]}: configure a "
                f"size that `v4l2-ctl -d {self._options.device} --list-formats-ext` lists for {self._options.fourcc}"
            )

    def read(self) -> tuple[Image, float]:
        good = self._capture.grab()
        at = self._clock.now()
        if good:
            good, image = self._capture.retrieve()
        if not good:
            raise DeviceOffline(f"{self._options.device}: the camera stopped: is it still plugged in?")
        return self._cv2.cvtColor(image, self._cv2.COLOR_BGR2RGB), at

    def close(self) -> None:
        self._capture.release()


def _index(device: Path) -> int:
    """The N of the /dev/videoN behind a stable name. Raises DeviceError that lists what is plugged in."""
    name = re.fullmatch(r"/dev/video(\d+)", str(device.resolve()))
    if name is None or not device.exists():
        there = ", ".join(sorted(map(str, Path("/dev/v4l/by-id").glob("*-video-index0")))) or "none"
        raise DeviceError(f"{device}: no such camera; plugged in: {there}. Check its cable, or correct camera.device")
    return int(name[1])
