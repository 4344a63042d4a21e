"""The vision loop: what the eye adds to a bare inference, and whether it keeps up with the camera."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from edge.core.clock import SystemClock
from edge.core.messages import Message
from edge.core.supervisor import Supervisor
from edge.hw.camera import Feed, open_camera
from edge.hw.camera_files import ImagesOptions, read_image
from edge.hw.camera_health import CameraHealthOptions, Health
from edge.hw.frame import Frame
from edge.vision.detector import Detector
from edge.vision.evidence import Evidence, EvidenceOptions
from edge.vision.models import Registry
from edge.vision.motion import Gate, MotionOptions
from elevator_node.config import EyeOptions
from elevator_node.inputs import Eye
from elevator_node.node import NODE
from tests.bench.rows import Row, p50

CLIP = NODE.demo.clips / "ebike_visit"
THREADS, ROUNDS, KEEP_UP_S = 1, 300, 20.0


def make_eye(folder: Path, feed: Feed, clock: SystemClock, post: Any) -> Eye:
    """The eye as the daemon wires it."""
    detector = Detector(Registry.load()["ebike"], THREADS)
    evidence = Evidence(EvidenceOptions(), folder / "evidence", clock, lambda event_id, path: None)
    return Eye(
        feed, detector, Gate(MotionOptions()), Health(CameraHealthOptions()), evidence, EyeOptions(), clock, post
    )


def rows() -> Iterator[Row]:
    """Frame loop over bare invoke, interleaved frame by frame; frames looked at over frames offered at 5 fps."""
    clock = SystemClock()
    inbox: SimpleQueue[Message] = SimpleQueue()
    with TemporaryDirectory() as name:
        folder = Path(name)
        feed = Feed("camera", open_camera(ImagesOptions(driver="images", path=CLIP, fps=5), clock), clock)
        eye = make_eye(folder, feed, clock, inbox.put)
        eye.attention = True
        images = [read_image(path) for path in sorted(CLIP.glob("*.jpg"))]
        bare, loop = [], []
        for number in range(ROUNDS):
            frame = Frame(images[number % len(images)], clock.now(), number + 1)
            start = time.perf_counter()
            eye.look(frame)
            looked = time.perf_counter()
            eye._detector.interpreter.invoke()
            bare.append(time.perf_counter() - looked)
            loop.append(looked - start)
        shape = "x".join(str(side) for side in np.shape(images[0])[:2])
        note = f"{shape} px, {THREADS} threads, {ROUNDS} rounds, p50"
        yield Row("vision: frame loop / bare invoke", p50(loop) * 1e3, p50(bare) * 1e3, "ms", 1.10, note=note)

        eye = make_eye(folder, feed, clock, inbox.put)
        eye.attention = True
        supervisor = Supervisor(clock, inbox.put, lambda state: None)
        supervisor.start([feed.worker(), eye.worker()])
        until = clock.now() + KEEP_UP_S
        while clock.now() < until:
            time.sleep(0.05)
        offered, looked_at = feed.offered, eye.frames_looked_at
        supervisor.stop()
        yield Row("vision: frames looked at / offered at 5 fps", looked_at, offered, "frames", 0.99, "higher")
