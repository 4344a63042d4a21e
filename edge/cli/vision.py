"""`edge vision`: judge a model on pictures."""

from __future__ import annotations

import dataclasses
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from edge.cli.calibrate import calibrate
from edge.core.errors import EdgeError
from edge.vision.detector import Detector
from edge.vision.evaluate import Result, evaluate
from edge.vision.listing import Problem, read_list
from edge.vision.metrics import FALSE_ALARMS, Report, Row, report
from edge.vision.models import Registry

DEFAULT_MODEL = "ebike"
FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def vision() -> None:
    """What the camera's model sees, and how well."""


vision.add_command(calibrate)


def _where(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        column, equals, wanted = value.partition("=")
        if not equals or not column:
            raise click.BadParameter(f"'{value}' is not COLUMN=VALUE")
        found[column].append(wanted)
    return dict(found)


@vision.command("eval")
@click.argument("list_file", metavar="LIST", type=FILE)
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the pictures.")
@click.option("--jsonl", "out", type=FILE, required=True, help="Where the results go, one line of JSON a picture.")
@click.option("--model", default=DEFAULT_MODEL, show_default=True, help="Model of the registry.")
@click.option("--registry", type=FILE, default=None, help="Registry layered over the shipped one.")
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option(
    "--where", multiple=True, callback=_where, metavar="COLUMN=VALUE", help="Only such lines of LIST; repeatable."
)
@click.option("--flip", is_flag=True, help="Average with the mirrored picture.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON, no table.")
@click.pass_context
def evaluate_list(
    context: click.Context,
    list_file: Path,
    root: Path,
    out: Path,
    model: str,
    registry: Path | None,
    threads: int,
    where: dict[str, list[str]],
    flip: bool,
    as_json: bool,
) -> None:
    """Score the pictures of LIST, a TSV file with the columns `file` and `labels` (parted by `;`).

    A picture is positive when `ebike` is among its labels. Exit code 1: some pictures or lines could not be used; they
    are named. Exit code 2: nothing could be done.
    """
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        items, problems = read_list(list_file, where)
        detector = Detector(Registry.load(registry)[model], threads)
        results: list[Result] = []
        with out.open("w", encoding="utf-8") as lines, Progress(console=errors, transient=True) as progress:
            task = progress.add_task(f"{model}, {threads} thread(s)", total=len(items))
            for outcome in evaluate(items, root, detector, flip):
                progress.advance(task)
                if isinstance(outcome, Problem):
                    problems.append(Problem(f"{list_file}, {outcome.where}", outcome.why))
                    continue
                results.append(outcome)
                lines.write(json.dumps(outcome.json()) + "\n")
                lines.flush()  # an interrupted run keeps what it has
    except EdgeError as error:
        errors.print(str(error), markup=False, style="red")
        context.exit(2)
    except OSError as error:
        errors.print(f"{error.filename or out}: {error.strerror}", markup=False, style="red")
        context.exit(2)
    summary = report([r.score for r in results], [r.item.labels for r in results]) if results else None
    if as_json:
        click.echo(json.dumps(_summary(model, detector, results, problems, summary)))
    elif summary:
        _print(Console(), model, detector, results, summary)
    for problem in problems:
        errors.print(f"{problem.where}: {problem.why}", markup=False, style="red")
    if problems or not results:
        errors.print(f"{len(results)} pictures scored, {len(problems)} not.", style="red")
        context.exit(1)


def _summary(
    model: str, detector: Detector, results: list[Result], problems: list[Problem], summary: Report | None
) -> dict[str, Any]:
    return {
        "model": model,
        "runtime": detector.interpreter.library,
        "scored": len(results),
        "problems": [dataclasses.asdict(problem) for problem in problems],
        "report": _plain(dataclasses.asdict(summary)) if summary else None,
    }


def _plain(value: Any) -> Any:
    """NaN has no place in JSON: null."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _number(value: float, digits: int = 3) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def _print(console: Console, model: str, detector: Detector, results: list[Result], summary: Report) -> None:
    spent = sorted(result.ms for result in results)
    console.print(
        f"{model} ({detector.entry.file}) on {detector.interpreter.library}: {len(results)} pictures, "
        f"{summary.positives} with an electric bike, {spent[len(spent) // 2]:.1f} ms each (median)",
        highlight=False,
    )
    table = Table("negatives", "count", "AUC", *(f"recall at {share:.0%}" for share in FALSE_ALARMS))
    for row in summary.against:
        table.add_row(row.negatives, str(row.count), _number(row.auc), *(_number(value) for value in row.recalls))
    console.print(table)
    console.print("hard: lobby, stroller, wheelchair, scene, two-wheelers in a lift; all: two-wheelers outdoors too")
    _print_rows(console, "group", summary.groups)
    _print_rows(console, "label", summary.labels)


def _print_rows(console: Console, what: str, rows: tuple[Row, ...]) -> None:
    table = Table(what, "count", "mean score", "above the 2 % threshold")
    for row in rows:
        table.add_row(row.name, str(row.count), _number(row.mean), _number(row.above, 2))
    console.print(table)
