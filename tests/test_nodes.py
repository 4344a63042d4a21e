"""The commands of all four nodes exist; those not in this release say so and start nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge import nodes
from edge.core.errors import ConfigError


def test_the_elevator_is_installed_as_an_entry_point() -> None:
    assert nodes.kinds() == ["elevator"]
    assert nodes.find("elevator").name == "elevator"
    with pytest.raises(ConfigError, match="no node kind 'pump'"):
        nodes.find("pump")


@pytest.mark.parametrize("kind", ["smoke", "gate", "charger"])
def test_a_node_to_come_says_so(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"{kind}_node", "run", str(tmp_path / "x.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == os.EX_CONFIG
    assert f"no node kind '{kind}' in this release" in done.stderr
