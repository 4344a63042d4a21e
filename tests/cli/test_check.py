"""`edge check`: files of any installed node, every error, an exit code for scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.cli.main import main

REPO = Path(__file__).parent.parent.parent


def check(*paths: Path) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, paths)])


def test_the_installers_examples_are_correct() -> None:
    done = check(REPO / "config/elevator.yaml", REPO / "config/sim/elevator.yaml")
    assert done.exit_code == 0, done.output
    assert "elevator elevator-3-2 at guojigang: correct" in done.output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("node: hovercraft\n", "no node kind 'hovercraft' in this release; installed: elevator"),
        ("device: x\n", "wrong.yaml:1: node: missing; add the kind of node (elevator)"),
        ("node: elevator\ndevise: x\n", "wrong.yaml:2: devise: unknown key. Did you mean 'device'?"),
    ],
)
def test_a_wrong_file_is_told_and_fails(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    done = check(path, REPO / "config/elevator.yaml")
    assert done.exit_code == 1
    assert told in done.output
    assert "correct" in done.output, "the other file is checked all the same"


@pytest.mark.req("PL-4")
def test_a_model_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    text = (REPO / "config/elevator.yaml").read_text(encoding="utf-8").replace("model: ebike", "model: ebike_best")
    path = tmp_path / "elevator.yaml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "site.yaml").write_text((REPO / "config/site.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    line = next(n for n, words in enumerate(text.splitlines(), 1) if words.strip().startswith("model:"))
    done = check(path)
    assert done.exit_code == 1
    assert f"{path}:{line}: eye.model: no model is called 'ebike_best'. The registry has: ebike" in done.output
