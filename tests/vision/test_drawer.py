"""The picture model's own process: the same answer as in this one, and no harm when it dies or hangs."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator

import pytest

from edge.core.errors import ModelError
from edge.vision import drawer as module
from edge.vision.detector import Detector
from edge.vision.drawer import Drawer
from edge.vision.models import Registry
from tests.vision.scenes import bicycle, car


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    it = Drawer("ssd_oid")
    yield it
    it.rest()


def test_the_answer_is_the_same_as_in_this_process(drawer: Drawer) -> None:
    image = bicycle(car())
    here = Detector(Registry.load()["ssd_oid"]).detect(image)
    assert here
    assert drawer.detect(image) == here
    assert drawer.detect(image[:, ::-1]) != here, "a view that is not contiguous, and another answer"


def test_it_rests_and_wakes(drawer: Drawer) -> None:
    assert not drawer.awake
    drawer.detect(car())
    assert drawer.awake
    drawer.rest()
    drawer.rest()
    assert not drawer.awake
    assert drawer.detect(bicycle(car()))


def test_a_child_that_dies_costs_one_picture_s_boxes(drawer: Drawer, caplog: pytest.LogCaptureFixture) -> None:
    drawer.detect(car())
    assert drawer._child
    os.kill(drawer._child.pid, signal.SIGKILL)
    drawer._child.wait()
    assert drawer.detect(bicycle(car())) == ()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert drawer.detect(bicycle(car()))


def test_a_child_that_hangs_is_ended(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawer.detect(car())
    assert drawer._child
    os.kill(drawer._child.pid, signal.SIGSTOP)
    monkeypatch.setattr(module, "ANSWER_WITHIN_S", 0.2)
    assert drawer.detect(car()) == ()
    assert not drawer.awake


def test_a_missing_model_is_refused_at_once() -> None:
    with pytest.raises(ModelError, match="no model is called 'nothing'"):
        Drawer("nothing")
