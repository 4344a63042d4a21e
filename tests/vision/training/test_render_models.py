"""Ready-made models in place of built actors: the table and who is replaced. No Blender."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.vision.training.render.kinds import KINDS
from edge.vision.training.render.mix import DEFAULT, parse_mix
from edge.vision.training.render.modeltable import COLUMNS, Model, read_models, with_models
from edge.vision.training.render.plans import ModelPlan
from edge.vision.training.render.sample import sample

BIKE = Model("moped", "motorcycle", ModelPlan("bike.glb", 2.0, 90.0))
SOMEBODY = Model("person", "person", ModelPlan("somebody.glb", 1.75, 0.0))
PLANS = [sample(3, number, parse_mix(DEFAULT)) for number in range(200)]


def _table(folder: Path, *lines: str) -> Path:
    (folder / "bike.glb").write_bytes(b"glTF")
    path = folder / "models.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), *lines]) + "\n")
    return path


def test_a_table_is_read(tmp_path: Path) -> None:
    (model,) = read_models(_table(tmp_path, "bike.glb\tmoped\tmotorcycle\t2.0\t90"))
    assert model == Model("moped", "motorcycle", ModelPlan(str(tmp_path / "bike.glb"), 2.0, 90.0))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("none.glb\tmoped\tebike\t2\t0", "models.tsv:2: no file"),
        ("bike.glb\ttank\tebike\t2\t0", "unknown kind 'tank'"),
        ("bike.glb\tmoped\t\t2\t0", "'label' is empty"),
        ("bike.glb\tmoped\tebike\tlong\t0", "must be numbers"),
        ("bike.glb\tmoped\tebike\tnan\t0", "0.2 to 3.0"),
        ("bike.glb\tmoped", "'label' is empty"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_models(_table(tmp_path, line))


def test_an_empty_table_and_one_without_its_columns_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no model in it"):
        read_models(_table(tmp_path))
    (tmp_path / "models.tsv").write_text("file\tkind\n")
    with pytest.raises(ValueError, match="no column label, size_m, yaw_deg"):
        read_models(tmp_path / "models.tsv")


def test_models_take_places_of_their_label_only_and_never_of_who_pushes_or_rides() -> None:
    for plan in PLANS:
        changed = with_models(plan, [BIKE, SOMEBODY], share=1.0)
        for before, after in zip(plan.actors, changed.actors, strict=True):
            assert (before.place, before.heading, before.role) == (after.place, after.heading, after.role)
            if KINDS[before.kind].label == "ebike":
                assert (after.label, after.model) == ("motorcycle", BIKE.plan)
            elif before.kind == "person" and before.role == "stand":
                assert after.model == SOMEBODY.plan
            else:
                assert after == before


def test_the_share_is_kept() -> None:
    assert all(with_models(plan, [BIKE], share=0.0) == plan for plan in PLANS)
    bikes = [a for plan in PLANS for a in with_models(plan, [BIKE], 0.4).actors if KINDS[a.kind].label == "ebike"]
    assert sum(a.model is not None for a in bikes) / len(bikes) == pytest.approx(0.4, abs=0.12)
