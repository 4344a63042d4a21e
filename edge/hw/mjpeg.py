"""Motion JPEG from a named pipe: a splitter that follows the JPEG's own structure, and a reader that never blocks.

Structure: ITU-T T.81 annex B. Segments carry their length, so an embedded thumbnail does not end its picture; in
entropy-coded data FF is followed by 00 or by a restart marker, so the first other marker ends the scan.
"""

from __future__ import annotations

import os
import re
import select
from pathlib import Path

from edge.core.clock import Clock
from edge.core.errors import DeviceError, DeviceOffline
from edge.hw.frame import Frame, NoFrame

MAX_JPEG = 16 << 20
_CHUNK = 1 << 20
_SOI, _EOI, _SOS = b"\xff\xd8", 0xD9, 0xDA
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def jpeg_end(data: bytes | bytearray, start: int = 0) -> int | None:
    """Where the JPEG that starts at `start` ends (exclusive); None while it is incomplete. Raises ValueError when the
    bytes are no JPEG."""
    at = start + 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("no marker where the JPEG must have one")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker == _EOI:
            return at + 2
        elif marker in _ALONE:
            at += 2
        elif marker in (0x00, 0xD8):
            raise ValueError("a marker that cannot be here")
        else:
            length = int.from_bytes(data[at + 2 : at + 4], "big")
            if at + 4 > len(data):
                return None
            at += 2 + length
            if marker == _SOS:
                found = _END_OF_SCAN.search(data, at)
                if found is None:
                    return None
                at = found.start()
    return None


class JpegSplitter:
    """Bytes in, whole JPEGs out, garbage skipped. Never raises; never holds more than `limit` bytes."""

    def __init__(self, limit: int = MAX_JPEG) -> None:
        self._held = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> list[bytes]:
        """The JPEGs that `data` completes, oldest first."""
        self._held += data
        whole: list[bytes] = []
        while True:
            start = self._held.find(_SOI)
            if start < 0:
                del self._held[: max(0, len(self._held) - 1)]  # the last byte may be half a start marker
                return whole
            try:
                end = jpeg_end(self._held, start)
            except ValueError:
                del self._held[: start + 2]
                continue
            if end is None:
                del self._held[:start]
                if len(self._held) <= self._limit:
                    return whole
                del self._held[:2]  # this start marker leads nowhere
                continue
            whole.append(bytes(self._held[start:end]))
            del self._held[:end]


class MjpegPipe:
    """A `Camera` on a named pipe that carries motion JPEG back to back; of several waiting frames the newest counts."""

    def __init__(self, name: str, path: Path, clock: Clock) -> None:
        self.name = name
        self._path, self._clock = path, clock
        self._pipe: int | None = None
        self._splitter = JpegSplitter()
        self._number = 0

    def open(self) -> None:
        """Open the reading end; a writer may come later. Raises DeviceError."""
        try:
            self._pipe = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as cause:
            raise DeviceError(f"{self._path}: the pipe cannot be opened: {cause.strerror}") from cause
        self._splitter = JpegSplitter()

    def read(self, timeout_s: float) -> Frame:
        """The newest whole picture. Raises NoFrame, FrameError, and DeviceOffline when the writer has gone."""
        from edge.hw.camera_files import decode  # it needs this module's splitter

        deadline = self._clock.now() + timeout_s
        whole: list[bytes] = []
        while not whole:
            if not self._readable(deadline - self._clock.now()):
                raise NoFrame(f"{self._path}: no frame for {timeout_s:g} s: does the writer still run?")
            whole = self._drain()
        self._number += len(whole)
        return Frame(decode(whole[-1], str(self._path)), self._clock.now(), self._number)

    def close(self) -> None:
        """Close the reading end."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def _readable(self, timeout_s: float) -> bool:
        if self._pipe is None:
            raise DeviceError(f"{self._path}: not open")
        ready, _, _ = select.select([self._pipe], [], [], max(0.0, timeout_s))
        return bool(ready)

    def _drain(self) -> list[bytes]:
        """Everything that waits in the pipe."""
        whole: list[bytes] = []
        while self._pipe is not None and self._readable(0.0):
            data = os.read(self._pipe, _CHUNK)
            if not data:
                if whole:
                    return whole  # the next read reports the end
                raise DeviceOffline(f"{self._path}: the writer of the pipe has gone")
            whole += self._splitter.feed(data)
        return whole
