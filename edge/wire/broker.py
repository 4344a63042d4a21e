"""A real MQTT broker on loopback for the demo and the tests: Debian's mosquitto as a child process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType

from edge.core.errors import EdgeError

START_S = 10.0


class BrokerError(EdgeError, RuntimeError):
    """The local broker is not installed or does not start; the text says what to do."""


def find_mosquitto() -> str:
    """The program's path; Debian puts it where a user's PATH does not look. Raises BrokerError."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    if (found := shutil.which("mosquitto", path=path)) is None:
        raise BrokerError("mosquitto is not installed. Install Debian's package: sudo apt install mosquitto")
    return found


class LocalBroker:
    """mosquitto on 127.0.0.1:`port`, for anyone on this machine unless `extra_config` says otherwise.

    `port=0` takes a free one, and keeps it over restarts. Files are in `folder`. A context manager: starts, then stops.
    """

    def __init__(
        self, folder: Path, port: int = 0, *, persistence: bool = False, anonymous: bool = True, extra_config: str = ""
    ) -> None:
        self.folder = folder
        self.host = "127.0.0.1"
        self.port = port or _free_port()
        self.log = folder / "mosquitto.log"
        self._persistence, self._anonymous, self._extra = persistence, anonymous, extra_config
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running child."""
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Start it and wait until it accepts connections. Raises BrokerError with its log."""
        program = find_mosquitto()
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "mosquitto.conf"
        config.write_text(self._config(), encoding="utf-8")
        with self.log.open("ab") as out:
            self._child = subprocess.Popen(
                [program, "-c", str(config)], stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        deadline = time.monotonic() + START_S
        while not self._accepts():
            if self._child.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise BrokerError(f"mosquitto does not start on port {self.port}: {_tail(self.log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in good order (SIGTERM)."""
        if self._child is not None:
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()
            self._child = None

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def __enter__(self) -> LocalBroker:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _config(self) -> str:
        lines = [
            f"listener {self.port} {self.host}",
            f"allow_anonymous {'true' if self._anonymous else 'false'}",
            f"persistence {'true' if self._persistence else 'false'}",
            f"persistence_location {self.folder}/",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # else it drops to a user that cannot write into our folder
        return "\n".join([*lines, self._extra, ""])

    def _accepts(self) -> bool:
        try:
            socket.create_connection((self.host, self.port), timeout=0.5).close()
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(log: Path) -> str:
    return " / ".join(log.read_text(errors="replace").splitlines()[-3:]) or "no output"
