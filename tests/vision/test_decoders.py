"""Decoders on tensors made by hand, and what holds for any tensor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edge.core.errors import ModelError
from edge.core.messages import Detection
from edge.vision.arrays import Tensor
from edge.vision.decoders import DECODERS
from edge.vision.decoders.base import suppress
from edge.vision.decoders.cells import WHOLE_FRAME, regions, whole_frame
from edge.vision.decoders.nanodet import distances
from edge.vision.decoders.ssd import anchors, decode_boxes
from edge.vision.models import Entry, InputOptions, OutputOptions, Registry

SHIPPED = Registry.load()
EBIKE = DECODERS["ebike_cells"](SHIPPED["ebike"])


def centernet_entry(**changes: object) -> Entry:
    nanodet = SHIPPED["nanodet"]
    return nanodet.model_copy(
        update={
            "name": "centernet",
            "decoder": "centernet",
            "input": InputOptions(width=512, height=512, layout="nhwc", channels="rgb", mean=(0, 0, 0), std=(1, 1, 1)),
            "outputs": (
                OutputOptions(name="m/tower_0/keypoints", shape=(1, 128, 128, 80)),
                OutputOptions(name="m/tower_0/wh", shape=(1, 128, 128, 4)),
            ),
            "thresholds": {"person": 0.3, "bicycle": 0.3, "motorcycle": 0.3},
            **changes,
        }
    )


def cell_map(**classes: list[tuple[int, int, float]]) -> Tensor:
    cells = np.zeros((1, 10, 10, len(SHIPPED["ebike"].classes)), np.float32)
    for label, spots in classes.items():
        for row, column, logit in spots:
            cells[0, row, column, SHIPPED["ebike"].classes.index(label)] = logit
    return cells


def see(probability: float, cells: Tensor) -> tuple[Detection, ...]:
    return EBIKE([np.array([probability], np.float32), cells]).detections


CELLS = [  # P(electric bike), e-bike cells (row, column, logit), boxes wanted
    (0.9, [(4, 3, 4.0), (4, 4, 3.0), (5, 4, 2.5)], [(0.3, 0.4, 0.5, 0.6)]),
    (0.9, [(4, 3, 4.0), (4, 4, 0.2)], [(0.3, 0.4, 0.4, 0.5)]),  # under a third of the peak: outside
    (0.9, [(1, 1, 4.0), (2, 2, 4.0)], [(0.1, 0.1, 0.3, 0.3)]),  # corners touch: one region
    (0.9, [(1, 1, 4.0), (1, 2, 4.0), (8, 7, 3.0), (8, 8, 3.0)], [(0.1, 0.1, 0.3, 0.2), (0.7, 0.8, 0.9, 0.9)]),
    (0.9, [(1, 1, 4.0), (8, 8, 3.0)], [(0.1, 0.1, 0.2, 0.2)]),  # a lone cell counts only at the peak
    (0.9, [], [WHOLE_FRAME]),  # the picture says so, no cell does
    (0.29, [(4, 3, 4.0)], []),  # under the registry's threshold, whatever the cells say
]


@pytest.mark.parametrize(("probability", "spots", "boxes"), CELLS)
def test_cells_become_boxes_with_the_whole_frame_score(
    probability: float, spots: list[tuple[int, int, float]], boxes: list[tuple[float, ...]]
) -> None:
    found = [d for d in see(probability, cell_map(ebike=spots)) if d.label == "ebike"]
    assert [d.box for d in found] == [pytest.approx(box) for box in boxes]
    assert all(d.score == pytest.approx(probability) for d in found)


def test_features_are_a_third_output_that_may_be_absent() -> None:
    outputs: list[Tensor] = [np.array([0.2], np.float32), cell_map(), np.arange(6, dtype=np.float32).reshape(1, 6)]
    two = SHIPPED["ebike"].outputs[:2]
    entry = SHIPPED["ebike"].model_copy(update={"outputs": two})
    assert entry.features is None
    assert EBIKE(outputs[:2]).features is None
    more = entry.model_copy(update={"outputs": (*two, OutputOptions(name="features", shape=(1, 6)))})
    decoded = DECODERS["ebike_cells"](more)(outputs)
    assert more.features == 6
    assert decoded.features is not None
    outputs[2][:] = 0  # the interpreter's memory, which its next picture fills again
    assert decoded.features.tolist() == [0, 1, 2, 3, 4, 5]


ORDER = [((1, 10, 10, 4), (1,)), ((1,), (1, 10, 10, 4), (6,)), ((1,),), ((1,), (1, 10, 10, 4), (1, 6), (1, 6))]


@pytest.mark.parametrize("shapes", ORDER)
def test_ebike_cells_refuses_other_outputs_than_its_own(shapes: tuple[tuple[int, ...], ...]) -> None:
    outputs = tuple(OutputOptions(name=f"o{n}", shape=shape) for n, shape in enumerate(shapes))
    entry = SHIPPED["ebike"].model_copy(update={"outputs": outputs})
    with pytest.raises(ModelError, match="ebike_cells wants the outputs probability"):
        DECODERS["ebike_cells"](entry)


def test_a_pram_takes_what_the_e_bike_leaves() -> None:
    found = see(0.1, cell_map(wheelchair=[(5, 5, 6.0), (5, 6, 6.0)]))
    assert [d.label for d in found] == ["wheelchair"]
    assert 0.8 < found[0].score <= 0.9
    assert found[0].box == pytest.approx((0.5, 0.5, 0.7, 0.6))


LOGITS = hnp.arrays(np.float32, (10, 10, 4), elements=st.floats(-30, 30, width=32))


@given(probability=st.floats(0, 1), cells=LOGITS)
def test_whole_frame_scores_add_up_to_one(probability: float, cells: Tensor) -> None:
    scores = whole_frame(probability, cells, 1)
    assert scores.sum() == pytest.approx(1)
    assert (scores >= 0).all()
    assert scores[1] == probability


@given(cells=hnp.arrays(np.float32, (10, 10), elements=st.floats(0, 1, width=32)))
def test_the_strongest_cell_is_always_in_the_first_box(cells: Tensor) -> None:
    boxes = regions(cells)
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    left, top, right, bottom = boxes[0]
    assert left <= (column + 0.5) / 10 <= right or cells.max() in np.delete(cells.ravel(), cells.argmax())
    assert top <= (row + 0.5) / 10 <= bottom or cells.max() in np.delete(cells.ravel(), cells.argmax())
    assert len(boxes) >= 1


def test_ssd_anchors_are_those_of_the_model() -> None:
    table = anchors()
    assert table.shape == (1917, 4)
    np.testing.assert_allclose(table[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1], rtol=1e-5)
    np.testing.assert_allclose(table[1], [0.5 / 19, 0.5 / 19, 0.2 / 2**0.5, 0.2 * 2**0.5], rtol=1e-5)
    np.testing.assert_allclose(table[-1], [0.5, 0.5, 0.95**0.5, 0.95**0.5], rtol=1e-5)


def test_ssd_reads_a_box_off_its_anchor() -> None:
    boxes = decode_boxes(
        np.array([[0, 0, 0, 0], [10, -10, 0, 0]], np.float32), np.array([[0.5, 0.4, 0.2, 0.1]] * 2, np.float32)
    )
    np.testing.assert_allclose(boxes, [[0.35, 0.4, 0.45, 0.6], [0.25, 0.6, 0.35, 0.8]], rtol=1e-5)


def test_ssd_finds_one_bicycle_and_leaves_other_classes() -> None:
    encoded, logits = np.zeros((1, 1917, 4), np.float32), np.full((1, 1917, 24), -20, np.float32)
    logits[0, -1, 1], logits[0, -2, 1] = 3.0, 2.0  # bicycle, on two anchors that overlap
    logits[0, 40, 23] = 5.0  # a car, which nobody asked for
    decoded = DECODERS["ssd_oid"](SHIPPED["ssd_oid"])([encoded, logits])
    assert [d.label for d in decoded.detections][:1] == ["bicycle"]
    assert decoded.detections[0].score == pytest.approx(1 / (1 + np.exp(-3)), rel=1e-5)
    assert decoded.ebike_score == pytest.approx(decoded.detections[0].score)


def test_nanodet_distances_are_expectations() -> None:
    bins = np.full((2, 44), -50, np.float32)
    for side, step in enumerate((1, 2, 3, 4)):
        bins[0, side * 11 + step] = 50
    bins[1] = 0  # all bins alike: the middle one
    np.testing.assert_allclose(distances(bins), [[1, 2, 3, 4], [5, 5, 5, 5]], rtol=1e-5)
    assert distances(np.zeros((0, 44), np.float32)).shape == (0, 4)


def nanodet_outputs() -> list[Tensor]:
    return [np.zeros(output.shape, np.float32) for output in SHIPPED["nanodet"].outputs]


def test_nanodet_puts_a_box_around_its_cell() -> None:
    outputs = nanodet_outputs()
    cell = 6 * 13 + 5  # stride 32: row 6, column 5
    outputs[2][0, cell, 3] = 0.8  # motorcycle
    for side, step in enumerate((1, 2, 3, 4)):
        outputs[5][0, cell, side * 11 + step] = 90
    decoded = DECODERS["nanodet"](SHIPPED["nanodet"])(outputs)
    assert decoded.ebike_score == pytest.approx(0.8)
    assert [d.label for d in decoded.detections] == ["motorcycle"]
    wanted = ((5.5 - 1) * 32 / 416, (6.5 - 2) * 32 / 416, (5.5 + 3) * 32 / 416, (6.5 + 4) * 32 / 416)
    assert decoded.detections[0].box == pytest.approx(wanted, rel=1e-4)


def test_nothing_is_a_result_too() -> None:
    assert DECODERS["nanodet"](SHIPPED["nanodet"])(nanodet_outputs()).detections == ()


def test_nanodet_refuses_a_registry_with_its_outputs_in_another_order() -> None:
    entry = SHIPPED["nanodet"]
    with pytest.raises(ModelError, match="nanodet wants the scores, then the distances"):
        DECODERS["nanodet"](entry.model_copy(update={"outputs": entry.outputs[::-1]}))


def test_centernet_takes_only_peaks() -> None:
    heat, reach = np.zeros((1, 128, 128, 80), np.float32), np.zeros((1, 128, 128, 4), np.float32)
    heat[0, 64, 32, 0], heat[0, 64, 33, 0] = 0.9, 0.8  # the second is on the slope of the first
    heat[0, 10, 10, 1] = 0.29  # below the threshold
    reach[0, 64, 32] = (32, 64, 96, 128)
    decoded = DECODERS["centernet"](centernet_entry())([heat, reach])
    assert [(d.label, round(d.score, 3)) for d in decoded.detections] == [("person", 0.9)]
    assert decoded.detections[0].box == pytest.approx(
        (0.25 - 32 / 512, 0.5 - 64 / 512, 0.25 + 96 / 512, 0.5 + 128 / 512)
    )
    assert decoded.ebike_score == pytest.approx(0.29)


BOXES = hnp.arrays(np.float32, st.tuples(st.integers(0, 25), st.just(4)), elements=st.floats(0, 1, width=32))


def overlap(a: Tensor, b: Tensor) -> float:
    sides = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    shared = float(sides.prod())
    union = float((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod()) - shared
    return shared / union if union > 0 else 0.0


@given(raw=BOXES, seed=st.integers(0, 9))
def test_suppression_keeps_the_best_and_covers_the_rest(raw: Tensor, seed: int) -> None:
    boxes = np.concatenate([np.minimum(raw[:, :2], raw[:, 2:]), np.maximum(raw[:, :2], raw[:, 2:])], axis=1)
    scores = np.random.default_rng(seed).random(len(boxes)).astype(np.float32)
    kept = suppress(boxes, scores, 0.5)
    assert len(set(kept.tolist())) == len(kept)
    if len(boxes):
        assert kept[0] == scores.argmax()
    for i, one in enumerate(kept):
        assert all(overlap(boxes[one], boxes[other]) <= 0.5 + 1e-4 for other in kept[i + 1 :])
    for lost in set(range(len(boxes))) - set(kept.tolist()):
        assert any(overlap(boxes[one], boxes[lost]) > 0.5 - 1e-4 and scores[one] >= scores[lost] for one in kept)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.sampled_from([0.1, 5.0, 500.0]))
def test_wild_tensors_give_boxes_inside_the_frame(seed: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    for name in ("ebike", "ssd_oid", "nanodet"):
        entry = SHIPPED[name]
        outputs = [(random.standard_normal(o.shape) * spread).astype(np.float32) for o in entry.outputs]
        if name == "nanodet":  # its scores leave the model as 0–1
            outputs[:3] = [random.random(o.shape, np.float32) for o in entry.outputs[:3]]
        decoded = DECODERS[entry.decoder](entry)(outputs)
        assert 0 <= decoded.ebike_score <= 1
        for detection in decoded.detections:
            left, top, right, bottom = detection.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            assert entry.thresholds[detection.label] - 1e-6 <= detection.score <= 1
