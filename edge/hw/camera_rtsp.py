"""The `rtsp` driver: a network camera through FFmpeg in OpenCV.

OpenCV's own time-outs (30 s to open and to read) are longer than ours; a read that hangs is left behind in its thread.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError, DeviceOffline
from edge.core.options import FilePath, Options
from edge.hw.camera_thread import ThreadedCamera
from edge.hw.frame import Camera, require_cv2

if TYPE_CHECKING:
    from edge.hw.frame import Image

_LIMIT_MS = 5000


class RtspOptions(Options):
    """A network camera. Its password is in a credential file, never in YAML."""

    driver: Literal["rtsp"]
    url: str = Field(pattern=r"^rtsps?://[^@]+$", description="rtsp://host[:port]/path without user and password")
    user: str | None = None
    password_file: FilePath | None = None


def open_rtsp(name: str, options: RtspOptions, clock: Clock) -> Camera:
    """The `rtsp` driver. Raises DeviceError when OpenCV is missing."""
    require_cv2()
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")  # UDP loses parts of pictures
    return ThreadedCamera(name, lambda: _Rtsp(options, clock), clock)


class _Rtsp:
    interval_s: float | None = None

    def __init__(self, options: RtspOptions, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self._cv2 = cv2 = require_cv2()
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _LIMIT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _LIMIT_MS]
        self._capture: Any = cv2.VideoCapture(_with_secret(options), cv2.CAP_FFMPEG, limits)
        if not self._capture.isOpened():
            raise DeviceError(f"{options.url}: cannot be opened: check the address, the user and the network")

    def read(self) -> tuple[Image, float]:
        good, image = self._capture.read()
        if not good:
            raise DeviceOffline(f"{self._options.url}: the stream stopped")
        return self._cv2.cvtColor(image, self._cv2.COLOR_BGR2RGB), self._clock.now()

    def close(self) -> None:
        self._capture.release()


def _with_secret(options: RtspOptions) -> str:
    if options.user is None:
        return options.url
    login = quote(options.user, safe="")
    if options.password_file is not None:
        try:
            login += ":" + quote(options.password_file.read_text(encoding="utf-8").strip(), safe="")
        except OSError as cause:
            raise DeviceError(f"{options.password_file}: the password cannot be read: {cause.strerror}") from cause
    parts = urlsplit(options.url)
    return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))
