"""What an installer writes about the way out of the house: the site, its broker, who is told, how much is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from edge.core.messages import Severity
from edge.core.options import FilePath, Options

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", description="one level of an MQTT topic")]


class TlsOptions(Options):
    """Certificates in PEM files, passed on to TLS as they are. Without `ca_file` the system's authorities count."""

    ca_file: FilePath | None = None
    cert_file: FilePath | None = None
    key_file: FilePath | None = None


class BrokerOptions(Options):
    """Where the MQTT 5 broker is. A password is never written here: `password_credential` names where it lies,
    either a systemd credential (`LoadCredential=`) or an absolute file path."""

    host: str = Field("localhost", min_length=1)
    port: int = Field(1883, ge=1, le=65535)
    tls: TlsOptions | None = None
    username: str | None = None
    password_credential: str | None = Field(None, min_length=1)
    keepalive_s: int = Field(30, ge=5, le=600)


class OutboxOptions(Options):
    """How much may wait for the network, MiB."""

    alarm_mib: float = Field(16, ge=1, le=1024)


class SiteOptions(Options):
    """`site.yaml`. `audience` says who is told: one list for everything, or a list for each severity.

    `receivers` says who confirms with `evack` what it has stored: `true` for anyone, or the names that count
    (any one of them suffices). Without one, an event leaves the outbox as soon as the broker took it.
    """

    site: Name
    root: Name = "community"
    broker: BrokerOptions = BrokerOptions()
    audience: list[Name] | dict[Severity, list[Name]] = Field(default_factory=list)
    receivers: bool | list[Name] = False
    outbox: OutboxOptions = OutboxOptions()
