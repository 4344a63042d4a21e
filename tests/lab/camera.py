"""A camera as a process of its own: motion JPEG into a named pipe, the scene chosen by a file. Standard library only.

`camera.py PIPE FRAMES SCENE LOG FPS`: FRAMES/<scene>/*.jpg are played in a ring; SCENE holds the scene's name; each
picture written adds a line `monotonic-seconds scene` to LOG.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import TextIO


def main(pipe: Path, frames: Path, scene: Path, log: Path, fps: float) -> None:
    """Play until killed; a reader that goes is waited for again."""
    shots = {folder.name: [shot.read_bytes() for shot in sorted(folder.glob("*.jpg"))] for folder in frames.iterdir()}
    with log.open("a", buffering=1) as said:
        while True:
            with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as out:
                _play(out, shots, scene, said, fps)


def _play(out: RawIOBase, shots: dict[str, list[bytes]], scene: Path, said: TextIO, fps: float) -> None:
    number, due = 0, time.monotonic()
    while True:
        name = scene.read_text()
        rest = memoryview(shots[name][number % len(shots[name])])
        said.write(f"{time.monotonic()} {name}\n")
        while rest:
            rest = rest[out.write(rest) or 0 :]
        number += 1
        due = max(due + 1 / fps, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    a_pipe, its_frames, the_scene, its_log = map(Path, sys.argv[1:5])
    main(a_pipe, its_frames, the_scene, its_log, float(sys.argv[5]))
