"""Pictures for people: read them, draw what was seen, pack them as JPEG."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from edge.core.errors import FrameError
from edge.core.messages import Detection
from edge.vision.arrays import Image

RED, AMBER, BLUE, WHITE = (220, 30, 30), (255, 170, 0), (40, 120, 255), (255, 255, 255)
COLOURS = {"ebike": RED, "motorcycle": AMBER, "bicycle": AMBER, "person": BLUE}
FONT = cv2.FONT_HERSHEY_SIMPLEX
LEAST_QUALITY = 30


def draw(image: Image, detections: Iterable[Detection]) -> Image:
    """A copy of `image` (H×W×3 RGB) with a box and `label 93%` for each detection, the surest on top."""
    canvas = np.ascontiguousarray(image).copy()
    height, width = canvas.shape[:2]
    thick = max(1, round(max(height, width) / 320))
    scale = max(0.4, max(height, width) / 1000)
    for detection in sorted(detections, key=lambda detection: detection.score):
        colour = COLOURS.get(detection.label, WHITE)
        left, top = round(detection.box[0] * (width - 1)), round(detection.box[1] * (height - 1))
        right, bottom = round(detection.box[2] * (width - 1)), round(detection.box[3] * (height - 1))
        cv2.rectangle(canvas, (left, top), (right, bottom), colour, thick)
        caption = f"{detection.label} {detection.score:.0%}"
        (wide, high), below = cv2.getTextSize(caption, FONT, scale, 1)
        x = min(left, max(0, width - wide))
        y = max(top, high + below)  # never above the frame
        cv2.rectangle(canvas, (x, y - high - below), (x + wide, y), colour, cv2.FILLED)
        ink = (0, 0, 0) if colour in (AMBER, WHITE) else WHITE
        cv2.putText(canvas, caption, (x, y - below + 1), FONT, scale, ink, 1, cv2.LINE_AA)
    return canvas


def encode(image: Image, max_side: int = 640, quality: int = 80, max_bytes: int | None = None) -> bytes:
    """JPEG of `image` (RGB), scaled down to at most `max_side` px; with `max_bytes`, coarser until it fits.

    Raises FrameError when it cannot be packed (or not so small).
    """
    while True:
        longest = max(image.shape[:2])
        if longest > max_side:
            size = (max(1, image.shape[1] * max_side // longest), max(1, image.shape[0] * max_side // longest))
            image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        try:
            packed, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        except cv2.error as error:
            raise FrameError(f"a picture of {image.dtype} {image.shape} cannot be packed as JPEG: {error}") from error
        if not packed:
            raise FrameError(f"a picture of {image.shape} cannot be packed as JPEG")
        if max_bytes is None or len(data) <= max_bytes:
            return data.tobytes()
        if quality > LEAST_QUALITY:
            quality = max(LEAST_QUALITY, quality - 15)
        elif max_side > 64:
            max_side = max(64, min(max_side, longest) * 2 // 3)
        else:
            raise FrameError(f"a picture cannot be packed into {max_bytes} bytes")


def decode(data: bytes, what: str = "picture") -> Image:
    """A JPEG, PNG or other picture file's bytes → H×W×3 RGB. Raises FrameError naming `what`."""
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error as error:
        raise FrameError(f"{what} cannot be read: {error.err or error}") from error
    if image is None:
        raise FrameError(f"{what} is not a readable picture ({len(data)} bytes); expected JPEG or PNG")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def read(path: Path) -> Image:
    """A picture file → H×W×3 RGB. Raises FrameError naming the file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FrameError(f"{path} cannot be read ({error.strerror})") from error
    return decode(data, str(path))
