"""Where the lab is, and how a story is told inside it: a small kernel with a real GPIO chip, or a real systemd."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
LAB = Path(os.environ.get("EDGE_LAB", REPO.parent / "shared" / "lab"))
# A limit of 100 ms is the product's, not that of the other jobs on a shared machine: the lab goes before them.
FIRST = ["nice", "-n", "-15"]
LAB_FAILED = 125  # the lab's own exit code where it does not start: for instance on a processor that it is too old for


def tool(name: str) -> Path:
    """A program of the lab; skips the test, with the reason, where it cannot be used."""
    path = LAB / name
    if not path.exists():
        pytest.skip(f"the lab is absent ({path}): set EDGE_LAB to its folder")
    if os.geteuid() != 0:
        pytest.skip(f"{name} needs root")
    if name == "unit-lab" and shutil.which("systemd-nspawn") is None:
        pytest.skip("unit-lab needs Debian's systemd-container")
    return path


def tell_in_gpio_lab(module: str, folder: Path, limit_s: int) -> Any:
    """Run `python -m module folder` in the small kernel; returns what it left in `folder/told.json`."""
    # Inside, the checkout is read-only: compile first, so that start-up times are those of an installed product.
    sources = [str(REPO / name) for name in ("edge", "elevator_node", "tests/lab")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *sources], check=True)
    command = [str(tool("gpio-lab")), "-t", str(limit_s), "-w", str(folder)]
    return _told(command, module, folder, limit_s, {"LAB_MEM": "1024M"})


def tell_in_unit_lab(module: str, folder: Path, limit_s: int) -> Any:
    """Run `python -m module folder` under a real systemd; returns what it left in `folder/told.json`."""
    shown = [item for path in visible() for item in ("-b", str(path))]
    command = [str(tool("unit-lab")), "-t", str(limit_s), *shown, "-b", str(folder)]
    return _told(command, module, folder, limit_s, {})


def visible() -> list[Path]:
    """What a service must see to run this checkout with this Python, wherever they lie."""
    base = [] if sys.base_prefix == "/usr" else [Path(sys.base_prefix)]
    return list(dict.fromkeys([REPO, Path(sys.prefix), *base]))


def _told(command: Sequence[str], module: str, folder: Path, limit_s: int, environment: dict[str, str]) -> Any:
    told = folder / "told.json"
    done = subprocess.run(
        [*FIRST, *command, sys.executable, "-m", module, str(folder)],
        cwd=REPO,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=limit_s + 30,
        check=False,
    )
    if done.returncode == LAB_FAILED and not told.exists():
        why = (done.stdout + done.stderr).strip().partition("\n")[0] or "it says nothing"
        pytest.skip(f"the lab does not start on this machine: {why}")
    log = folder / "daemon.log"
    logged = log.read_text(errors="replace")[-3000:] if log.exists() else ""
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{logged}"
    return json.loads(told.read_text())
