"""sd_notify over a real datagram socket, as systemd reads it."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from edge.core.errors import ConfigError
from edge.core.notify import notifier


def test_ready_reaches_the_notify_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("systemd.daemon", reason="systemd-python is not installed (extra `journal`)")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notifier()("READY=1")
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notifier()("READY=1")


def test_systemd_waiting_without_systemd_python_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere")
    monkeypatch.setitem(sys.modules, "systemd", None)
    with pytest.raises(ConfigError, match="python3-systemd"):
        notifier()
