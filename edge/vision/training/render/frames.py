"""Render random labelled frames: `python -m edge.vision.training.render.frames --out DIR --count N --seed S`.

`--scene lift` (the default) draws lift cars with what is in them, `--scene catalogue` single things on white.
With `--one-car` all are of one lift, in a folder for each label of the mix, `--count` in each.

Writes 000000.jpg, ... and labels.jsonl: per frame its file, the classes in view, boxes [class, cx, cy, w, h] in
fractions of the picture, how much of each is unhidden, and the parameters of the scene. Frame k depends only on the
seed, k and these options, so a stopped run goes on where it was, and a longer one adds to a shorter one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from .catalogue import CataloguePlan, things
from .catalogue import draw as catalogue
from .ledger import finished, picture_name, rewrite
from .mix import DEFAULT, parse_mix
from .modeltable import read_models, with_models
from .one_car import sample_one_car
from .plans import ScenePlan
from .sample import sample
from .styles import STYLES, with_mounts

Plan = ScenePlan | CataloguePlan

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
    parser.add_argument("--one-car", type=int, metavar="LIFT", help="lift number LIFT always; a folder for each label")
    parser.add_argument("--same-things", action="store_true", help="with --one-car: always the same pram, bike ...")
    options = parser.parse_args(arguments)
    if min(options.count, options.width, options.height, options.samples, options.jobs) < 1:
        parser.error("--count, --width, --height, --samples and --jobs must be 1 or more")
    try:
        shares = parse_mix(options.mix)
        style = with_mounts(STYLES[options.style], options.mounts)
        models = read_models(options.models) if options.models else []
        if options.scene == "catalogue":
            shares = things(shares)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if options.same_things and options.one_car is None:
        parser.error("--same-things goes with --one-car")
    if options.one_car is not None:
        for label in shares:
            one = partial(sample_one_car, options.one_car, options.seed)
            draw = partial(one, label=label, same_thing=options.same_things)
            complete(options.out / label, draw, options)
    elif options.scene == "catalogue":
        complete(options.out, partial(catalogue, options.seed, mix=shares), options)
    else:

        def lift(number: int) -> ScenePlan:
            plan = sample(options.seed, number, shares, style)
            return with_models(plan, models, options.model_share) if models else plan

        complete(options.out, lift, options)


def complete(folder: Path, draw: Callable[[int], Plan], options: argparse.Namespace) -> None:
    """Render what is missing of the folder's `options.count` frames; `draw` plans frame k."""
    folder.mkdir(parents=True, exist_ok=True)
    done = finished(folder)
    rewrite(folder, done)
    missing = [k for k in range(options.count) if picture_name(k) not in done]
    if missing:
        render(folder, [draw(number) for number in missing], len(done), options)
    rewrite(folder, finished(folder))


def render(folder: Path, plans: Sequence[Plan], before: int, options: argparse.Namespace) -> None:
    """Render the plans into `folder` in `options.jobs` processes; each line is written as soon as its frame is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    fresh = multiprocessing.get_context("spawn")  # Blender must not be forked
    cores = fresh.SimpleQueue()
    there = sorted(os.sched_getaffinity(0))
    first = os.getpid() % len(there)  # commands beside each other shall not all take the first core
    for core in islice(cycle(there), first, first + options.jobs):
        cores.put(core)
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        ProcessPoolExecutor(options.jobs, mp_context=fresh, initializer=_settle, initargs=(cores,)) as pool,
        (folder / "labels.jsonl").open("a", encoding="utf-8") as labels,
    ):
        task = progress.add_task(folder.name, total=before + len(plans), completed=before)
        size = (options.width, options.height, options.samples)
        running = [pool.submit(_shoot, plan, folder, *size) for plan in plans]
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
