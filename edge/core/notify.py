"""sd_notify(3) over systemd-python. Guarded import: a folder named `systemd` must never be taken for the package."""

from __future__ import annotations

import os

from edge.core.errors import ConfigError


def notifier() -> Notify:
    """The way to tell systemd READY, WATCHDOG and STOPPING; a silent one where no systemd asked for it.

    Raises ConfigError when systemd asks (NOTIFY_SOCKET) and systemd-python is absent: the unit would never get READY.
    """
    if "NOTIFY_SOCKET" not in os.environ:
        return Notify(None)
    try:
        from systemd import daemon
    except ImportError as absent:
        cure = "install Debian's python3-systemd or `pip install 'edge-node[journal]'`"
        raise ConfigError(f"systemd waits for READY but systemd-python is not installed: {cure}") from absent
    return Notify(daemon)


class Notify:
    """Sends one state datagram a call; `daemon` is systemd-python's module, or None to stay silent."""

    def __init__(self, daemon: object | None) -> None:
        self._send = getattr(daemon, "notify", None)

    def __call__(self, state: str) -> None:
        """Send for example `READY=1`, `WATCHDOG=1`, `STOPPING=1`, `STATUS=…`."""
        if self._send is not None:
            self._send(state)
