"""kill -9 at any instant: what was said to be durable is there, once, without a gap."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge.core.clock import SystemClock
from edge.wire.backlog import Backlog
from edge.wire.ledger import Ledger
from edge.wire.reader import Reader
from tests.wire.support import BOOT

ROOT = Path(__file__).parents[2]
RUNS = 40


@pytest.mark.req("PL-8")
def test_kill_9_at_random_instants_loses_nothing_and_leaves_no_gap(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    promised: list[str] = []
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.wire.children", "nursery", str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    for _ in range(RUNS):
        nursery.stdin.write("go\n")
        nursery.stdin.flush()
        lines: list[str] = []
        while len(lines) < 2 or not any(line.startswith("pid") for line in lines):
            lines.append(nursery.stdout.readline().strip())
        time.sleep(chance.uniform(0, 0.02))  # the instant is what is random
        os.kill(next(int(line[4:]) for line in lines if line.startswith("pid")), signal.SIGKILL)
        while lines[-1] != "dead":
            lines.append(nursery.stdout.readline().strip())
        promised += [line for line in lines[:-1] if not line.startswith("pid")]
    nursery.stdin.close()
    assert nursery.wait(10) == 0
    nursery.stdout.close()
    faults: list[tuple[str, str | None]] = []
    ledger = Ledger(tmp_path, 64 * 2**20, SystemClock(), BOOT, lambda component, text: faults.append((component, text)))
    rows = list(iter(Backlog(Reader(ledger, lambda: None)).next, None))
    ledger.close()
    assert faults == []
    assert len(promised) >= RUNS
    assert sorted(row.seq for row in rows) == list(range(1, len(rows) + 1))
    assert len({row.id for row in rows}) == len(rows)
    assert set(promised) <= {row.id for row in rows}
    assert all(json.loads(row.body)["id"] == row.id for row in rows)
