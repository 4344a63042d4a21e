"""The lists of training pictures: both forms, their faults, choosing, leaving sources out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.errors import ConfigError
from edge.vision.training.dataset import TARGETS as ALL_TARGETS
from edge.vision.training.dataset import Box, Record, kind_of, read, select, target_of
from edge.vision.training.splits import folds, leave_one_out
from tests.vision.scenes import shared

TARGETS = [
    (["lift", "ebike", "person"], "ebike"),
    (["street", "motorcycle", "rider"], "motorcycle"),
    (["lift", "motorcycle", "ebike"], "ebike"),
    (["product", "ebike_pedal"], "ebike"),
    (["bicycle", "wheelchair"], "bicycle"),
    (["stroller"], "pram"),
    (["pram", "person"], "pram"),
    (["scene", "person", "suitcase"], "luggage"),
    (["lobby", "people"], "person"),
    (["battery", "dog"], "other"),
    ([], "other"),
    (["outdoor", "unlabelled"], None),
]
KINDS = [
    (["lift", "empty"], "lift"),
    (["lobby", "people"], "lobby"),
    (["product", "ebike"], "product"),
    (["motorcycle", "side-view"], "product"),
    (["street", "motorcycle", "rider"], "street"),
    (["motorcycle"], "street"),
    (["negative", "bicycle"], "scene"),
    (["wheelchair"], "scene"),
]


@pytest.mark.parametrize(("labels", "target"), TARGETS)
def test_targets(labels: list[str], target: str | None) -> None:
    assert target_of(labels) == target


@pytest.mark.parametrize(("labels", "kind"), KINDS)
def test_kinds(labels: list[str], kind: str) -> None:
    assert kind_of(labels) == kind


def manifest(folder: Path, *lines: str, header: str = "file\ttopic\tpart\tlabels\tboxes\tsource\tlicence") -> Path:
    (folder / "MANIFEST.tsv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return folder


def test_a_manifest_becomes_records(tmp_path: Path) -> None:
    line = 'a/1.jpg\tebike\ttrain\tlift;ebike\t"[[""ebike"", 0.5, 0.25, 0.5, 0.25]]"\tshop/one\tMIT'
    (record,), problems = read(manifest(tmp_path, line))
    assert not problems
    assert record == Record(
        path=tmp_path / "a/1.jpg",
        target="ebike",
        kind="lift",
        source="shop/one",
        labels=frozenset({"lift", "ebike"}),
        boxes=(Box("ebike", 0.25, 0.125, 0.75, 0.375),),
        topic="ebike",
        part="train",
    )


def test_two_columns_are_enough(tmp_path: Path) -> None:
    (record,), problems = read(manifest(tmp_path, "1.jpg\tscene", header="file\tlabels"))
    assert not problems
    assert (record.source, record.boxes, record.part) == (tmp_path.name, (), "")


BAD_LINES = [
    ("1.jpg\tebike\ttrain", "not as many columns"),
    ("\tebike\ttrain\tscene\t[]\ts\tl", "'file' is empty"),
    ("1.jpg\tebike\ttrain\t\t[]\ts\tl", "'labels' is empty"),
    ("1.jpg\tebike\ttrain\tscene\t[[\ts\tl", "Expecting value"),
    ("1.jpg\tebike\ttrain\tscene\t{}\ts\tl", "'boxes' is not a list"),
    ('1.jpg\tebike\ttrain\tscene\t"[[""ebike"", 0.5, 0.5, 0.5]]"\ts\tl', "is not [class, cx, cy, w, h]"),
    ('1.jpg\tebike\ttrain\tscene\t"[[""ebike"", 0.5, 0.5, 0.5, NaN]]"\ts\tl', "is not [class, cx, cy, w, h]"),
    ('1.jpg\tebike\ttrain\tscene\t"[[1, 0.5, 0.5, 0.5, 0.5]]"\ts\tl', "is not [class, cx, cy, w, h]"),
]


@pytest.mark.parametrize(("line", "why"), BAD_LINES)
def test_a_bad_line_is_named_and_the_others_stay(tmp_path: Path, line: str, why: str) -> None:
    records, (problem,) = read(manifest(tmp_path, "0.jpg\tebike\ttrain\tscene\t[]\ts\tl", line))
    assert [record.path.name for record in records] == ["0.jpg"]
    assert problem.where == f"{tmp_path / 'MANIFEST.tsv'}:3"
    assert why in problem.why


def test_boxes_are_cut_at_the_edge_and_left_out_beyond_it(tmp_path: Path) -> None:
    boxes = json.dumps([["ebike", 0.1, 0.5, 0.4, 0.5], ["person", 1.4, 0.5, 0.4, 0.5], ["person", 0.5, 0.5, 0.0, 0.5]])
    quoted = boxes.replace('"', '""')
    (record,), problems = read(manifest(tmp_path, f'1.jpg\tebike\ttrain\tebike\t"{quoted}"\ts\tl'))
    (box,) = record.boxes
    assert box[1:] == pytest.approx((0.0, 0.25, 0.3, 0.75))
    assert [problem.where for problem in problems] == [f"{tmp_path / 'MANIFEST.tsv'}:2"] * 2


def test_a_folder_without_a_list_or_with_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"neither MANIFEST\.tsv nor labels\.jsonl"):
        read(tmp_path)
    with pytest.raises(ConfigError, match=r"MANIFEST\.tsv:1: column labels"):
        read(manifest(tmp_path, header="file\tboxes"))
    (tmp_path / "MANIFEST.tsv").write_bytes(b"file\tlabels\n\xff\tscene\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read(tmp_path)


def test_a_rendered_folder(tmp_path: Path) -> None:
    lines = [
        '{"file": "0.jpg", "classes": ["person", "pram"], "boxes": [["pram", 0.5, 0.5, 0.2, 0.2]], "lens": 170}',
        "",
        '{"file": "1.jpg", "classes": []}',
        '{"file": "2.jpg", "classes": ["ebike"], "boxes": [], "source": "car 7"}',
        '{"classes": []}',
        '{"file": "3.jpg", "classes": "ebike"}',
        "[]",
        "not JSON",
    ]
    (tmp_path / "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    records, problems = read(tmp_path)
    assert [(r.target, r.kind, r.source) for r in records] == [
        ("pram", "render", f"render/{tmp_path.name}"),
        ("other", "render", f"render/{tmp_path.name}"),
        ("ebike", "render", "car 7"),
    ]
    assert [problem.where.rsplit(":", 1)[1] for problem in problems] == ["5", "6", "7", "8"]


def record(source: str, target: str = "other", *labels: str, part: str = "train") -> Record:
    return Record(Path(f"{source}.jpg"), target, "scene", source, frozenset(labels), topic="ebike", part=part)


def test_select() -> None:
    bike, pram, held = record("a", "ebike", "ebike"), record("b", "wheelchair", "stroller"), record("c", part="dev")
    everything = [bike, pram, held]
    assert select(everything) == everything
    assert select(everything, topic="faces") == []
    assert select(everything, parts={"train"}) == [bike, pram]
    assert select(everything, any_of={"stroller", "ebike"}, none_of={"ebike"}) == [pram]


RECORDS = st.lists(
    st.builds(record, st.sampled_from("abcdefg"), st.sampled_from(["other", "ebike", "wheelchair"])), max_size=40
)


@given(records=RECORDS)
def test_no_source_is_on_both_sides(records: list[Record]) -> None:
    splits = list(leave_one_out(records, keep={"a"}))
    assert [split.name for split in splits] == sorted({r.source for r in records} - {"a"})
    for split in splits:
        assert not {r.source for r in split.train} & {r.source for r in split.held}
        assert len(split.train) + len(split.held) == len(records)


@given(records=RECORDS, seed=st.integers(0, 9), order=st.randoms(use_true_random=False))
def test_folds_hold_each_source_out_once_whatever_the_order(records: list[Record], seed: int, order: object) -> None:
    sources = {r.source for r in records} - {"a"}
    if len(sources) < 2:
        with pytest.raises(ValueError, match="folds of"):
            list(folds(records, 2, seed, keep={"a"}))
        return
    splits = list(folds(records, 2, seed, keep={"a"}))
    assert set.union(*(set(split.sources) for split in splits)) == sources
    assert not splits[0].sources & splits[1].sources
    assert all(split.held and split.sources == {r.source for r in split.held} for split in splits)
    assert [s.sources for s in folds(records[::-1], 2, seed, keep={"a"})] == [s.sources for s in splits]


def test_each_fold_gets_bikes_and_others() -> None:
    records = [record(f"shop{n}", "ebike") for n in range(6)] + [record(f"room{n}") for n in range(6)]
    for split in folds(records, 3):
        assert sorted(r.target or "" for r in split.held) == ["ebike"] * 2 + ["other"] * 2


def test_the_shared_manifest() -> None:
    folder = shared("data", "MANIFEST.tsv").parent
    records, problems = read(folder)
    training = select(records, topic="ebike", parts={"train", "train-extra"})
    assert len(training) > 2000
    assert all(problem.why.endswith("it is left out") for problem in problems)
    assert all(record.path.is_file() for record in training)
    assert {record.target for record in training} == {*ALL_TARGETS, None}
    assert sum(record.kind == "lift" and record.target == "ebike" for record in training) == 48
    assert sum(len(split.held) for split in folds(training, 5)) == len(training)
