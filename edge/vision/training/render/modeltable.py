"""Ready-made 3D models that take the place of some built actors: the table that describes them, and who is replaced.

The table is tab-separated with a header line: `file` (glTF, beside the table), `kind` (whose place it takes, see
`kinds.KINDS`), `label` (its class), `size_m` (its length along its heading; of a person the height) and `yaw_deg`
(turns its front towards x). For training only: what ships is built of primitives. Pure but for reading the file.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from .kinds import KINDS
from .plans import ActorPlan, ModelPlan, ScenePlan

COLUMNS = ("file", "kind", "label", "size_m", "yaw_deg")


@dataclass(frozen=True)
class Model:
    """One line of the table."""

    kind: str
    label: str
    plan: ModelPlan


def read_models(table: Path) -> list[Model]:
    """Every line. Raises ValueError with file and line for a wrong one, OSError for an unreadable table."""
    with table.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines, delimiter="\t")
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{table}:1: no column {', '.join(sorted(missing))}; the header is {' '.join(COLUMNS)}")
        models = [_model(row, table.parent, f"{table}:{reader.line_num}") for row in reader]
    if not models:
        raise ValueError(f"{table}: no model in it; add a line or leave --models out")
    return models


def _model(row: dict[str, str | None], folder: Path, where: str) -> Model:
    file, kind, label, size_m, yaw_deg = (row[column] or "" for column in COLUMNS)
    path = folder / file
    if not path.is_file():
        raise ValueError(f"{where}: no file {path}")
    if kind not in KINDS:
        raise ValueError(f"{where}: unknown kind {kind!r}; choose from {', '.join(KINDS)}")
    if not label:
        raise ValueError(f"{where}: the column 'label' is empty; write a class, as in ebike")
    try:
        size, yaw = float(size_m), float(yaw_deg)
    except ValueError:
        raise ValueError(f"{where}: size_m and yaw_deg must be numbers, not {size_m!r} and {yaw_deg!r}") from None
    if not 0.2 <= size <= 3.0:
        raise ValueError(f"{where}: size_m must be 0.2 to 3.0 metres, not {size_m}")
    return Model(kind, label, ModelPlan(str(path), size, yaw))


def with_models(plan: ScenePlan, models: Sequence[Model], share: float) -> ScenePlan:
    """The plan with models in place of a `share` (0 to 1) of the actors that have one; people only where they stand."""
    rng = Random(plan.dice_name("models"))
    return replace(plan, actors=tuple(_replaced(actor, models, share, rng) for actor in plan.actors))


def _replaced(actor: ActorPlan, models: Sequence[Model], share: float, rng: Random) -> ActorPlan:
    chosen = rng.random() < share
    wanted = KINDS[actor.kind].label
    fitting = [model for model in models if KINDS[model.kind].label == wanted and actor.kind != "child"]
    if not chosen or not fitting or (actor.label == "person" and actor.role != "stand"):
        return actor
    model = rng.choice(fitting)
    return replace(actor, kind=model.kind, label=model.label, model=model.plan)
