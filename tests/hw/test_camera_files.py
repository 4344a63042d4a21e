"""Folders, video files and named pipes as cameras, with the damage that files have."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from pathlib import Path
from typing import Any

import cv2
import pytest
from pydantic import TypeAdapter

from edge.core.clock import SystemClock
from edge.core.errors import DeviceError, DeviceOffline, FrameError
from edge.hw.camera import Camera, CameraOptions, Feed, Frame, NoFrame, open_camera
from edge.hw.camera_files import read_image
from tests.hw.pictures import colour, jpeg, start_writer
from tests.hw.support import eventually, running

REDS = [40, 120, 200]


def camera_of(**options: Any) -> Camera:
    adapter: TypeAdapter[Any] = TypeAdapter(CameraOptions)
    return open_camera(adapter.validate_python(options), SystemClock())


def red(frame: Frame) -> int:
    """Which of REDS the frame shows; its channels must be in the order R, G, B."""
    assert frame.image.dtype.name == "uint8"
    value, green, blue = (int(channel) for channel in frame.image.reshape(-1, 3).mean(axis=0))
    assert green < 25
    assert abs(255 - value - blue) < 12
    return min(REDS, key=lambda known: abs(known - value))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "pictures"
    where.mkdir()
    for name, value in zip(("a.jpg", "b.png", "c.JPEG"), REDS, strict=True):
        if name.endswith("png"):
            cv2.imwrite(str(where / name), colour(value)[..., ::-1])
        else:
            (where / name).write_bytes(jpeg(colour(value)))
    (where / "notes.txt").write_text("not a picture")
    return where


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (64, 48))
    for value in REDS:
        writer.write(colour(value)[..., ::-1].copy())
    writer.release()
    return path


@pytest.mark.req("EL-1")
def test_images_play_in_order_in_rgb_and_start_over(folder: Path) -> None:
    camera = camera_of(driver="images", path=folder, fps=50)
    camera.open()
    frames = [camera.read(5.0) for _ in range(7)]  # only the latest is kept: a busy machine may miss one
    camera.close()
    numbers = [frame.number for frame in frames]
    assert numbers == sorted(set(numbers))
    assert [red(frame) for frame in frames] == [REDS[(number - 1) % len(REDS)] for number in numbers]


def test_images_keep_their_pace(folder: Path) -> None:
    camera = camera_of(driver="images", path=folder, fps=20)
    camera.open()
    times = [camera.read(5.0).at for _ in range(11)]
    camera.close()
    assert times[-1] - times[0] == pytest.approx(0.5, abs=0.1)
    assert all(b > a for a, b in itertools.pairwise(times))


@pytest.mark.parametrize("kind", ["images", "video"])
def test_without_loop_the_end_stays_the_end(folder: Path, video: Path, kind: str) -> None:
    camera = camera_of(driver=kind, path=folder if kind == "images" else video, fps=10, loop=False)
    camera.open()
    seen: list[int] = []
    with pytest.raises(DeviceOffline, match="the clip has ended"):  # noqa: PT012 - a busy machine may miss a frame
        while len(seen) <= len(REDS):
            seen.append(red(camera.read(5.0)))
    assert seen == [red for red in REDS if red in seen], "in order, none twice"
    camera.close()
    with pytest.raises(DeviceOffline, match="the clip has ended"):
        camera.open()
    camera.close()


def test_damaged_pictures_are_named_counted_and_skipped(folder: Path) -> None:
    whole = (folder / "a.jpg").read_bytes()
    (folder / "a2.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "a3.jpg").write_bytes(b"")
    (folder / "a4.png").write_bytes(b"\x89PNG but no more")
    clock = SystemClock()
    feed = Feed("camera", camera_of(driver="images", path=folder, fps=100, loop=False), clock)
    with running([feed.worker()], clock):
        assert eventually(lambda: feed.offered == 3)
        assert eventually(lambda: "the clip has ended" in str(feed.fault))
    assert feed.unreadable == 3


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.jpg", b""),
        ("text.jpg", b"hello"),
        ("half.jpg", jpeg(colour(40))[:400]),
        ("zeros.jpg", jpeg(colour(40))[:300] + bytes(500)),
        ("short.png", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_an_unreadable_picture_names_its_file(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FrameError, match=name):
        read_image(tmp_path / name)
    with pytest.raises(FrameError, match=r"absent\.jpg"):
        read_image(tmp_path / "absent.jpg")


def test_an_empty_or_absent_folder_is_a_clear_error(tmp_path: Path) -> None:
    for path, text in ((tmp_path, "no .jpg or .png picture"), (tmp_path / "absent", "No such file")):
        camera = camera_of(driver="images", path=path)
        with pytest.raises(DeviceError, match=text):
            camera.open()
        camera.close()


def test_a_video_file_plays_at_its_own_rate_and_loops(video: Path) -> None:
    camera = camera_of(driver="video", path=video)
    camera.open()
    start = camera.read(5.0)
    frames = [camera.read(5.0) for _ in range(6)]
    camera.close()
    assert [red(start), *map(red, frames)] == [*REDS, *REDS, REDS[0]]
    assert frames[-1].at - start.at == pytest.approx(0.3, abs=0.1)  # 20 a second, as the file says


def test_a_broken_video_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    for name, text in (("bad.mp4", "not a video"), ("absent.mp4", "no such video file")):
        camera = camera_of(driver="video", path=tmp_path / name)
        with pytest.raises(DeviceError, match=text):
            camera.open()
        camera.close()


@pytest.fixture
def pipe(tmp_path: Path, folder: Path) -> tuple[Path, list[Path]]:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    (folder / "b.jpg").write_bytes(jpeg(colour(REDS[1])))
    return path, [folder / "a.jpg", folder / "b.jpg", folder / "c.JPEG"]


def test_a_pipe_carries_motion_jpeg_and_its_end_is_told(pipe: tuple[Path, list[Path]]) -> None:
    path, files = pipe
    camera = camera_of(driver="video", path=path)
    camera.open()
    with pytest.raises(NoFrame, match="does the writer still run"):
        camera.read(0.05)
    writer = start_writer(path, files, 0.02, 9)
    frames: list[Frame] = []

    def read_all() -> None:
        while True:
            frames.append(camera.read(5.0))

    with pytest.raises(DeviceOffline, match="the writer of the pipe has gone"):
        read_all()
    assert writer.wait(5) == 0
    assert frames[-1].number == 9
    assert {red(frame) for frame in frames} == set(REDS)
    camera.close()


@pytest.mark.req("EL-7", "EL-9")
def test_a_stopped_writer_is_offline_in_time_and_goes_on(pipe: tuple[Path, list[Path]]) -> None:
    """SIGSTOP of the source: a timed wait, a fault, nobody hangs; SIGCONT: frames again, from the same writer."""
    path, files = pipe
    clock = SystemClock()
    feed = Feed("camera", camera_of(driver="video", path=path), clock, silence_s=0.3)
    with running([feed.worker()], clock) as supervisor:
        writer = start_writer(path, files, 0.02, 100_000)
        try:
            assert eventually(lambda: feed.offered > 5, 10)
            os.kill(writer.pid, signal.SIGSTOP)
            stopped_at = clock.now()
            assert eventually(lambda: "no frame for 0.3 s" in str(feed.fault), 3)
            assert clock.now() - stopped_at < 2.0
            assert supervisor.hung() == frozenset()
            number = feed.offered
            assert feed.wait_newer(number, 0.2) is None
            os.kill(writer.pid, signal.SIGCONT)
            assert feed.wait_newer(number, 3.0) is not None
            assert feed.fault is None
        finally:
            writer.kill()
            writer.wait(5)


def test_a_new_writer_is_taken_up(pipe: tuple[Path, list[Path]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.hw.camera_feed._BACKOFF_S", (0.02, 0.1))
    path, files = pipe
    clock = SystemClock()
    feed = Feed("camera", camera_of(driver="video", path=path), clock, silence_s=0.5)
    with running([feed.worker()], clock):
        for _ in range(3):
            number = feed.offered
            writer = start_writer(path, files, 0.02, 100_000)
            assert feed.wait_newer(number, 5.0) is not None
            writer.kill()
            writer.wait(5)
            assert eventually(lambda: "writer of the pipe has gone" in str(feed.fault))


def test_garbage_in_a_pipe_costs_single_frames(pipe: tuple[Path, list[Path]], tmp_path: Path) -> None:
    path, files = pipe
    good = files[0].read_bytes()
    cuts = [good[:200], good[100:], b"\xff\xd8\xff", os.urandom(3000), b"\xff\xd8\xff\xda\x00\x02\x11\xff\xd9"]
    names = [files[0]]
    for index, data in enumerate(cuts):
        (tmp_path / f"cut{index}").write_bytes(data)
        names += [tmp_path / f"cut{index}", files[2]]
    clock = SystemClock()
    feed = Feed("camera", camera_of(driver="video", path=path), clock)
    seen: set[int] = set()

    def watch() -> None:
        number = 0
        while (frame := feed.wait_newer(number, 1.5)) is not None:
            number = frame.number
            seen.add(red(frame))

    watcher = threading.Thread(target=watch)
    with running([feed.worker()], clock):
        watcher.start()
        writer = start_writer(path, names, 0.01, len(names) * 4)
        assert writer.wait(20) == 0
        watcher.join(10)
    assert seen == {REDS[0], REDS[2]}
    assert feed.unreadable >= 1
