"""The bounded folder under the evidence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.vision.store import Store, safe_name


def test_a_write_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path, 1000, 1000)
    store.write("a.jpg", b"first")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        store.write("a.jpg", b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]
    assert (tmp_path / "a.jpg").read_bytes() == b"first"


@pytest.mark.parametrize("name", ["../../x", "", ".", "a/b", "a\0b", "x" * 300, "电动车"])
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    safe = safe_name(name)
    assert (tmp_path / safe).parent == tmp_path
    assert 0 < len(safe) <= 80
    assert not safe.startswith(".")
