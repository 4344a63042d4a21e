"""`edge vision calibrate`: teach the eye one lift, on the spot. Nothing leaves the device."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from edge.cli.calibrate_eye import Eye, from_camera, from_folder, open_eye, pictures, recorded
from edge.cli.calibrate_tables import figures, print_figures, print_state, state
from edge.core.clock import SystemClock
from edge.core.errors import ConfigError
from edge.vision.calibration.active import unfit
from edge.vision.calibration.figures import equal_recall, table
from edge.vision.calibration.samples import EBIKE, Samples
from edge.vision.calibration.store import negatives
from edge.vision.calibration.trial import VEHICLES, attempt, doubtful, lacking
from edge.vision.calibration.view import View, together

GROUPS = ("empty", "people", *VEHICLES, "dog", "other", EBIKE)
CONFIG = click.argument("path", metavar="CONFIG", type=click.Path(path_type=Path, dir_okay=False))
FOLDER = click.Path(path_type=Path, file_okay=False)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, no tables.")
GROUP = click.option("--as", "group", type=click.Choice(GROUPS), required=True, help="What is shown.")
NEXT = "The node takes it at its next start: systemctl restart {unit}"


@click.group()
def calibrate() -> None:
    """Teach the eye one lift: record what rides in it, fit, look, undo. Nothing leaves the device.

    Stop the node first (it holds the camera) and run this as the node's user. Record the empty car, people, a pram, a
    wheelchair and an electric bike for a minute each, moving them about with the door open and shut; then `fit`.
    """


@calibrate.command()
@CONFIG
@GROUP
@click.option("--seconds", type=click.FloatRange(1, 900), default=60.0, show_default=True, help="How long to record.")
@click.option("--from", "folder", type=FOLDER, default=None, help="Take the pictures of FOLDER, not the camera's.")
@AS_JSON
def record(path: Path, group: str, seconds: float, folder: Path | None, as_json: bool) -> None:
    """Record one kind of thing with the camera that CONFIG names; a second recording adds to the first."""
    eye, console = open_eye(path), _stderr()
    view = eye.view()
    recorder = eye.store.recorder(group)

    def told(text: str) -> None:
        console.print(text, markup=False, style="yellow")

    source = from_folder(folder, told) if folder else from_camera(eye.sight, seconds, SystemClock(), told)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"recording {group}", total=len(pictures(folder)) if folder else seconds)
        for image, at_s in source:
            recorder.take(image, at_s)
            progress.update(task, completed=recorder.count if folder else at_s)
    there = eye.store.groups().get(group, [])
    with _ticking(console, f"looking at {group}", len(there)) as tick:
        seen = view.recorded(group, there, tick)
    lacks = lacking({name: len(paths) for name, paths in eye.store.groups().items()})
    over = None if seen is None else float((seen.base > eye.rule.margin).mean())
    if as_json:
        click.echo(json.dumps({"group": group, "taken": recorder.count, "pictures": len(there), "flagged": over,
                               "lacking": lacks}))  # fmt: skip
        return
    share = "" if over is None else f"; the model by itself takes {over:.0%} of them for an electric bike"
    click.echo(f"{group}: {recorder.count} pictures recorded, {len(there)} in all{share}")
    click.echo("\n".join(["still to record:", *lacks]) if lacks else f"enough to fit: edge vision calibrate fit {path}")


@calibrate.command()
@CONFIG
@click.option("--with-unlabelled", is_flag=True, help="Learn from releases by key too: look at their pictures first.")
@click.option("--dry-run", is_flag=True, help="Only show what it would bring.")
@AS_JSON
def fit(path: Path, with_unlabelled: bool, dry_run: bool, as_json: bool) -> None:
    """Fit this lift's head to what was recorded; takes it into use only if it is better, and worse at no point.

    Exit code 1: too little was recorded, or the head would not be better.
    """
    eye, console = open_eye(path), _stderr()
    view = eye.view()
    groups = eye.store.groups()
    released, _ = negatives(eye.sight.negatives, with_unlabelled)
    total = sum(map(len, groups.values())) + sum(map(len, released.values()))
    with _ticking(console, "looking at the pictures", total) as tick:
        samples, left_out = recorded(eye, view, with_unlabelled, tick)
    _tell_unusable(console, view)
    if left_out:
        console.print(f"{left_out} released holds are left out: no label says what rode, or it says an electric bike; "
                      f"they lie in {eye.sight.negatives}", highlight=False)  # fmt: skip
    lacks = lacking(Counter(samples.group.tolist()) if samples else {})
    if lacks or samples is None:
        _refuse(as_json, "too little was recorded", lacks)
        return
    with console.status("fitting"):
        trial = attempt(samples, eye.rule, eye.entry.sha256)
    if trial.against:
        _refuse(as_json, "the head is not used", list(trial.against), figures(trial.rows))
        return
    head, doubts = None if dry_run else eye.store.add(trial.head), doubtful(trial.rows)
    if as_json:
        click.echo(
            json.dumps({"applied": not dry_run, "head": head and head.name, "doubts": doubts, **figures(trial.rows)})
        )
        return
    print_figures(trial.rows, "judged on pictures that the head did not learn from, in blocks of time")
    for doubt in doubts:
        console.print(doubt, markup=False, style="yellow")
    if head:
        click.echo(f"{head} is in use. {NEXT.format(unit=eye.sight.unit)}\nBack: edge vision calibrate undo {path}")


@calibrate.command()
@CONFIG
@click.option("--on", "folder", type=FOLDER, default=None, help="Judge on FOLDER's pictures, one folder a group.")
@AS_JSON
def show(path: Path, folder: Path | None, as_json: bool) -> None:
    """What was recorded, which head is in use, and what it changes (on other pictures than the recorded: `--on`)."""
    eye = open_eye(path)
    head = eye.store.current()
    wrong = unfit(head, eye.entry) if head else None
    about = state(eye, head, wrong)
    found: dict[str, Any] = {}
    rows = None
    if folder is not None:
        samples = _judged(eye, folder)
        after = samples.base if head is None or wrong else head.logits(samples.base, samples.features)
        rows = table(samples, after, eye.rule)
        found = figures(rows, equal_recall(samples, after, eye.rule))
    if as_json:
        click.echo(json.dumps({**about, **({"on": found} if found else {})}))
        return
    print_state(about)
    if rows:
        print_figures(rows, f"on the pictures of {folder}", found["equal_recall"])


@calibrate.command()
@CONFIG
@click.option("--all", "everything", is_flag=True, help="Back to the model by itself.")
@AS_JSON
def undo(path: Path, everything: bool, as_json: bool) -> None:
    """Go back to the head before (five are kept), at last to the model by itself."""
    eye = open_eye(path)
    now = eye.store.undo()
    while everything and now:
        now = eye.store.undo()
    if as_json:
        click.echo(json.dumps({"head": now and now.name}))
        return
    click.echo(f"{now.name if now else 'The model by itself'} is in use again. {NEXT.format(unit=eye.sight.unit)}")


@calibrate.command()
@CONFIG
@GROUP
def forget(path: Path, group: str) -> None:
    """Remove the recorded pictures of a group. A head that learned from them stays in use until `fit` or `undo`."""
    click.echo(f"{group}: {open_eye(path).store.forget(group)} pictures removed")


def _judged(eye: Eye, folder: Path) -> Samples:
    """The pictures of FOLDER's folders as the model sees them; nothing is kept."""
    view = eye.view()
    groups = {sub.name: pictures(sub) for sub in sorted(folder.iterdir()) if sub.is_dir()}
    with _ticking(_stderr(), "looking at the pictures", sum(map(len, groups.values()))) as tick:
        samples = together([view.outside(name, paths, tick) for name, paths in groups.items()])
    _tell_unusable(_stderr(), view)
    if samples is None:
        raise ConfigError(
            f"{folder}: no folder with pictures in it; one for each group is needed: empty, pram, ebike …"
        )
    return samples


def _refuse(as_json: bool, what: str, why: list[str], more: dict[str, Any] | None = None) -> None:
    if as_json:
        click.echo(json.dumps({"applied": False, "refused": what, "why": why, **(more or {})}))
    else:
        _stderr().print("\n".join([f"{what}:", *why]), markup=False, style="red")
    click.get_current_context().exit(1)


def _tell_unusable(console: Console, view: View) -> None:
    for one in view.unusable:
        console.print(one.why, markup=False, style="yellow")


def _stderr() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def _ticking(console: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
