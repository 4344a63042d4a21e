"""The pictures a model is trained on: read from a folder, chosen by label, parted by source.

A folder holds MANIFEST.tsv (columns file, labels; optional topic, part, boxes, source; more are ignored) or, as
written by `training.render`, labels.jsonl (file, classes, boxes; optional source, kind). Labels are parted by `;`;
boxes are a JSON list of [class, cx, cy, w, h] in fractions of the picture.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from edge.core.errors import ConfigError
from edge.vision.listing import Problem

MANIFEST, RENDERED = "MANIFEST.tsv", "labels.jsonl"
TARGETS = ("other", "ebike", "motorcycle", "bicycle", "wheelchair", "pram", "luggage", "person")
"""The classes of whole-frame training, in the order of the model's outputs."""

TARGET_OF = {
    "ebike": "ebike",
    "ebike_pedal": "ebike",
    "kick_scooter": "ebike",  # electric ones: the same battery
    "motorcycle": "motorcycle",
    "rider": "motorcycle",  # the boxes of the street pictures: a person on a motorcycle
    "bicycle": "bicycle",
    "tricycle": "bicycle",
    "wheelchair": "wheelchair",
    "pram": "pram",
    "stroller": "pram",
    "trolley": "luggage",
    "luggage": "luggage",
    "suitcase": "luggage",
    "people": "person",
    "person": "person",
}
PRECEDENCE = ("ebike", "motorcycle", "bicycle", "wheelchair", "pram", "luggage", "person")
"""Which class a picture of several things has."""
POWERED = ("ebike", "motorcycle")
"""The classes of which shops and streets show hundreds: their pictures are only used where the vehicle is large."""
VEHICLES = (*POWERED, "bicycle", "wheelchair", "pram")
UNKNOWN = "unlabelled"
PLACES = ("lift", "lobby", "street")


class Box(NamedTuple):
    """A thing in a picture; the sides are fractions of it, 0–1 from its top left corner."""

    label: str
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, label: str, cx: float, cy: float, w: float, h: float) -> Box:
        """From the centre and size of the files."""
        return cls(label, cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)

    @property
    def area(self) -> float:
        """Share of the picture, 0 for an empty box."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def within(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The part inside a rectangle; its area is 0 when there is none."""
        return Box(
            self.label, max(self.left, left), max(self.top, top), min(self.right, right), min(self.bottom, bottom)
        )


Boxes = tuple[Box, ...]


@dataclass(frozen=True)
class Record:
    """One labelled picture.

    `target` is its class for whole-frame training, None when nobody labelled it. `kind` says how it was made: lift,
    lobby, street, product (a catalogue picture, mostly on white), render or scene. `source` is the camera, shop or
    repository: pictures of one source resemble each other, so they never part between training and test.
    """

    path: Path
    target: str | None
    kind: str
    source: str
    labels: frozenset[str]
    boxes: Boxes = ()
    topic: str = ""
    part: str = ""


def target_of(labels: Iterable[str]) -> str | None:
    """The first class of PRECEDENCE among the labels, else other; None for an unlabelled picture."""
    names = set(labels)
    if UNKNOWN in names:
        return None
    found = {TARGET_OF[name] for name in names if name in TARGET_OF}
    return next((target for target in PRECEDENCE if target in found), "other")


def kind_of(labels: Collection[str]) -> str:
    """How a photograph was taken, from its labels; a motorcycle or bicycle without a place is on a street."""
    for place in PLACES:
        if place in labels:
            return place
    if "product" in labels or "side-view" in labels:
        return "product"
    return "street" if "negative" not in labels and {"motorcycle", "bicycle"} & set(labels) else "scene"


def read(folder: Path) -> tuple[list[Record], list[Problem]]:
    """The records of a folder of either form, and what could not be used of it: a line, or one box of a line.

    Raises ConfigError when there is no list in it or its header is of no use.
    """
    if (folder / MANIFEST).is_file():
        return read_manifest(folder / MANIFEST)
    if (folder / RENDERED).is_file():
        return read_rendered(folder / RENDERED)
    raise ConfigError(
        f"{folder}: neither {MANIFEST} nor {RENDERED} is in this folder. Write one or name another folder."
    )


