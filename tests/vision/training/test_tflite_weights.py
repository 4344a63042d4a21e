"""Weights read back from the shipped models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.core.errors import ModelError
from edge.vision.models import SHIPPED
from edge.vision.training.mobilenet import CONVOLUTIONS
from edge.vision.training.tflite_weights import read_weights

ORIGIN = SHIPPED.parent / "ssd_mnv2_oidv4_fp16.tflite"
START = SHIPPED.parent / "ebike_start_fp16.tflite"
HEAD = {"cells.weight": (4, 1280, 1, 1), "cells.bias": (4,), "frame.weight": (4, 2560), "frame.bias": (4,)}


def test_the_start_model_differs_from_its_origin_only_where_it_was_trained() -> None:
    """Its card says: fine-tuned from the Open Images model after block 12."""
    origin, start = read_weights(ORIGIN), read_weights(START)
    for each in CONVOLUTIONS:
        name = f"{each.name}.weight"
        assert origin[name].shape == start[name].shape == each.shape
        assert np.array_equal(origin[name], start[name]) == (each.block < 13), name


def test_only_the_ebike_model_has_a_head() -> None:
    origin, start = read_weights(ORIGIN), read_weights(START)
    assert not set(HEAD) & set(origin)
    assert {name: start[name].shape for name in HEAD} == HEAD
    assert all(np.abs(start[name]).max() > 0 for name in HEAD)


def test_another_network_is_refused() -> None:
    with pytest.raises(ModelError, match="not this MobileNetV2"):
        read_weights(SHIPPED.parent / "nanodet_fp16.tflite")


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError, match="is not a model"):
        read_weights(tmp_path / "a.tflite")
