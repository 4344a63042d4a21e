"""The recipe: which picture is prepared how, the same sample for the same numbers, the contact sheet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from edge.vision.arrays import Image
from edge.vision.picture import encode
from edge.vision.picture import read as read_picture
from edge.vision.training.augment_preview import preview
from edge.vision.training.augment_recipe import Mixer, Recipe, Sample
from edge.vision.training.dataset import Box, Record, read, select
from tests.vision.scenes import bicycle, car, shared
from tests.vision.training.test_augment import product

BIKE = Box("ebike", 0.3, 0.3, 0.6, 0.8)
SMALL = Box("motorcycle", 0.3, 0.3, 0.34, 0.36)


def record(kind: str, target: str | None, *boxes: Box, name: str = "") -> Record:
    return Record(Path(name or f"{kind}-{target}"), target, kind, "s", frozenset(), boxes)


def pictures(path: Path) -> Image:
    """White for products, a photograph for everything else."""
    if path.name.startswith("framed"):
        framed = np.full((160, 160, 3), 255, np.uint8)
        framed[10:150, 10:150] = car(140, 140)
        return framed
    return product() if path.name.startswith("product") else bicycle(car(320, 240))


def samples(records: list[Record], count: int = 40, **recipe: float) -> list[Sample]:
    mixer = Mixer(records, Recipe(size=64, **recipe), read=pictures)  # type: ignore[arg-type]
    return [mixer.sample(0, epoch) for epoch in range(count)]


ROOM = record("lift", "other")


@pytest.mark.parametrize("target", ["ebike", "wheelchair"])
def test_things_on_white_stand_in_rooms_and_on_white_alike(target: str) -> None:
    made = samples([record("product", target), ROOM], count=100, white=0.3)
    ways = Counter(sample.way for sample in made)
    assert set(ways) == {"paste", "white"}
    assert 15 <= ways["white"] <= 45
    assert {sample.target for sample in made} == {target}
    assert all(target in {box.label for box in sample.boxes} for sample in made)


def test_a_framed_bike_is_not_used_a_framed_pram_stays() -> None:
    framed, good = record("product", "ebike", name="framed"), record("product", "ebike")
    assert {sample.record for sample in samples([framed, good, ROOM])} == {good}
    with pytest.raises(ValueError, match="can be used"):
        samples([framed, ROOM], count=1)
    assert {sample.way for sample in samples([record("scene", "wheelchair", name="framed"), ROOM])} == {"whole"}


def test_streets_are_cropped_to_a_box_or_not_used() -> None:
    boxed, far = record("street", "ebike", BIKE), record("street", "ebike", SMALL, name="street-far")
    made = samples([far, boxed])
    assert {(sample.way, sample.record) for sample in made} == {("crop", boxed)}
    assert all(BIKE.label in {box.label for box in sample.boxes} for sample in made)


def test_a_lift_gives_parts_without_its_bike() -> None:
    corner = Box("ebike", 0.6, 0.5, 0.9, 0.9)
    made = samples([record("lift", "ebike", corner)], count=80, free=0.5, near=0.0)
    assert {(sample.way, sample.target) for sample in made} == {("whole", "ebike"), ("free", "other")}
    assert all(sample.boxes for sample in made if sample.target == "ebike")
    assert not any(sample.boxes for sample in made if sample.target == "other")


def test_some_come_so_near_that_the_edge_cuts_them() -> None:
    made = samples([record("lift", "ebike", BIKE)], count=80, free=0.0, near=0.5)
    ways = Counter(sample.way for sample in made)
    assert set(ways) == {"whole", "near"}
    assert 20 <= ways["near"] <= 60
    assert all("ebike" in {box.label for box in sample.boxes} for sample in made), "never without the bike"


def test_the_same_numbers_give_the_same_sample_in_any_order() -> None:
    records = [record("product", "ebike"), ROOM, record("street", "ebike", BIKE), record("lift", "ebike", BIKE)]
    one, other = (Mixer(records, Recipe(seed=5, size=64), read=pictures) for _ in range(2))
    forward = [one.sample(index, epoch) for epoch in range(3) for index in range(4)]
    backward = [other.sample(index, epoch) for epoch in (2, 1, 0) for index in (3, 2, 1, 0)][::-1]
    for a, b in zip(forward, backward, strict=True):
        assert (a.image == b.image).all()
        assert a[1:] == b[1:]
        assert a.image.shape == (64, 64, 3)
    another = Mixer(records, Recipe(seed=6, size=64), read=pictures)
    assert any((another.sample(i).image != one.sample(i).image).any() for i in range(4))
    assert (one.sample(0, repeat=1).image != one.sample(0).image).any()


def test_a_schedule_deals_every_record_before_any_again() -> None:
    records = [record("scene", "other", name=f"o{n}") for n in range(6)] + [record("lift", "ebike", BIKE)]
    mixer = Mixer([*records, record("scene", None)], Recipe(often={"lift": 2}))
    assert Counter(mixer.schedule(0, 8)) == {**dict.fromkeys(range(6), 1), 6: 2}
    even = mixer.schedule(1, 12, {"other": 1.0, "ebike": 1.0, "bicycle": 1.0})
    assert Counter(even) == {**dict.fromkeys(range(6), 1), 6: 6}
    assert even == mixer.schedule(1, 12, {"other": 1.0, "ebike": 1.0, "bicycle": 1.0})
    assert even != mixer.schedule(2, 12, {"other": 1.0, "ebike": 1.0, "bicycle": 1.0})


def test_nothing_to_train_on() -> None:
    with pytest.raises(ValueError, match="no labelled picture"):
        Mixer([record("scene", None)], Recipe())
    with pytest.raises(ValueError, match="bicycle"):
        Mixer([ROOM], Recipe()).schedule(0, 3, {"bicycle": 1.0})


def folder(path: Path) -> Path:
    (path / "lift.jpg").write_bytes(encode(car()))
    (path / "bike.jpg").write_bytes(encode(product()))
    lines = ["file\ttopic\tpart\tlabels", "lift.jpg\tebike\ttrain\tlift;empty", "bike.jpg\tebike\ttrain\tproduct;ebike"]
    (path / "MANIFEST.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_preview_writes_a_sheet(tmp_path: Path) -> None:
    out = tmp_path / "new" / "sheet.png"
    done = CliRunner().invoke(
        preview, ["--data", str(folder(tmp_path)), "--out", str(out), "--rows", "2", "--columns", "3"]
    )
    assert done.exit_code == 0, done.output
    assert read_picture(out).shape == (2 * 216, 3 * 200, 3)


def test_the_preview_names_what_is_wrong(tmp_path: Path) -> None:
    out = str(tmp_path / "sheet.png")
    nothing = CliRunner().invoke(preview, ["--data", str(folder(tmp_path)), "--out", out, "--part", "dev"])
    assert nothing.exit_code == 1
    assert "no picture of topic 'ebike' and part dev" in nothing.output
    (tmp_path / "bike.jpg").unlink()
    lost = CliRunner().invoke(preview, ["--data", str(tmp_path), "--out", out])
    assert lost.exit_code == 1
    assert "bike.jpg cannot be read" in lost.output


def test_real_pictures_pass_through_the_recipe() -> None:
    records, _ = read(shared("data", "MANIFEST.tsv").parent)
    mixer = Mixer(select(records, topic="ebike", parts={"train", "train-extra"}), Recipe(size=160))
    made = [mixer.sample(i, 0) for i in mixer.schedule(0, 60, {"ebike": 1.0, "motorcycle": 1.0, "other": 1.0})]
    assert all(sample.image.shape == (160, 160, 3) for sample in made)
    assert {sample.way for sample in made} >= {"paste", "whole", "crop"}
    assert not any(
        sample.record.kind == "product" and sample.way == "whole" for sample in made if sample.target == "ebike"
    )
    assert cv2.countNonZero(cv2.cvtColor(made[0].image, cv2.COLOR_RGB2GRAY)) > 0
