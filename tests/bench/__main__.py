"""Run every benchmark, print the table, write bench/latest.json. Exit code 1 when a goal is missed."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import daemon, outbox, vision

RESULT = Path("bench/latest.json")


def main() -> int:
    console = Console(width=150)
    wings = {"vision": vision.rows, "outbox": outbox.rows, "daemon": daemon.rows}
    wanted = sys.argv[1:] or list(wings)
    found = [row for name in wanted for row in wings[name]()]
    table = Table("what", "value", "limit", "ratio", "goal", "met", "how")
    for row in found:
        sign = "≤" if row.better == "lower" else "≥"
        figures = f"{row.value:.2f} {row.unit}", f"{row.limit:.2f} {row.unit}", f"{row.ratio:.3f}", f"{sign} {row.goal}"
        table.add_row(row.name, *figures, "yes" if row.met else "[red]NO[/]", row.note)
    console.print(table)
    RESULT.parent.mkdir(exist_ok=True)
    machine = {"machine": platform.machine(), "python": platform.python_version()}
    rows = [{**asdict(row), "ratio": round(row.ratio, 4), "met": row.met} for row in found]
    RESULT.write_text(json.dumps({**machine, "rows": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(row.met for row in found) else 1


sys.exit(main())
