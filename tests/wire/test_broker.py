"""The broker of demo and tests; where passwords come from; what an installer may write."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from edge.core.errors import ConfigError
from edge.wire.broker import BrokerError, LocalBroker
from edge.wire.credentials import read_credential
from edge.wire.cures import explain, explain_reason
from edge.wire.options import BrokerOptions, SiteOptions
from tests.wire.support import Receiver, receiving, until


def test_it_keeps_its_port_and_with_persistence_its_memory(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path, persistence=True)
    with broker:
        with receiving(broker) as desk:
            desk.send("state/x", {"n": 1}, retain=True)
            until(lambda: desk.json("state/x"))
        port = broker.port
        broker.restart()
        assert broker.port == port
        again = Receiver(broker)
        until(lambda: again.json("state/x") == [{"n": 1}])
        again.close()
        broker.kill()
        broker.start()
        assert broker.pid is not None
    assert broker.pid is None


def test_a_port_in_use_is_told_with_the_broker_s_own_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        broker = LocalBroker(tmp_path, extra_config=f"listener {taken.getsockname()[1]} 127.0.0.1")
        with pytest.raises(BrokerError, match="Address already in use"):
            broker.start()


def test_without_mosquitto_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.wire.broker.shutil.which", lambda name, path: None)
    with pytest.raises(BrokerError, match="sudo apt install mosquitto"):
        LocalBroker(tmp_path).start()


@pytest.mark.req("PL-7")
def test_a_password_comes_from_a_systemd_credential_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "mqtt").write_text("geheim 密\n", encoding="utf-8")
    assert read_credential("mqtt", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) == "geheim 密"
    assert read_credential(str(tmp_path / "mqtt"), {}) == "geheim 密"
    with pytest.raises(ConfigError, match="LoadCredential=mqtt"):
        read_credential("mqtt", {})
    with pytest.raises(ConfigError, match="LoadCredential=other"):
        read_credential("other", {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    with pytest.raises(ConfigError, match="Create the file"):
        read_credential(str(tmp_path / "none"), {})


@pytest.mark.parametrize(
    "bad",
    [
        {"site": "a/b"},
        {"site": ""},
        {"site": "x", "broker": {"password": "secret"}},
        {"site": "x", "broker": {"port": 0}},
        {"site": "x", "audience": {"loud": ["a"]}},
        {"site": "x", "receivers": "desk"},
    ],
)
def test_wrong_options_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SiteOptions.model_validate(bad)


CURES = [
    (ConnectionRefusedError("refused"), "nobody listens", False),
    (socket.gaierror("unknown"), "name is not known", False),
    (TimeoutError("late"), "no answer", False),
    (ssl.SSLCertVerificationError("bad"), "not trusted", True),
    (ssl.SSLError("bad"), "TLS failed", True),
    (FileNotFoundError("ca.pem"), "certificate file", True),
    (ConfigError("credential"), "credential", True),
    (OSError("network is unreachable"), "Check the network", False),
]


@pytest.mark.parametrize(("error", "text", "refused"), CURES)
def test_every_failure_has_a_cure(error: Exception, text: str, refused: bool) -> None:
    failure = explain(error, BrokerOptions(host="mqtt.example", port=8883))
    assert "mqtt.example:8883" in failure.text
    assert text in failure.text
    assert failure.refused is refused


def test_a_refusal_by_the_broker_has_a_cure() -> None:
    assert explain_reason("Not authorized", BrokerOptions()).refused
    assert not explain_reason("Server busy", BrokerOptions()).refused
