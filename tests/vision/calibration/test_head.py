"""The head's formula and its file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core.errors import ModelError
from edge.vision.calibration.head import MOST_BYTES, Head, logit, probability, read_head

SHA = "ab" * 32
P = st.floats(0, 1)
FEATURES = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)
ANY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def head(**changes: object) -> Head:
    values: dict[str, object] = {
        "model_sha256": SHA,
        "scale": 1.0,
        "weights": np.array([0.5, -1.0, 2.0], np.float32),
        "centre": 0.25,
        "limit": 4.0,
        "offset": 0.0,
    }
    return Head(**{**values, **changes})  # type: ignore[arg-type]


@ANY
@given(p=P, features=FEATURES)
def test_a_head_that_learned_nothing_changes_nothing(p: float, features: list[float]) -> None:
    plain = head(weights=np.zeros(3, np.float32), centre=0.0)
    assert plain(p, np.array(features, np.float32)) == pytest.approx(p, abs=2e-6)


@ANY
@given(p=P, features=FEATURES, offset=st.floats(-3, 3))
def test_what_this_lift_adds_is_bounded_whatever_is_seen(p: float, features: list[float], offset: float) -> None:
    corrected = head(offset=offset)(p, np.array(features, np.float32))
    assert abs(float(logit(corrected)) - float(logit(p)) - offset) <= 4.0 + 1e-3 or corrected in (
        pytest.approx(0, abs=2e-6),
        pytest.approx(1, abs=2e-6),
    )


@ANY
@given(low=P, high=P, features=FEATURES)
def test_what_the_model_is_surer_of_stays_surer(low: float, high: float, features: list[float]) -> None:
    low, high = sorted((low, high))
    seen = np.array(features, np.float32)
    assert head()(low, seen) <= head()(high, seen)


def test_many_pictures_at_once_are_the_same_as_one_by_one() -> None:
    p, features = np.array([0.1, 0.5, 0.99]), np.random.default_rng(1).standard_normal((3, 3)).astype(np.float32)
    at_once = probability(head().logits(logit(p), features))
    assert at_once == pytest.approx([head()(float(one), seen) for one, seen in zip(p, features, strict=True)])


def test_a_file_gives_back_what_was_put_in(tmp_path: Path) -> None:
    path = tmp_path / "head-0001.npz"
    before = head(about={"confirm": 0.5, "rows": [{"group": "pram"}]})
    path.write_bytes(before.to_bytes())
    after = read_head(path)
    assert (after.model_sha256, after.scale, after.centre, after.limit, after.offset) == (SHA, 1.0, 0.25, 4.0, 0.0)
    assert after.weights.tolist() == before.weights.tolist()
    assert after.about == before.about


GOOD = head().to_bytes()
DAMAGED = [
    (b"", "damaged"),
    (b"not a head", "damaged"),
    (GOOD[:-30], "damaged"),
    (head(scale=float("nan")).to_bytes(), "its numbers are not those of a head"),
    (head(scale=-1.0).to_bytes(), "its numbers are not those of a head"),
    (head(weights=np.array([np.inf], np.float32)).to_bytes(), "its numbers are not those of a head"),
    (head(weights=np.zeros((2, 2), np.float32)).to_bytes(), "damaged"),
    (bytes(MOST_BYTES + 1), "too large"),
]


@pytest.mark.parametrize(("data", "message"), DAMAGED)
def test_a_bad_file_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "head-0001.npz"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=message) as error:
        read_head(path)
    assert str(path) in str(error.value)


def test_a_file_that_is_absent_or_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(ModelError, match="cannot be read"):
            read_head(path)


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "head-0001.npz"
    text = np.array({"model_sha256": SHA, "about": {}}, dtype=object)
    np.savez(path, numbers=np.zeros(5), weights=np.zeros(3, np.float32), text=text)
    with pytest.raises(ModelError, match="damaged"):
        read_head(path)


def test_another_releases_head_says_so(tmp_path: Path) -> None:
    path = tmp_path / "head-0001.npz"
    text = np.array(json.dumps({"model_sha256": SHA, "about": {}}))
    np.savez(path, numbers=np.array([9.0, 1, 0, 4, 0]), weights=np.zeros(3, np.float32), text=text)
    with pytest.raises(ModelError, match="written by another release"):
        read_head(path)


@ANY
@given(data=st.binary(max_size=300))
def test_any_bytes_are_a_head_or_a_clear_error(tmp_path: Path, data: bytes) -> None:
    _reads_or_tells(tmp_path, data)


@ANY
@given(at=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_a_head_or_a_clear_error(tmp_path: Path, at: int, bit: int) -> None:
    data = bytearray(GOOD)
    data[at] ^= 1 << bit
    _reads_or_tells(tmp_path, bytes(data))


def _reads_or_tells(folder: Path, data: bytes) -> None:
    path = folder / "head.npz"
    path.write_bytes(data)
    try:
        found = read_head(path)
    except ModelError as error:
        assert str(path) in str(error)  # noqa: PT017 - either outcome is right, an error must name the file
    else:
        assert np.isfinite(found(0.5, np.zeros(len(found.weights), np.float32)))
