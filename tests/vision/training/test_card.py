"""What lies beside an exported model can be used as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge.core.errors import ModelError
from edge.vision.models import Registry
from edge.vision.training.card import Made, card, registry_entry

CLASSES = ["other", "ebike", "bicycle", "wheelchair"]
OUTPUTS = [("Identity", [1]), ("Identity_1", [1, 10, 10, 4]), ("Identity_2", [1, 2560])]
MADE = Made("0" * 64, 6_800_000, side=320, bits=16)
ABOUT = {
    "hyperparameters": {"epochs": 2, "train_from": 13},
    "classes": CLASSES,
    "samples": 408,
    "step": 50,
    "development": {"auc": 0.91, "recall_5": None},
}


def test_the_registry_entry_is_layered_over_the_shipped_ones(tmp_path: Path) -> None:
    path = tmp_path / "Lift-Eye 2.tflite"
    (tmp_path / "site.yaml").write_text(registry_entry(path, MADE, CLASSES, OUTPUTS))
    entry = Registry.load(tmp_path / "site.yaml")["lift_eye_2"]
    assert entry.path == path
    assert entry.card == Path("Lift-Eye 2.md")
    assert entry.input.shape == (1, 320, 320, 3)
    assert [(output.name, list(output.shape)) for output in entry.outputs] == OUTPUTS
    assert set(entry.thresholds) == {"ebike", "bicycle", "wheelchair"}
    path.write_bytes(b"something else")
    with pytest.raises(ModelError, match="not the file that was registered"):
        entry.verified_path()


def test_classes_without_an_electric_bike_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ebike"):
        registry_entry(tmp_path / "a.tflite", MADE, ["other", "bicycle"], OUTPUTS)


def test_the_card_tells_what_is_known_and_asks_for_the_rest() -> None:
    text = card("lift_eye", MADE, ABOUT)
    for wanted in (
        "6.80 MB, float16",
        "1×320×320×3",
        "10×10 cells",
        "408 pictures",
        "- train from: 13",
        "| auc | 0.91 |",
        "TODO",
    ):
        assert wanted in text
    assert "8-bit" in card("lift_eye", replace(MADE, bits=8), ABOUT)
    assert "edge vision eval" in card("lift_eye", MADE, ABOUT | {"development": {}})
