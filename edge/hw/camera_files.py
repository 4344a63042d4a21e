"""Cameras from files, for demos and trials: `images`, a folder of pictures, and `video`, a file or a named pipe."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError, DeviceOffline, FrameError
from edge.core.options import FilePath, Options
from edge.hw.camera_thread import ThreadedCamera
from edge.hw.frame import Camera, require_cv2
from edge.hw.mjpeg import MjpegPipe, jpeg_end

if TYPE_CHECKING:
    from edge.hw.frame import Image

Fps = Annotated[float, Field(gt=0, le=240)]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


class ImagesOptions(Options):
    """A folder of JPEG and PNG pictures, played in the order of their names."""

    driver: Literal["images"]
    path: FilePath
    fps: Fps = 5.0
    loop: bool = True


class VideoOptions(Options):
    """A video file of any kind that FFmpeg knows, or a named pipe that carries motion JPEG, picture after picture."""

    driver: Literal["video"]
    path: FilePath
    fps: Fps | None = Field(default=None, description="Frames per second; default: the file's own. Pipes: as they come")
    loop: bool = True


def open_images(name: str, options: ImagesOptions, clock: Clock) -> Camera:
    """The `images` driver. Raises DeviceError when OpenCV is missing."""
    require_cv2()
    played = _Played(options.loop)
    return ThreadedCamera(name, lambda: _Images(options, clock, played), clock)


def open_video(name: str, options: VideoOptions, clock: Clock) -> Camera:
    """The `video` driver. Raises DeviceError when OpenCV is missing."""
    require_cv2()
    if _is_pipe(options.path):
        return MjpegPipe(name, options.path, clock)
    played = _Played(options.loop)
    return ThreadedCamera(name, lambda: _Video(options, clock, played), clock)


def read_image(path: Path) -> Image:
    """One JPEG or PNG as H × W × 3 uint8 RGB, turned upright by its EXIF. Raises FrameError naming the file."""
    try:
        data = path.read_bytes()
    except OSError as cause:
        raise FrameError(f"{path}: cannot be read: {cause.strerror}") from cause
    return decode(data, str(path))


def decode(data: bytes, place: str) -> Image:
    """An encoded picture as H × W × 3 uint8 RGB. Raises FrameError naming `place`."""
    cv2 = require_cv2()
    import numpy as np

    if data.startswith(b"\xff\xd8") and not _is_whole(data):  # OpenCV would fill the rest with grey
        raise FrameError(f"{place}: a damaged or cut-off JPEG: replace it")
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error as cause:
        raise FrameError(f"{place}: not a picture: {cause}") from cause
    if image is None:
        raise FrameError(f"{place}: not a JPEG or PNG picture: replace it")
    rgb: Image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return rgb


def _is_whole(jpeg: bytes) -> bool:
    try:
        return jpeg_end(jpeg) is not None
    except ValueError:
        return False


class _Played:
    """Whether a clip that does not loop was played to its end, remembered across reopening."""

    def __init__(self, loop: bool) -> None:
        self.loop = loop
        self._over = False

    def check(self, path: Path) -> None:
        if self._over:
            raise DeviceOffline(f"{path}: the clip has ended (`loop: false`)")

    def end(self, path: Path) -> None:
        """The clip's end: returns to start over, or raises DeviceOffline."""
        self._over = not self.loop
        self.check(path)


class _Images:
    def __init__(self, options: ImagesOptions, clock: Clock, played: _Played) -> None:
        played.check(options.path)
        self._path, self._clock, self._played = options.path, clock, played
        self.interval_s: float | None = 1.0 / options.fps
        try:
            self._files = sorted(path for path in options.path.iterdir() if path.suffix.lower() in SUFFIXES)
        except OSError as cause:
            why = f"cannot be read as a folder of pictures: {cause.strerror}. Correct camera.path"
            raise DeviceError(f"{options.path}: {why}") from cause
        if not self._files:
            raise DeviceError(f"{options.path}: no .jpg or .png picture in this folder")
        self._next = 0

    def read(self) -> tuple[Image, float]:
        if self._next == len(self._files):
            self._played.end(self._path)
            self._next = 0
        path = self._files[self._next]
        self._next += 1
        return read_image(path), self._clock.now()

    def close(self) -> None:
        pass


class _Video:
    def __init__(self, options: VideoOptions, clock: Clock, played: _Played) -> None:
        played.check(options.path)
        self._options, self._clock, self._played = options, clock, played
        self._cv2 = require_cv2()
        self._capture = self._start()
        own = float(self._capture.get(self._cv2.CAP_PROP_FPS))
        fps = options.fps or (own if 0 < own <= 240 else 25.0)
        self.interval_s: float | None = 1.0 / fps

    def _start(self) -> Any:
        path = self._options.path
        if not path.exists():
            raise DeviceError(f"{path}: no such video file")
        capture = self._cv2.VideoCapture(str(path), self._cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise DeviceError(f"{path}: not a video that FFmpeg can read")
        return capture

    def read(self) -> tuple[Image, float]:
        good, image = self._capture.read()
        if not good:
            self._again()
            good, image = self._capture.read()
        if not good:
            raise DeviceError(f"{self._options.path}: no frame can be read from this video")
        return self._cv2.cvtColor(image, self._cv2.COLOR_BGR2RGB), self._clock.now()

    def _again(self) -> None:
        self._played.end(self._options.path)
        self._capture.release()
        self._capture = self._start()

    def close(self) -> None:
        self._capture.release()


def _is_pipe(path: Path) -> bool:
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except OSError:
        return False
