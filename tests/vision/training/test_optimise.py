"""The loss of the cells."""

from __future__ import annotations

import math

import pytest

from edge.vision.training.cell_labels import NO_VEHICLE, UNKNOWN
from edge.vision.training.dataset import TARGETS

torch = pytest.importorskip("torch", reason="training needs PyTorch: pip install 'edge-node[train]'")

from edge.vision.training.optimise import NO_VEHICLES, cell_loss  # noqa: E402

BIKE, PERSON = TARGETS.index("ebike"), TARGETS.index("person")


def logits(*classes: int) -> object:
    """One row of cells, each sure of its class."""
    cells = torch.zeros(1, len(TARGETS), 1, len(classes))
    for place, number in enumerate(classes):
        cells[0, number, 0, place] = 20.0
    return cells


CASES = [  # what the cells say, what they should, loss
    ((BIKE, PERSON), (BIKE, NO_VEHICLE), 0.0),
    ((BIKE, BIKE), (BIKE, NO_VEHICLE), 10.0),
    ((PERSON, PERSON), (BIKE, NO_VEHICLE), 10.0),
    ((PERSON, PERSON, PERSON, PERSON), (BIKE, NO_VEHICLE, NO_VEHICLE, NO_VEHICLE), 10.0),
    ((BIKE, BIKE), (UNKNOWN, UNKNOWN), 0.0),
]


@pytest.mark.parametrize(("said", "wanted", "loss"), CASES)
def test_cells_pay_for_what_is_known(said: tuple[int, ...], wanted: tuple[int, ...], loss: float) -> None:
    found = float(cell_loss(logits(*said), torch.tensor([[wanted]])))
    assert found == pytest.approx(loss, abs=1.2)


def test_without_an_opinion_a_cell_pays_for_the_classes_share() -> None:
    found = float(cell_loss(torch.zeros(1, len(TARGETS), 1, 1), torch.tensor([[[NO_VEHICLE]]])))
    assert found == pytest.approx(math.log(len(TARGETS) / len(NO_VEHICLES)) / 2, abs=1e-5)
