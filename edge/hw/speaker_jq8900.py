"""The `jq8900` driver: a voice module on a serial line that plays numbered tracks from its own memory.

9600 8N1. Frames `AA`, command, length, data, byte sum: play track n `AA 07 02 hi lo SM`, stop `AA 04 00 AE`. Source:
the maker's protocol table; the checksums of both examples hold. To be confirmed on a bench: that a new track cuts short
the one that plays. The module is not asked anything, so only a lost serial port is noticed, not a lost loudspeaker.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.options import Options

BAUD = 9600
WRITE_LIMIT_S = 1.0
RETRY_S = 5.0
STOP = bytes.fromhex("AA 04 00 AE")
Track = Annotated[int, Field(ge=1, le=65535)]


class Jq8900Options(Options):
    """A serial voice module whose memory holds the prompts as numbered tracks."""

    driver: Literal["jq8900"]
    port: str = Field(description="Serial port, best by its stable name in /dev/serial/by-id")
    tracks: Mapping[str, Track]


def play_frame(track: int) -> bytes:
    """The command that plays track 1 … 65535."""
    body = bytes((0xAA, 0x07, 0x02)) + track.to_bytes(2, "big")
    return body + bytes((sum(body) & 0xFF,))


class Jq8900Voice:
    """Writes the commands; a lost port is opened again every 5 s and at every prompt."""

    busy = False  # the module plays by itself

    def __init__(self, options: Jq8900Options, clock: Clock) -> None:
        self._options, self._clock = options, clock
        self._port: Any = None
        self._retry_at = float("-inf")
        self._line_fault: str | None = None
        self._name_fault: str | None = None

    @property
    def fault(self) -> str | None:
        """Why the port cannot be used, or which prompt has no track."""
        return self._line_fault or self._name_fault

    def say(self, name: str) -> None:
        """Play the prompt's track."""
        track = self._options.tracks.get(name)
        if track is None:
            known = ", ".join(self._options.tracks) or "none"
            self._name_fault = f"no track is named {name!r}; configured: {known}"
            return
        self._name_fault = None
        self._send(play_frame(track))

    def stop(self) -> None:
        """Silence."""
        self._send(STOP)

    def tick(self) -> None:
        """Try a lost port again."""
        if self._port is None and self._clock.now() >= self._retry_at:
            self._open()

    def close(self) -> None:
        """Silence, and the port given back."""
        if self._port is not None:
            self._send(STOP)
            self._lose(None)

    def _send(self, frame: bytes) -> None:
        if self._port is None:
            self._open()
        if self._port is None:
            return
        try:
            self._port.write(frame)
        except OSError as cause:  # pyserial's errors are OSErrors
            self._lose(f"{self._options.port}: {cause}. Is the voice module's adapter plugged in?")

    def _open(self) -> None:
        self._retry_at = self._clock.now() + RETRY_S
        try:
            import serial  # type: ignore[import-untyped, unused-ignore]

            self._port = serial.Serial(self._options.port, BAUD, timeout=0, write_timeout=WRITE_LIMIT_S, exclusive=True)
            self._line_fault = None
        except ImportError:
            self._line_fault = "pyserial is not installed: pip install 'edge-node[modbus]'"
        except OSError as cause:
            self._line_fault = f"{self._options.port} cannot be opened ({cause}): see /dev/serial/by-id"

    def _lose(self, fault: str | None) -> None:
        port, self._port, self._line_fault = self._port, None, fault
        with suppress(OSError):  # it may be gone already
            port.close()
