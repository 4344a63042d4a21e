"""What is kept on the device: private, bounded, numbered; and what the model makes of it."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.core.errors import ConfigError, FrameError, ModelError, StorageError
from edge.vision.calibration import store as store_module
from edge.vision.calibration.active import active_head
from edge.vision.calibration.head import Head, logit
from edge.vision.calibration.store import HEADS, Calibrations, negatives, place
from edge.vision.calibration.view import View, require_features
from edge.vision.detector import Detector
from edge.vision.models import Entry, Registry
from edge.vision.picture import encode
from tests.vision.calibration.nodes import WIDTH, model_with_features, model_without_features
from tests.vision.scenes import bicycle, car


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> Entry:
    return Registry.load(model_with_features(tmp_path_factory.mktemp("model")))["ebike"]


def some_head(entry: Entry, offset: float = 0.0) -> Head:
    return Head(entry.sha256, 1.0, np.zeros(WIDTH, np.float32), 0.0, 4.0, offset)


def test_recordings_are_numbered_and_in_the_order_of_time(tmp_path: Path) -> None:
    store = Calibrations(tmp_path)
    assert store.groups() == {}
    for number in (1, 2):
        recorder = store.recorder("pram")
        for at_s in (0.0, 0.4, 10.0):
            recorder.take(car(64, 48), at_s)
        assert recorder.count == 3
        assert len(store.groups()["pram"]) == 3 * number
    found = store.groups()["pram"]
    assert [place(path) for path in found] == [(1, 0.0), (1, 0.4), (1, 10.0), (2, 0.0), (2, 0.4), (2, 10.0)]
    assert store.forget("pram") == 6
    assert store.groups() == {}


def test_pictures_of_people_are_for_the_nodes_user_alone(tmp_path: Path) -> None:
    store = Calibrations(tmp_path / "state")
    store.recorder("people").take(car(64, 48), 0.0)
    for folder in (store.folder, store.folder / "recorded", store.folder / "recorded" / "people"):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_a_group_is_bounded_and_its_oldest_pictures_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(encode(car(320, 240), 640, 90))
    monkeypatch.setattr(store_module, "GROUP_BYTES", 5 * size + size // 2)
    recorder = Calibrations(tmp_path).recorder("empty")
    for number in range(12):
        recorder.take(car(320, 240), number * 0.4)
    kept = Calibrations(tmp_path).groups()["empty"]
    assert len(kept) == 5
    assert place(kept[-1]) == (1, 4.4)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    store = Calibrations(tmp_path)
    store.recorder("pram").take(car(64, 48), 0.0)
    (store.folder / "recorded" / "pram" / "notes.jpg").write_bytes(b"mine")
    (store.folder / "head-mine.npz").write_bytes(b"mine")
    assert len(store.groups()["pram"]) == 1
    assert store.heads() == []
    with pytest.raises(ValueError, match=r"notes\.jpg"):
        place(Path("notes.jpg"))


def test_undo_goes_back_head_by_head_to_the_model_by_itself(tmp_path: Path, entry: Entry) -> None:
    store = Calibrations(tmp_path)
    assert store.current() is None
    for number in range(HEADS + 2):
        store.add(some_head(entry, number / 10))
    assert len(store.heads()) == HEADS
    for number in range(HEADS + 1, 1, -1):
        current = store.current()
        assert current is not None
        assert current.offset == pytest.approx(number / 10)
        store.undo()
    assert store.current() is None
    with pytest.raises(ConfigError, match="nothing to undo"):
        store.undo()


def test_a_disk_that_refuses_is_told(tmp_path: Path, entry: Entry) -> None:
    (tmp_path / "calibration").write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageError, match="calibration"):
        Calibrations(tmp_path).recorder("pram")
    with pytest.raises(StorageError, match="calibration"):
        Calibrations(tmp_path).add(some_head(entry))


@pytest.mark.req("EL-10")
def test_released_false_holds_are_learned_from_unless_a_bike_may_be_in_them(tmp_path: Path) -> None:
    for label, count in {"pram": 2, "unlabelled": 3, "ebike": 4, "motorcycle": 1}.items():
        (tmp_path / label).mkdir()
        for number in range(count):
            (tmp_path / label / f"{number}.jpg").write_bytes(b"")
    found, left_out = negatives(tmp_path)
    assert ({name: len(paths) for name, paths in found.items()}, left_out) == ({"pram": 2}, 8)
    found, left_out = negatives(tmp_path, unlabelled=True)
    assert ({name: len(paths) for name, paths in found.items()}, left_out) == ({"pram": 2, "unlabelled": 3}, 5)
    assert negatives(tmp_path / "none") == ({}, 0)


# ── what the model makes of it ──────────────────────────────────────────────────────────────────────────────────────
def test_a_view_is_the_models_own_and_is_looked_at_once(tmp_path: Path, entry: Entry) -> None:
    store, looks = Calibrations(tmp_path), 0
    recorder = store.recorder("bicycle")
    recorder.take(bicycle(car()), 0.0)
    recorder.take(car(), 0.4)

    class Counting(Detector):
        def detect(self, image: np.ndarray) -> tuple:  # type: ignore[type-arg]
            nonlocal looks
            looks += 1
            return super().detect(image)

    detector = Counting(entry)
    for expected in (2, 2):  # the second time from the cache
        samples = View(store, detector).recorded("bicycle", store.groups()["bicycle"], lambda: None)
        assert looks == expected
        assert samples is not None
        assert samples.features.shape == (2, WIDTH)
        assert (samples.at_s.tolist(), samples.take.tolist()) == ([0.0, 0.4], [1, 1])
    detector.detect(bicycle(car()))
    assert samples is not None
    assert samples.base[0] == pytest.approx(float(logit(detector.ebike_score)), abs=1.0)  # JPEG, not the picture itself
    (cache,) = store.folder.glob("seen/*.npz")
    cache.write_bytes(cache.read_bytes()[:-100])
    assert View(store, detector).recorded("bicycle", store.groups()["bicycle"], lambda: None) is not None
    assert looks == 5


def test_another_model_looks_anew(tmp_path: Path, entry: Entry) -> None:
    store = Calibrations(tmp_path)
    store.recorder("empty").take(car(), 0.0)
    View(store, Detector(entry)).recorded("empty", store.groups()["empty"], lambda: None)
    path = tmp_path / "other.tflite"
    path.write_bytes(entry.path.read_bytes() + b"\0")  # bytes behind a FlatBuffer's end mean nothing
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    other = entry.model_copy(update={"file": path, "sha256": digest})
    View(store, Detector(other)).recorded("empty", store.groups()["empty"], lambda: None)
    (cache,) = store.folder.glob("seen/*.npz")
    assert cache.name == f"empty-{digest[:16]}.npz"


def test_an_unreadable_picture_is_named_and_the_rest_is_used(tmp_path: Path, entry: Entry) -> None:
    store = Calibrations(tmp_path)
    store.recorder("empty").take(car(), 0.0)
    (store.folder / "recorded" / "empty" / "0001-000400.jpg").write_bytes(b"bad")
    view = View(store, Detector(entry))
    samples = view.recorded("empty", store.groups()["empty"], lambda: None)
    assert samples is not None
    assert len(samples) == 1
    assert "0001-000400.jpg" in view.unusable[0].why
    with pytest.raises(FrameError):
        view.look(store.folder / "none.jpg")


def test_a_model_without_features_cannot_be_calibrated(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="ebike cannot be calibrated: it has no output 'features'"):
        require_features(Registry.load(model_without_features(tmp_path))["ebike"])


# ── what a running node uses ────────────────────────────────────────────────────────────────────────────────────────
def test_without_a_calibration_there_is_no_head_and_no_word(
    tmp_path: Path, entry: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    assert active_head(tmp_path, entry) is None
    assert not caplog.records


def test_a_head_that_fits_is_used(tmp_path: Path, entry: Entry, caplog: pytest.LogCaptureFixture) -> None:
    Calibrations(tmp_path).add(some_head(entry, 1.5))
    head = active_head(tmp_path, entry)
    assert head is not None
    assert head.offset == 1.5
    assert not caplog.records


UNFIT = [
    ({"model_sha256": "0" * 64}, "fitted to another model file"),
    ({"weights": np.zeros(7, np.float32)}, "7 weights, model ebike gives 2560 features"),
]


@pytest.mark.parametrize(("changes", "why"), UNFIT)
def test_a_head_of_another_model_is_passed_by_with_a_warning(
    tmp_path: Path, entry: Entry, caplog: pytest.LogCaptureFixture, changes: dict[str, Any], why: str
) -> None:
    Calibrations(tmp_path).add(replace(some_head(entry), **changes))
    assert active_head(tmp_path, entry) is None
    _warned(caplog, why)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 half a zip", b"\x93NUMPY\x01\x00"])
def test_a_damaged_head_is_passed_by_with_a_warning(
    tmp_path: Path, entry: Entry, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    path = Calibrations(tmp_path).add(some_head(entry))
    path.write_bytes(data)
    assert active_head(tmp_path, entry) is None
    _warned(caplog, str(path))


def _warned(caplog: pytest.LogCaptureFixture, why: str) -> None:
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert why in record.getMessage()
    assert "edge vision calibrate fit" in record.getMessage()


# ── what the head does to the eye ───────────────────────────────────────────────────────────────────────────────────
def test_the_corrected_score_is_what_the_detector_says_and_the_others_share_the_rest(entry: Entry) -> None:
    plain = Detector(entry)
    (seen,) = plain.detect(bicycle(car()))
    base = plain.ebike_score
    raised = Detector(entry, head=some_head(entry, offset=8.0))
    found = {detection.label: detection.score for detection in raised.detect(bicycle(car()))}
    assert float(logit(raised.ebike_score)) == pytest.approx(float(logit(base)) + 8.0, abs=1e-3)
    assert found["ebike"] == pytest.approx(raised.ebike_score)
    assert found.get("bicycle", 0.0) <= 1 - raised.ebike_score + 1e-6 < seen.score
    assert raised.features is not None
    assert raised.features.tolist() == plain.features.tolist()  # type: ignore[union-attr]
