"""The `picamera2` driver: a Raspberry Pi camera (CSI) through libcamera.

picamera2 comes from Debian (`python3-picamera2`, which brings libcamera's Python module); PyPI alone is not enough, so
a virtual environment there is made with `--system-site-packages`. Sources: picamera2's code (`capture_request`);
libcamera's control SensorTimestamp is nanoseconds of CLOCK_BOOTTIME.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.options import Options
from edge.hw.camera_thread import ThreadedCamera
from edge.hw.frame import Camera

if TYPE_CHECKING:
    from edge.hw.frame import Image

_OLDEST_S = 5.0


class Picamera2Options(Options):
    """A camera on the Pi's camera connector."""

    driver: Literal["picamera2"]
    index: Annotated[int, Field(ge=0, le=9, description="Which camera, as `rpicam-hello --list-cameras` counts")] = 0
    width: Annotated[int, Field(ge=64, le=4656, multiple_of=2)] = 640
    height: Annotated[int, Field(ge=64, le=3496, multiple_of=2)] = 480
    fps: Annotated[float, Field(gt=0, le=120)] = 10.0


def open_picamera2(name: str, options: Picamera2Options, clock: Clock) -> Camera:
    """The `picamera2` driver. Raises DeviceError that names the Debian packages when the library is missing."""
    library = _library()
    return ThreadedCamera(name, lambda: _Picamera2(library, options, clock), clock)


def _library() -> Any:
    try:
        import picamera2
    except ImportError as cause:
        raise DeviceError(
            f"camera: picamera2 cannot be imported ({cause}): sudo apt install python3-picamera2 python3-libcamera, "
            "and make the virtual environment with --system-site-packages"
        ) from cause
    return picamera2


class _Picamera2:
    interval_s: float | None = None

    def __init__(self, library: Any, options: Picamera2Options, clock: Clock) -> None:
        self._clock = clock
        cameras = library.Picamera2.global_camera_info()
        if options.index >= len(cameras):
            models = ", ".join(str(camera.get("Model", "?")) for camera in cameras) or "none"
            raise DeviceError(
                f"camera: no CSI camera {options.index}; found: {models}. Check the ribbon cable, both ends, and reboot"
            )
        frame_us = round(1e6 / options.fps)
        self._camera = library.Picamera2(options.index)
        try:
            self._camera.configure(
                self._camera.create_video_configuration(
                    # libcamera names formats as little-endian words: BGR888 is the array in the order R, G, B.
                    main={"size": (options.width, options.height), "format": "BGR888"},
                    controls={"FrameDurationLimits": (frame_us, frame_us)},
                )
            )
            self._camera.start()
        except Exception:
            self._camera.close()
            raise

    def read(self) -> tuple[Image, float]:
        request = self._camera.capture_request()  # may block for ever: ThreadedCamera is the time-out
        try:
            image: Image = request.make_array("main")  # a copy
            sensor_ns = request.get_metadata().get("SensorTimestamp")
        finally:
            request.release()
        return image, self._clock.now() - _age_s(sensor_ns)

    def close(self) -> None:
        try:
            self._camera.stop()
        finally:
            self._camera.close()


def _age_s(sensor_ns: int | None) -> float:
    """How long ago the sensor exposed the frame, s; 0 when the camera does not tell or tells nonsense."""
    if sensor_ns is None:
        return 0.0
    age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - sensor_ns / 1e9
    return age_s if 0.0 <= age_s <= _OLDEST_S else 0.0
