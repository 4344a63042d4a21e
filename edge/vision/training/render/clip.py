"""Render one clip: `python -m edge.vision.training.render.clip --story ebike --out DIR`.

Writes 0000.jpg, 0001.jpg, ... and labels.jsonl (one line per frame: file, classes in view, boxes
[class, cx, cy, w, h] in fractions of the picture; `covered` where a hand is over the lens).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

from .cover import cover, cover_share
from .labels import boxes, line
from .rooms import drawn, plain
from .sensor import Sensor
from .stage import empty_stage, render_to
from .stories import STORIES
from .visitors import visitors

BLIND = 0.7  # covered so far, the camera sees nothing that could be labelled


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and render."""
    parser = argparse.ArgumentParser(description="Render a short clip of a lift car.")
    parser.add_argument("--story", choices=sorted(STORIES), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the frames; made if missing")
    parser.add_argument("--seed", type=int, default=0, help="car, actors, camera and noise (default: 0)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second (default: 5)")
    parser.add_argument("--width", type=int, default=384, help="pixels (default: 384)")
    parser.add_argument("--height", type=int, default=288, help="pixels (default: 288)")
    parser.add_argument("--samples", type=int, default=32, help="light paths a pixel (default: 32)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    parser.add_argument("--every", type=int, default=1, help="render only each n-th frame, for a look")
    options = parser.parse_args(arguments)
    render_clip(options)


def render_clip(options: argparse.Namespace) -> None:
    """Build the scene once, then move the visitors and render frame by frame."""

    def dice(name: str) -> Random:
        return Random(f"{options.seed}/{name}")

    story = STORIES[options.story]
    scene = empty_stage(options.width, options.height, options.samples, options.threads)
    car, camera = (plain if story.room == "plain" else drawn)(scene, dice)
    party = visitors(options.story, story, car, options.fps, dice)
    sensor = Sensor.drawn(dice("sensor"))

    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, (options.out / "labels.jsonl").open("w") as labels:
        for number in range(0, party.frames, options.every):
            file = f"{number:04d}.jpg"
            there, hidden = party.arrange(number), cover_share(number / options.fps, story.cover_s)
            png = Path(scratch) / ("visit.png" if there else "empty.png")
            if hidden < 1.0 and (there or not png.exists()):  # empty frames are the same but for the noise
                render_to(scene, str(png))
            seen = png
            if hidden:
                seen = Path(scratch) / "covered.png"
                cover(png, seen, hidden, dice("cover"))
            sensor.develop(seen, options.out / file, dice(f"noise/{number}"))
            found = [] if hidden >= BLIND else boxes(scene, camera, party.actors)
            labels.write(line(file, found, covered=hidden >= BLIND) + "\n")


if __name__ == "__main__":
    main()
