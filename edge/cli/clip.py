"""Clips for `edge demo`: a folder of frames, or a video, as numbered frames that begin and end with an empty car."""

from __future__ import annotations

import json
from pathlib import Path

from edge.core.errors import FrameError

PICTURES = {".jpg", ".jpeg", ".png"}
BEFORE_S, AFTER_S = 2.0, 6.0


def assemble(clip: Path, own: Path, fps: float, folder: Path) -> int:
    """Lay `clip` out in `folder`; returns the number of frames.

    A clip that is not our own may start or end with the bike inside; a visit ends only when the car is clear, so
    `own`'s empty frames are played before and after it. Raises FrameError where there is nothing to play.
    """
    folder.mkdir()
    frames = pictures(clip) if clip.is_dir() else split(clip, fps, folder.with_name("split"))
    if clip.resolve() != own.resolve():
        empty = empties(own)
        frames = [*_repeat(empty, BEFORE_S * fps), *frames, *_repeat(empty, AFTER_S * fps)]
    for number, frame in enumerate(frames):
        (folder / f"{number:05d}{frame.suffix.lower()}").symlink_to(frame.resolve())
    return len(frames)


def pictures(folder: Path) -> list[Path]:
    """The JPEG and PNG files of a folder by name. Raises FrameError where there are none."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    if not found:
        raise FrameError(f"{folder}: no .jpg or .png frames in this folder")
    return found


def empties(clip: Path) -> list[Path]:
    """The frames of one of our clips that show an empty car, by its labels.jsonl."""
    lines = [json.loads(line) for line in (clip / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    return [clip / line["file"] for line in lines if not line["boxes"]]


def split(video: Path, fps: float, folder: Path) -> list[Path]:
    """A video's frames at `fps`, as JPEG files. Raises FrameError when it cannot be read."""
    import cv2

    folder.mkdir()
    source = cv2.VideoCapture(str(video))
    if not video.is_file() or not source.isOpened():
        raise FrameError(f"{video}: not a folder of frames nor a video that can be read")
    stride = max(1.0, (source.get(cv2.CAP_PROP_FPS) or fps) / fps)
    number, due, found = 0, 0.0, []
    while True:
        more, frame = source.read()
        if not more:
            break
        if number >= due:
            due += stride
            found.append(folder / f"{number:06d}.jpg")
            cv2.imwrite(str(found[-1]), frame)
        number += 1
    source.release()
    if not found:
        raise FrameError(f"{video}: the video has no frames")
    return found


def _repeat(frames: list[Path], count: float) -> list[Path]:
    return [frames[number % len(frames)] for number in range(round(count))]
