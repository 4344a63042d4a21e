"""`edge vision eval` as a technician runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edge.cli.vision import vision
from edge.vision.picture import encode
from tests.vision.scenes import bicycle, car, registry_file


def run(folder: Path, *arguments: str) -> Result:
    """The command on `folder`'s list.tsv; the bicycle stands in for the electric bike where a test needs a positive."""
    root = ["--root", str(folder), "--jsonl", str(folder / "out.jsonl")]
    return CliRunner().invoke(vision, ["eval", str(folder / "list.tsv"), *root, *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bike.jpg").write_bytes(encode(bicycle(car())))
    (tmp_path / "car.png").write_bytes(encode(car()))
    lines = ["file\ttopic\tlabels", 'bike.jpg\tgood\t"lift;ebike"', "car.png\tgood\tlift", "gone.jpg\tbad\tscene"]
    (tmp_path / "list.tsv").write_text("\n".join(lines) + "\n")
    return tmp_path


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "out.jsonl").read_text().splitlines()]


def test_a_list_is_scored_end_to_end(folder: Path) -> None:
    result = run(folder, "--where", "topic=good", "--model", "ssd_oid")
    assert result.exit_code == 0, result.output
    bike, empty = lines(folder)
    assert list(bike) == ["file", "score", "detections", "ms"]
    assert (bike["file"], empty["file"]) == ("bike.jpg", "car.png")
    assert bike["score"] == pytest.approx(0.84, abs=0.03)
    assert empty["score"] == pytest.approx(0.02, abs=0.03)
    assert bike["detections"][0]["label"] == "bicycle"  # type: ignore[index]
    assert empty["detections"] == []
    for text in ("AUC", "recall at 5%", "hard", "all", "1.000", "ssd_oid"):
        assert text in result.output


def test_an_unreadable_picture_is_named_and_the_others_are_kept(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 1
    assert len(lines(folder)) == 2
    assert "list.tsv, line 4" in result.output
    assert "gone.jpg cannot be read (No such file or directory)" in result.output
    assert "2 pictures scored, 1 not." in result.output


def test_the_summary_as_json(folder: Path) -> None:
    result = run(folder, "--json", "--flip", "--where", "topic=good")
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["scored"] == 2
    assert summary["problems"] == []
    assert summary["report"]["positives"] == 1
    assert [row["negatives"] for row in summary["report"]["against"]] == ["hard", "all"]


def test_a_sites_own_registry(folder: Path) -> None:
    site = registry_file(folder, name="ssd_oid", thresholds={"bicycle": 0.9})
    assert run(folder, "--registry", str(site), "--model", "ssd_oid", "--where", "topic=good").exit_code == 0
    assert lines(folder)[0]["detections"] == []


WRONG = [
    (["--model", "yolo"], "no model is called 'yolo'"),
    (["--registry", "none.yaml"], "none.yaml: the model registry cannot be read"),
    (["--where", "topic"], "'topic' is not COLUMN=VALUE"),
    (["--where", "part=dev"], "column part: not in the header"),
    (["--threads", "0"], "--threads"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_what_cannot_start_says_why(folder: Path, arguments: list[str], message: str) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_an_output_that_cannot_be_written(folder: Path) -> None:
    out = ["--jsonl", str(folder / "no" / "out.jsonl")]
    result = CliRunner().invoke(vision, ["eval", str(folder / "list.tsv"), "--root", str(folder), *out])
    assert result.exit_code == 2
    assert "No such file or directory" in result.output


def test_a_list_of_nothing_is_not_a_success(folder: Path) -> None:
    result = run(folder, "--where", "topic=nothing")
    assert result.exit_code == 1
    assert "0 pictures scored" in result.output
