"""Render random labelled frames: `python -m edge.vision.training.render.frames --out DIR --count N --seed S`.

`--scene lift` (the default) draws lift cars with what is in them, `--scene catalogue` single things on white.

Writes 000000.jpg, ... and labels.jsonl: per frame its file, the classes in view, boxes [class, cx, cy, w, h] in
fractions of the picture, how much of each is unhidden, and the parameters of the scene. Frame k depends only on the
seed, k and these options, so a stopped run goes on where it was, and a longer one adds to a shorter one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import cycle
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .catalogue import CataloguePlan, draw
from .ledger import finished, picture_name, rewrite
from .mix import DEFAULT, parse_mix
from .modeltable import read_models, with_models
from .plans import ScenePlan
from .sample import sample
from .styles import STYLES, with_mounts

HELP = (
    "car: the car's own camera, now and then one on the landing",
    "wide: also somebody before the lift with a telephone, pictures of many shapes, things on a dark landing",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and render what is missing."""
    parser = argparse.ArgumentParser(description="Render random labelled frames of lift cars.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the frames; made if missing")
    parser.add_argument("--count", type=int, required=True, help="frames 0 to N-1 shall be there in the end")
    parser.add_argument("--seed", type=int, default=0, help="of everything (default: 0)")
    parser.add_argument("--scene", choices=("lift", "catalogue"), default="lift", help="(default: lift)")
    parser.add_argument("--mix", default=DEFAULT, help="label=weight,... (default: %(default)s)")
    parser.add_argument("--style", choices=STYLES, default="car", help="; ".join(HELP) + " (default: %(default)s)")
    parser.add_argument("--mounts", default="", help="other weights of the cameras: visitor=5,corner=3,...")
    parser.add_argument("--models", type=Path, help="table of ready-made glTF models, see modeltable.py")
    parser.add_argument("--model-share", type=float, default=0.4, help="of the actors that have one (default: 0.4)")
    parser.add_argument("--width", type=int, default=256, help="pixels (default: 256)")
    parser.add_argument("--height", type=int, default=192, help="pixels (default: 192)")
    parser.add_argument("--samples", type=int, default=4, help="light paths a pixel (default: 4)")
    parser.add_argument("--jobs", type=int, default=1, help="processes, one thread each (default: 1)")
    options = parser.parse_args(arguments)
    if min(options.count, options.width, options.height, options.samples, options.jobs) < 1:
        parser.error("--count, --width, --height, --samples and --jobs must be 1 or more")
    try:
        shares = parse_mix(options.mix)
        style = with_mounts(STYLES[options.style], options.mounts)
        models = read_models(options.models) if options.models else []
    except (OSError, ValueError) as error:
        parser.error(str(error))
    options.out.mkdir(parents=True, exist_ok=True)
    done = finished(options.out)
    rewrite(options.out, done)
    missing = [k for k in range(options.count) if picture_name(k) not in done]
    plans: list[ScenePlan | CataloguePlan]
    if options.scene == "catalogue":
        plans = [draw(options.seed, number, shares) for number in missing]
    else:
        lifts = [sample(options.seed, number, shares, style) for number in missing]
        plans = [with_models(plan, models, options.model_share) for plan in lifts] if models else [*lifts]
    render(plans, len(done), options)
    rewrite(options.out, finished(options.out))


def render(plans: Sequence[ScenePlan | CataloguePlan], before: int, options: argparse.Namespace) -> None:
    """Render the plans in `options.jobs` processes; each line is written as soon as its frame is done."""
    columns = (
        TextColumn("frames"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    fresh = multiprocessing.get_context("spawn")  # Blender must not be forked
    cores = fresh.SimpleQueue()
    for _, core in zip(range(options.jobs), cycle(sorted(os.sched_getaffinity(0)))):
        cores.put(core)
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        ProcessPoolExecutor(options.jobs, mp_context=fresh, initializer=_settle, initargs=(cores,)) as pool,
        (options.out / "labels.jsonl").open("a", encoding="utf-8") as labels,
    ):
        task = progress.add_task("frames", total=before + len(plans), completed=before)
        size = (options.width, options.height, options.samples)
        running = [pool.submit(_shoot, plan, options.out, *size) for plan in plans]
        try:
            for frame in as_completed(running):
                labels.write(frame.result() + "\n")
                labels.flush()
                progress.advance(task)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _settle(cores: multiprocessing.SimpleQueue[int]) -> None:
    """A core of its own, since Blender's helper threads spin: on two cores a frame costs twice its CPU time and is
    not sooner. And silence: Blender prints a line per frame; the bar shows the same."""
    os.sched_setaffinity(0, {cores.get()})
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _shoot(plan: ScenePlan | CataloguePlan, folder: Path, width: int, height: int, samples: int) -> str:
    from . import showroom, studio  # here, so that the parent process never loads Blender

    if isinstance(plan, CataloguePlan):
        return showroom.shoot(plan, folder, width, height, samples)
    return studio.shoot(plan, folder, width, height, samples)


if __name__ == "__main__":
    main()