def read_manifest(path: Path) -> tuple[list[Record], list[Problem]]:
    """The records of a TSV list whose files lie beside it; every problem names file and line."""
    records: list[Record] = []
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            header = rows.fieldnames or []
            missing = [column for column in ("file", "labels") if column not in header]
            if missing:
                raise ConfigError(
                    f"{path}:1: column {', '.join(missing)}: not in the header. Columns are parted by tabs."
                )
            for row in rows:
                where = f"{path}:{rows.line_num}"
                try:
                    records.append(_photograph(path.parent, row, where, problems))
                except ValueError as error:
                    problems.append(Problem(where, str(error)))
    except OSError as error:
        raise ConfigError(f"{path}: the list cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the list is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise ConfigError(f"{path}:{rows.line_num}: not a tab-separated list: {error}") from error
    return records, problems


def read_rendered(path: Path) -> tuple[list[Record], list[Problem]]:
    """The records of a rendered folder; without a `source` of their own its frames are one source, by the folder."""
    records: list[Record] = []
    problems: list[Problem] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: the list cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the list is not UTF-8 text ({error.reason} at byte {error.start})") from error
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        if not line.strip():
            continue
        try:
            records.append(_frame(path.parent, json.loads(line), where, problems))
        except ValueError as error:
            problems.append(Problem(where, str(error)))
    return records, problems


def _photograph(folder: Path, row: dict[str, str], where: str, problems: list[Problem]) -> Record:
    if None in row or None in row.values():
        raise ValueError("the line has not as many columns as the header")
    labels = frozenset(label.strip() for label in row["labels"].split(";") if label.strip())
    if not row["file"].strip():
        raise ValueError("the column 'file' is empty")
    if not labels:
        raise ValueError("the column 'labels' is empty; write 'scene' for a picture of nothing special")
    topic = row.get("topic", "")
    boxes = _boxes(json.loads(row.get("boxes") or "[]"), where, problems)
    return Record(
        path=folder / row["file"].strip(),
        target=target_of(labels),
        kind=kind_of(labels),
        source=row.get("source") or folder.name,
        labels=labels,
        boxes=boxes,
        topic=topic,
        part=row.get("part", ""),
    )


def _frame(folder: Path, entry: Any, where: str, problems: list[Problem]) -> Record:
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or not entry["file"]:
        raise ValueError('the line has no \'file\'; expected {"file": ..., "classes": [...], "boxes": [...]}')
    classes = entry.get("classes")
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise ValueError("'classes' is not a list of names")
    return Record(
        path=folder / entry["file"],
        target=target_of(classes),
        kind=str(entry.get("kind") or "render"),
        source=str(entry.get("source") or f"render/{folder.name}"),
        labels=frozenset(classes),
        boxes=_boxes(entry.get("boxes", []), where, problems),
        topic="ebike",
        part="render",
    )


def _boxes(found: Any, where: str, problems: list[Problem]) -> Boxes:
    """The usable boxes, cut at the picture's edge; one outside the picture is a problem, not the end of its line."""
    if not isinstance(found, list):
        raise ValueError("'boxes' is not a list of [class, cx, cy, w, h]")
    kept = []
    for entry in found:
        if not (isinstance(entry, list) and len(entry) == 5 and isinstance(entry[0], str) and _finite(entry[1:])):
            raise ValueError(f"box {json.dumps(entry)} is not [class, cx, cy, w, h]")
        box = Box.around(entry[0], *(float(value) for value in entry[1:]))
        seen = box.within(0.0, 0.0, 1.0, 1.0)
        if seen.area > 0.0 and seen.area >= box.area / 3:
            kept.append(seen)
        else:
            problems.append(Problem(where, f"box {json.dumps(entry)} lies outside the picture; it is left out"))
    return tuple(kept)


def _finite(values: Iterable[Any]) -> bool:
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) and math.isfinite(v) for v in values)


def select(
    records: Iterable[Record],
    *,
    topic: str | None = None,
    parts: Collection[str] | None = None,
    any_of: Collection[str] = (),
    none_of: Collection[str] = (),
) -> list[Record]:
    """The records of a topic and of these parts that bear one of `any_of` (when given) and none of `none_of`."""
    return [
        record
        for record in records
        if (topic is None or record.topic == topic)
        and (parts is None or record.part in parts)
        and (not any_of or record.labels & set(any_of))
        and not record.labels & set(none_of)
    ]
