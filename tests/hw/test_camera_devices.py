"""The drivers of real cameras against fakes with the same API, and what they say when there is no camera."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cv2
import pytest
from pydantic import TypeAdapter, ValidationError

from edge.core.clock import SystemClock
from edge.core.errors import DeviceError, DeviceOffline
from edge.hw import camera_rtsp, camera_thread, camera_v4l2
from edge.hw.camera import CameraOptions, NoFrame, open_camera
from edge.hw.camera_rtsp import RtspOptions
from tests.hw.pictures import colour

OPTIONS: TypeAdapter[Any] = TypeAdapter(CameraOptions)


def camera_of(**options: Any) -> Any:
    return open_camera(OPTIONS.validate_python(options), SystemClock())


def read_on(camera: Any, timeout_s: float) -> None:
    """Read the frames that may still be there, until the camera raises."""
    for _ in range(10):
        camera.read(timeout_s)


# ── picamera2 ─────────────────────────────────────────────────────────────────────────────────────────────────────
class FakePicamera2:
    """picamera2.Picamera2 as far as the driver uses it."""

    found: tuple[dict[str, Any], ...] = ({"Model": "imx708"},)
    stuck: threading.Event | None = None
    calls: list[Any] = []  # noqa: RUF012 - emptied by the fixture
    released = 0

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        return list(FakePicamera2.found)

    def __init__(self, index: int) -> None:
        self.calls.append(("open", index))
        self._image = colour(200, 480, 640)

    def create_video_configuration(self, main: Any, controls: Any) -> Any:
        return {"main": main, "controls": controls}

    def configure(self, configuration: Any) -> None:
        self.calls.append(configuration)

    def start(self) -> None:
        self.calls.append("start")

    def capture_request(self) -> Any:
        if FakePicamera2.stuck is not None:
            FakePicamera2.stuck.wait()
        time.sleep(0.01)
        captured_ns = int((time.clock_gettime(time.CLOCK_BOOTTIME) - 0.05) * 1e9)

        def release() -> None:
            FakePicamera2.released += 1

        return SimpleNamespace(
            make_array=lambda stream: self._image.copy(),
            get_metadata=lambda: {"SensorTimestamp": captured_ns},
            release=release,
        )

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def picamera2(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakePicamera2]]:
    module = ModuleType("picamera2")
    module.Picamera2 = FakePicamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr(FakePicamera2, "calls", [])
    monkeypatch.setattr(FakePicamera2, "released", 0)
    yield FakePicamera2
    if FakePicamera2.stuck is not None:
        FakePicamera2.stuck.set()
        FakePicamera2.stuck = None


@pytest.mark.req("EL-1")
def test_picamera2_gives_rgb_at_the_set_rate_with_the_sensors_time(picamera2: type[FakePicamera2]) -> None:
    camera = camera_of(driver="picamera2", fps=10)
    camera.open()
    got = camera.read(2.0)
    age = time.monotonic() - got.at
    camera.close()
    assert got.image.shape == (480, 640, 3)
    assert tuple(got.image[0, 0]) == (200, 0, 55)
    assert 0.045 < age < 0.5
    assert picamera2.calls[1] == {
        "main": {"size": (640, 480), "format": "BGR888"},
        "controls": {"FrameDurationLimits": (100_000, 100_000)},
    }
    assert picamera2.calls[-2:] == ["stop", "close"]
    assert picamera2.released >= 1


def test_a_csi_camera_that_goes_silent_is_left_in_time(
    picamera2: type[FakePicamera2], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_thread, "_CLOSE_GRACE_S", 0.05)
    camera = camera_of(driver="picamera2")
    camera.open()
    camera.read(2.0)
    picamera2.stuck = threading.Event()
    with pytest.raises(NoFrame):
        read_on(camera, 0.1)
    camera.close()
    with pytest.raises(DeviceOffline, match="still stuck"):
        camera.open()


def test_without_a_csi_camera_the_cable_is_named(picamera2: type[FakePicamera2], monkeypatch: Any) -> None:
    monkeypatch.setattr(FakePicamera2, "found", ())
    camera = camera_of(driver="picamera2")
    with pytest.raises(DeviceError, match=r"no CSI camera 0; found: none\. Check the ribbon cable"):
        camera.open()
    camera.close()


def test_without_picamera2_the_debian_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(DeviceError, match="sudo apt install python3-picamera2 python3-libcamera"):
        camera_of(driver="picamera2")


# ── v4l2 ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class FakeCapture:
    """cv2.VideoCapture on a V4L2 device that has one size."""

    def __init__(self, size: tuple[int, int], frames: int, opens: bool = True) -> None:
        self.size, self.frames, self.opens = size, frames, opens
        self.set_calls: list[tuple[int, float]] = []
        self.released = False

    def isOpened(self) -> bool:
        return self.opens

    def set(self, key: int, value: float) -> bool:
        self.set_calls.append((key, value))
        return True

    def get(self, key: int) -> float:
        return float(self.size[0] if key == cv2.CAP_PROP_FRAME_WIDTH else self.size[1])

    def grab(self) -> bool:
        time.sleep(0.005)
        self.frames -= 1
        return self.frames >= 0

    def retrieve(self) -> tuple[bool, Any]:
        return True, colour(200, self.size[1], self.size[0])[..., ::-1].copy()

    def release(self) -> None:
        self.released = True


def v4l2_with(monkeypatch: pytest.MonkeyPatch, capture: FakeCapture) -> list[Any]:
    opened: list[Any] = []

    def video_capture(index: int, backend: int) -> FakeCapture:
        opened.append((index, backend))
        return capture

    monkeypatch.setattr(cv2, "VideoCapture", video_capture)
    monkeypatch.setattr(camera_v4l2, "_index", lambda device: 7)
    return opened


@pytest.mark.req("EL-1")
def test_v4l2_opens_by_number_sets_the_format_first_and_tells_an_unplugged_camera(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture = FakeCapture((320, 240), frames=3)
    opened = v4l2_with(monkeypatch, capture)
    camera = camera_of(driver="v4l2", device="/dev/v4l/by-id/usb-x", width=320, height=240, fps=15)
    camera.open()
    got = camera.read(2.0)
    assert tuple(got.image[0, 0]) == (200, 0, 55)
    with pytest.raises(DeviceOffline, match="is it still plugged in"):
        read_on(camera, 2.0)
    camera.close()
    assert opened == [(7, cv2.CAP_V4L2)]
    assert [key for key, _ in capture.set_calls] == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]
    assert capture.released


@pytest.mark.parametrize(
    ("size", "opens", "text"),
    [((640, 480), True, "gives 640 × 480 instead of 320 × 240"), ((320, 240), False, "another program uses it")],
)
def test_v4l2_takes_no_other_size_and_no_other_programs_camera(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], opens: bool, text: str
) -> None:
    v4l2_with(monkeypatch, FakeCapture(size, 3, opens))
    camera = camera_of(driver="v4l2", device="/dev/v4l/by-id/usb-x", width=320, height=240)
    with pytest.raises(DeviceError, match=text):
        camera.open()
    camera.close()


def test_an_absent_usb_camera_is_named(tmp_path: Path) -> None:
    (tmp_path / "video0").touch()
    for device in ("/dev/v4l/by-id/usb-nothing", str(tmp_path / "video0")):
        camera = camera_of(driver="v4l2", device=device)
        with pytest.raises(DeviceError, match=f"{device}: no such camera; plugged in: "):
            camera.open()
        camera.close()


# ── rtsp ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_rtsp_takes_its_password_from_a_file_and_shows_it_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p@ss/word\n")
    options = RtspOptions(driver="rtsp", url="rtsp://10.0.0.9:554/main", user="lift", password_file=secret)
    assert camera_rtsp._with_secret(options) == "rtsp://lift:p%40ss%2Fword@10.0.0.9:554/main"
    assert "p@ss" not in repr(options)
    with pytest.raises(ValidationError):
        RtspOptions(driver="rtsp", url="rtsp://lift:secret@10.0.0.9/main")


def test_an_rtsp_camera_that_is_not_there_is_an_error() -> None:
    camera = camera_of(driver="rtsp", url="rtsp://127.0.0.1:9/none")
    with pytest.raises(DeviceError, match="check the address, the user and the network"):
        camera.open()
    camera.close()


# ── all ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("driver", ["images", "video", "v4l2", "rtsp"])
def test_without_opencv_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, driver: str) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    place = {"v4l2": {"device": "/dev/video0"}, "rtsp": {"url": "rtsp://x/y"}}.get(driver, {"path": str(tmp_path)})
    with pytest.raises(DeviceError, match=r"pip install 'edge-node\[vision\]'"):
        camera_of(driver=driver, **place)


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(ValidationError, match="picamera2"):
        OPTIONS.validate_python({"driver": "webcam"})
