"""Fixtures of the wing's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.wire.broker import LocalBroker


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """A real mosquitto on a free port of loopback."""
    with LocalBroker(tmp_path / "broker") as running:
        yield running
