"""The ledger of finished frames: a stopped run goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path

from edge.vision.training.render.ledger import finished, picture_name, rewrite


def _line(number: int) -> str:
    return json.dumps({"file": picture_name(number), "classes": []})


def test_a_new_folder_has_nothing_finished(tmp_path: Path) -> None:
    assert finished(tmp_path) == {}


def test_only_whole_lines_with_a_picture_count(tmp_path: Path) -> None:
    for number in (0, 1, 3):
        (tmp_path / picture_name(number)).write_bytes(b"jpeg")
    lines = [_line(1), _line(0), _line(2), '"text"', _line(3)[:20]]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines))
    assert set(finished(tmp_path)) == {picture_name(0), picture_name(1)}


def test_the_ledger_is_rewritten_in_order(tmp_path: Path) -> None:
    for number in (0, 1):
        (tmp_path / picture_name(number)).write_bytes(b"jpeg")
    (tmp_path / "labels.jsonl").write_text(_line(1) + "\n" + _line(0) + "\n" + "{torn")
    rewrite(tmp_path, finished(tmp_path))
    assert (tmp_path / "labels.jsonl").read_text() == _line(0) + "\n" + _line(1) + "\n"
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []
