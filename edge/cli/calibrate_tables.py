"""What `edge vision calibrate` prints: tables for people, the same as JSON for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from edge.cli.calibrate_eye import Eye
from edge.vision.calibration.figures import EqualRecall, Row
from edge.vision.calibration.head import Head
from edge.vision.calibration.samples import EBIKE
from edge.vision.calibration.store import negatives
from edge.vision.calibration.trial import lacking


def figures(rows: Sequence[Row], equal: Sequence[EqualRecall] = ()) -> dict[str, Any]:
    """Before and after as plain values."""
    others = [row for row in rows if row.group != EBIKE]
    pictures = sum(row.pictures for row in others)
    false = [sum(share * row.pictures for share, row in zip(shares, others, strict=True)) / max(pictures, 1)
             for shares in ([row.before for row in others], [row.after for row in others])]  # fmt: skip
    return {
        "rows": [asdict(row) for row in rows],
        "false_before": round(false[0], 4),
        "false_after": round(false[1], 4),
        "equal_recall": [asdict(one) for one in equal],
    }


def print_figures(rows: Sequence[Row], where: str, equal: Sequence[Mapping[str, float]] = ()) -> None:
    """The table before / after."""
    out = Table("shown", "pictures", "taken for a bike: before", "after", "recordings that hold: before", "after")
    for row in rows:
        good = row.after >= row.before if row.group == EBIKE else row.after <= row.before
        colour = "green" if good else "red"
        held = f"{row.held_before} of {row.recordings}", f"{row.held_after} of {row.recordings}"
        out.add_row(row.group, str(row.pictures), f"{row.before:.0%}", f"[{colour}]{row.after:.0%}[/]", *held)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=120)
    console.print(out)
    console.print(where, markup=False)
    found = figures(rows)
    console.print(f"false holds, share of pictures without a bike: {found['false_before']:.1%} before, "
                  f"{found['false_after']:.1%} after")  # fmt: skip
    for one in equal:
        console.print(f"at equal recall ({one['recall']:.0%} of the bikes' pictures): {one['before']:.1%} before, "
                      f"{one['after']:.1%} after")  # fmt: skip


def state(eye: Eye, head: Head | None, wrong: str | None) -> dict[str, Any]:
    """What was recorded and which head is in use."""
    counts = {name: len(paths) for name, paths in eye.store.groups().items()}
    released, left_out = negatives(eye.sight.negatives)
    kept = eye.store.heads()
    return {
        "folder": str(eye.store.folder),
        "model": eye.entry.name,
        "recorded": counts,
        "released": {label: len(paths) for label, paths in released.items()},
        "released_left_out": left_out,
        "lacking": lacking(counts),
        "head": kept[-1].name if kept else None,
        "kept": [path.name for path in kept[:-1]],
        "ignored": wrong,
        "fitted": dict(head.about) if head else None,
    }


def print_state(about: dict[str, Any]) -> None:
    """The same for people."""
    recorded = ", ".join(f"{name} {count}" for name, count in about["recorded"].items()) or "nothing"
    released = ", ".join(f"{name} {count}" for name, count in about["released"].items()) or "none"
    click.echo(f"recorded in {about['folder']}: {recorded}")
    click.echo(f"released false holds: {released}; {about['released_left_out']} left out")
    for text in about["lacking"]:
        click.echo(f"to record: {text}")
    before = f"; to go back to: {', '.join(about['kept'])}" if about["kept"] else ""
    click.echo(f"head in use: {about['head'] or 'none, the model judges by itself'}{before}")
    if about["ignored"]:
        click.secho(f"the node ignores this head: {about['ignored']}. Cure: fit again, or undo", fg="red")
    if about["fitted"]:
        print_figures([Row(**row) for row in about["fitted"]["rows"]], "as judged when the head was fitted")
