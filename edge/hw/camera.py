"""Cameras: the table of drivers. A new kind of camera is one new file and one row here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.core.clock import Clock
from edge.hw.camera_feed import Feed
from edge.hw.camera_files import ImagesOptions, VideoOptions, open_images, open_video
from edge.hw.camera_picamera2 import Picamera2Options, open_picamera2
from edge.hw.camera_rtsp import RtspOptions, open_rtsp
from edge.hw.camera_v4l2 import V4l2Options, open_v4l2
from edge.hw.frame import Camera, Frame, NoFrame

__all__ = ["Camera", "CameraOptions", "Feed", "Frame", "NoFrame", "open_camera"]

CameraOptions = Annotated[
    ImagesOptions | VideoOptions | V4l2Options | Picamera2Options | RtspOptions, Field(discriminator="driver")
]


def open_camera(options: CameraOptions, clock: Clock, name: str = "camera") -> Camera:
    """The camera that `options` names, not yet started: `Feed` does that, and again whenever it is lost.

    Raises DeviceError when a library is missing, with what to install; an absent device is the feed's to report.
    """
    if isinstance(options, ImagesOptions):
        return open_images(name, options, clock)
    if isinstance(options, VideoOptions):
        return open_video(name, options, clock)
    if isinstance(options, V4l2Options):
        return open_v4l2(name, options, clock)
    if isinstance(options, RtspOptions):
        return open_rtsp(name, options, clock)
    return open_picamera2(name, options, clock)
