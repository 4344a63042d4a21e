"""Train: `python -m edge.vision.training.train --data DIR --out RUN`.

DIR is a folder that `dataset.read` understands; RUN gets run.jsonl and curves.png (how it went), checkpoint.pt (to go
on with `--resume`), best.npz and last.npz (averaged weights for `export`) and calibration.npy (pictures for its int8).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from edge.core.errors import EdgeError
from edge.vision.training.augment_recipe import Mixer
from edge.vision.training.augment_recipe import Recipe as Mix
from edge.vision.training.dataset import TARGETS, Record, read, select
from edge.vision.training.development import Development
from edge.vision.training.hyperparameters import Hyperparameters
from edge.vision.training.loop import Schedule, train
from edge.vision.training.network import EbikeNet
from edge.vision.training.pretrained import read_pretrained
from edge.vision.training.run_weights import read_run
from edge.vision.training.samples import Mixed, Samples
from edge.vision.training.splits import folds

CALIBRATION = "calibration.npy"
CALIBRATION_PICTURES = 128


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and train. Exit code 2: it could not be done, and why is on standard error."""
    options = _parser().parse_args(arguments)
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        run(options, errors)
    except (EdgeError, ValueError) as error:
        errors.print(str(error), markup=False, style="red")
        return 2
    except OSError as error:
        errors.print(f"{error.filename}: {error.strerror}", markup=False, style="red")
        return 2
    return 0


def run(options: argparse.Namespace, console: Console) -> None:
    """Read the data, load the start, train."""
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)  # before any picture is read: the workers of `samples` are forked
    settings = Hyperparameters(**{each.name: getattr(options, each.name) for each in fields(Hyperparameters)})
    records = chosen(options, console)
    held: list[Record] = []
    if options.fold is not None:
        number, count = options.fold
        split = list(folds(records, count, keep=rendered(records)))[number - 1]
        records, held = list(split.train), list(split.held)
        console.print(f"{split.name}: {len(split.sources)} sources with {len(held)} pictures are left out")
    mixer = Mixer(records, Mix(seed=settings.seed, size=settings.side))
    samples = Mixed(mixer, options.count or len(mixer.records), options.share_of or None, options.workers)
    told = ", ".join(f"{count} {name}" for name, count in zip(TARGETS, samples.counts, strict=True))
    console.print(f"{len(mixer.records)} pictures, {len(samples)} samples an epoch: {told}")
    development = None
    if held:
        development = Development.of(held, settings.side)
    elif options.dev is not None:
        where = {"part": [options.dev_part]} | ({"topic": [options.topic]} if options.topic else {})
        development = Development.read(options.dev, options.dev_root or options.dev.parent, settings.side, where)
        console.print(f"{len(development.pictures)} pictures of development")
    network = EbikeNet(len(TARGETS), settings.seed)
    start = read_run(options.start)[1] if options.start else read_pretrained()
    head = network.load(start)
    console.print(f"start: {options.start or 'ImageNet'}, {'with its head' if head else 'the head begins anew'}")
    schedule = Schedule(save=options.save_every, judge=options.judge_every, stop=options.stop_after)
    train(samples, network, settings, options.out, TARGETS, development, schedule, options.resume)
    if options.stop_after is not None:
        console.print("Stopped. Go on with the same options and --resume.")
        return
    save_calibration(samples, options.out / CALIBRATION, settings.epochs)
    console.print(
        f"Done: {options.out}. Next:  python -m edge.vision.training.export {options.out}/best.npz OUT.tflite"
    )


def chosen(options: argparse.Namespace, console: Console) -> list[Record]:
    """The labelled records of all folders, of the topic and parts asked for; problems are named, then left out."""
    records: list[Record] = []
    for folder in options.data:
        found, problems = read(folder)
        for problem in problems:
            console.print(f"{problem.where}: {problem.why}", markup=False, style="yellow")
        records += [r for r in select(found, topic=options.topic, parts=options.part or None) if r.target is not None]
    if options.share < 1:
        kept = np.random.default_rng(options.seed).random(len(records)) < options.share
        records = [record for record, keep in zip(records, kept, strict=True) if keep]
    return records


def save_calibration(samples: Samples, path: Path, epoch: int) -> None:
    """Some pictures of an epoch never trained on, n×side×side×3 bytes, from which `export --int8` takes its ranges."""
    stream = islice(samples.epoch(epoch), CALIBRATION_PICTURES)
    total = min(len(samples), CALIBRATION_PICTURES)
    console = Console(stderr=True)
    np.save(path, np.stack([image for image, *_ in track(stream, "calibration", total=total, console=console)]))


class _ShareOf(argparse.Action):
    """CLASS=SHARE, gathered in a dict."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        name, _, share = str(values).partition("=")
        try:
            found = {name: float(share)}
        except ValueError:
            parser.error(f"{option_string} {values}: expected CLASS=SHARE, as in ebike=0.4")
        if name not in TARGETS:
            parser.error(f"{option_string} {values}: the classes are {', '.join(TARGETS)}")
        setattr(namespace, self.dest, (getattr(namespace, self.dest) or {}) | found)


def rendered(records: Sequence[Record]) -> set[str]:
    """The sources that are never left out: a renderer is no site."""
    return {record.source for record in records if record.part == "render"}


def _fold(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) and int(count) >= 2):
        raise argparse.ArgumentTypeError(f"{text}: expected K/N, as in 1/4")
    return int(number), int(count)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m edge.vision.training.train", description="Train an e-bike model.")
    add = parser.add_argument
    add(
        "--data", type=Path, required=True, action="append", help="folder with MANIFEST.tsv or labels.jsonl; repeatable"
    )
    add("--topic", help="only lines of this topic (default: all)")
    add("--part", action="append", help="only lines of this part; repeatable (default: all)")
    add("--share", type=float, default=1.0, help="train on a random share of the pictures (default: 1)")
    add("--count", type=int, help="samples an epoch (default: as many as there are pictures)")
    add(
        "--share-of",
        action=_ShareOf,
        metavar="CLASS=SHARE",
        help="how much a class gets; repeatable (default: as found)",
    )
    add("--out", type=Path, required=True, metavar="RUN", help="folder of the run; made if missing")
    add("--start", type=Path, metavar="NPZ", help="weights of a run to begin with (default: pretrained on ImageNet)")
    add("--fold", type=_fold, metavar="K/N", help="leave whole sources out, the K-th part of N, and judge on these")
    add("--dev", type=Path, help="TSV list of pictures never trained on, judged as the run goes")
    add("--dev-root", type=Path, help="folder of its pictures (default: where the list is)")
    add("--dev-part", default="dev", help="its lines of this part (default: dev)")
    add("--judge-every", type=int, default=0, metavar="STEPS", help="(default: once an epoch)")
    add("--save-every", type=int, default=100, metavar="STEPS", help="(default: 100, and at each epoch's end)")
    add("--stop-after", type=int, metavar="STEPS", help="save and stop there, to go on later")
    add("--resume", action="store_true", help="go on where RUN was interrupted")
    add("--threads", type=int, default=1, help="CPU threads of the network (default: 1)")
    add("--workers", type=int, default=1, help="processes that read and augment pictures; 0: none (default: 1)")
    for each in fields(Hyperparameters):
        name = f"--{each.name.replace('_', '-')}"
        add(name, type=type(each.default), default=each.default, help=f"(default: {each.default})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
