"""The picture model in a process of its own, so that it never delays a relay.

Loading a model holds Python's global lock for 0.1 s and more (TensorFlow Lite's allocate_tensors), and a visit is just
when a fire contact must be heard at once. A child also gives its memory back when it rests, and takes nobody with it
when it dies. Over its pipes: `{"shape": [h, w, 3]}` and the pixels; back one JSON line `[[label, score, box], …]`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from edge.core.messages import Detection
from edge.vision.arrays import Image
from edge.vision.detector import Detector
from edge.vision.models import Registry

log = logging.getLogger(__name__)
ANSWER_WITHIN_S = 20.0  # the first answer loads the model, which takes seconds on a slow board
NICENESS = 10
PIPE_BYTES = 4096  # what a writable pipe surely takes (PIPE_BUF)


class Drawer:
    """Finds people and two-wheelers for the evidence. Called from one thread."""

    def __init__(self, model: str, registry: Path | None = None) -> None:
        """`model`: a name of the registry, which `registry` may add to. Raises ModelError: missing or altered file."""
        Registry.load(registry)[model].verified_path()
        self._command = [sys.executable, "-m", "edge.vision.drawer", model, *([str(registry)] if registry else [])]
        self._child: subprocess.Popen[bytes] | None = None
        self._failing = False

    @property
    def awake(self) -> bool:
        """Whether the model is in memory."""
        return self._child is not None

    def detect(self, image: Image) -> tuple[Detection, ...]:
        """What is in a picture (H×W×3 RGB). Nothing when the child fails: the picture then has the eye's boxes only."""
        try:
            found = self._ask(image)
        except (OSError, ValueError, TypeError) as error:
            self.rest()
            log.log(
                logging.DEBUG if self._failing else logging.WARNING,
                "pictures have no boxes of people and two-wheelers: %s",
                error,
                extra={"EVENT": "evidence.drawer", "COMPONENT": "evidence"},
            )
            self._failing = True
            return ()
        self._failing = False
        return found

    def rest(self) -> None:
        """End the child and free its memory; the next picture starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    with contextlib.suppress(OSError):  # what it did not read is lost on purpose
                        pipe.close()

    def _ask(self, image: Image) -> tuple[Detection, ...]:
        child = self._child = self._child or subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert child.stdin
        assert child.stdout
        os.set_blocking(child.stdin.fileno(), False)
        deadline = time.monotonic() + ANSWER_WITHIN_S
        header = json.dumps({"shape": image.shape}).encode() + b"\n"
        left = memoryview(header + np.ascontiguousarray(image).tobytes())
        while left:
            _wait(child.stdin.fileno(), selectors.EVENT_WRITE, deadline)
            left = left[os.write(child.stdin.fileno(), left[:PIPE_BYTES]) :]
        line = b""
        while not line.endswith(b"\n"):
            _wait(child.stdout.fileno(), selectors.EVENT_READ, deadline)
            part = os.read(child.stdout.fileno(), PIPE_BYTES)
            if not part:
                raise BrokenPipeError(f"the picture model's process ended (exit code {child.wait()})")
            line += part
        return tuple(Detection(str(label), float(score), tuple(box)) for label, score, box in json.loads(line))


def _wait(pipe: int, ready: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, ready)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError(f"the picture model gave no answer within {ANSWER_WITHIN_S:.0f} s")


def main(model: str, registry: str | None = None) -> None:
    """The child: pictures on stdin, detections on stdout, until stdin ends."""
    os.nice(NICENESS)
    detector = Detector(Registry.load(Path(registry) if registry else None)[model])
    while header := sys.stdin.buffer.readline():
        shape = json.loads(header)["shape"]
        pixels = sys.stdin.buffer.read(int(np.prod(shape)))
        found = detector.detect(np.frombuffer(pixels, np.uint8).reshape(shape))
        sys.stdout.write(json.dumps([[it.label, it.score, it.box] for it in found]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
