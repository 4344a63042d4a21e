"""The list of pictures to evaluate: a TSV file with a header, of which `file` and `labels` are used."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.core.errors import ConfigError


@dataclass(frozen=True)
class Item:
    """One picture: its path under the root, its labels, the line that names it."""

    file: str
    labels: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Problem:
    """A line or picture that could not be used, and why."""

    where: str
    why: str


def read_list(path: Path, where: Mapping[str, Sequence[str]] | None = None) -> tuple[list[Item], list[Problem]]:
    """The items of a TSV list (quoted fields, more columns allowed; labels parted by `;`) and its faulty lines.

    `where` keeps the rows whose column has one of the values, for every column named. Raises ConfigError when the file
    or its header is of no use.
    """
    wanted = {column: set(values) for column, values in (where or {}).items()}
    items: list[Item] = []
    problems: list[Problem] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            header = rows.fieldnames or []
            missing = [column for column in ("file", "labels", *wanted) if column not in header]
            if missing:
                raise ConfigError(
                    f"{path}:1: column {', '.join(missing)}: not in the header, which has: "
                    f"{', '.join(header) or 'nothing'}. Columns are parted by tabs."
                )
            for row in rows:
                line = rows.line_num
                if None in row or None in row.values():
                    problems.append(Problem(f"{path}:{line}", "the line has not as many columns as the header"))
                elif all(row[column] in values for column, values in wanted.items()):
                    if not row["file"].strip():
                        problems.append(Problem(f"{path}:{line}", "the column 'file' is empty"))
                        continue
                    labels = tuple(label.strip() for label in row["labels"].split(";") if label.strip())
                    items.append(Item(row["file"].strip(), labels, line))
    except OSError as error:
        raise ConfigError(f"{path}: the list cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the list is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except csv.Error as error:
        raise ConfigError(f"{path}:{rows.line_num}: not a tab-separated list: {error}") from error
    return items, problems
