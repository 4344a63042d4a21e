"""Why there is no connection, in words that a technician can act on."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

from edge.core.errors import ConfigError
from edge.wire.options import BrokerOptions

_REFUSED = {
    "Bad user name or password": "Check username and password_credential of the broker in site.yaml.",
    "Not authorized": "Check username and password_credential, or ask the broker's operator to admit this device.",
    "Bad authentication method": "Check username and password_credential of the broker in site.yaml.",
    "Banned": "Ask the broker's operator.",
    "Client identifier not valid": "Ask the broker's operator to allow this device's client id.",
    "Unsupported protocol version": "The broker must speak MQTT 5.",
}


@dataclass(frozen=True)
class Failure:
    """`refused`: trying again soon is of no use."""

    text: str
    refused: bool = False


def explain(error: Exception, broker: BrokerOptions) -> Failure:
    """Why a connection could not be opened."""
    where = f"broker {broker.host}:{broker.port}"
    if isinstance(error, ConfigError):
        return Failure(f"{where}: {error}", refused=True)
    if isinstance(error, ssl.SSLCertVerificationError):
        cure = "Check tls.ca_file, the host name in the broker's certificate, its expiry and this machine's clock."
        return Failure(f"{where}: its certificate is not trusted ({error}). {cure}", refused=True)
    if isinstance(error, ssl.SSLError):
        return Failure(f"{where}: TLS failed ({error}). Check tls.cert_file, tls.key_file and the port.", refused=True)
    if isinstance(error, socket.gaierror):
        return Failure(f"{where}: the name is not known. Check broker.host in site.yaml and the network's DNS.")
    if isinstance(error, ConnectionRefusedError):
        return Failure(f"{where}: nobody listens there. Is the broker running? Check broker.port and the firewall.")
    if isinstance(error, TimeoutError):
        return Failure(f"{where}: no answer. Check the cable, the route and the firewall.")
    if isinstance(error, FileNotFoundError | PermissionError):
        return Failure(
            f"{where}: a certificate file cannot be read ({error}). Check the paths under tls.", refused=True
        )
    return Failure(f"{where}: {error}. Check the network.")


def explain_reason(reason: str, broker: BrokerOptions) -> Failure:
    """Why the broker said no (an MQTT 5 reason)."""
    cure = _REFUSED.get(reason)
    text = f"broker {broker.host}:{broker.port} refused: {reason}. {cure or 'Look into the log of the broker.'}"
    return Failure(text, refused=cure is not None)
