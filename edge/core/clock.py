"""Time. Durations come from the monotonic clock only; wall time is a stamp, with its quality beside it."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from pathlib import Path
from typing import Literal, Protocol

Quality = Literal["ntp", "rtc", "holdover", "unsynced"]


class Clock(Protocol):
    """What a clock gives."""

    def now(self) -> float:
        """Monotonic seconds since boot; never jumps."""

    def wall(self) -> float:
        """Unix time, s. May jump."""

    def quality(self) -> Quality:
        """How far wall time can be trusted."""


class _Timex(ctypes.Structure):
    # struct timex of adjtimex(2); only the leading fields are read, the rest is room for the kernel to write.
    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("room", ctypes.c_byte * 256),
    ]


_STA_UNSYNC = 0x0040
_QUALITY_MAX_AGE_S = 10.0


class SystemClock:
    """The machine's clocks. `ntp`: the kernel says synchronised (adjtimex(2)); `holdover`: it was, since boot;
    `rtc`: never synchronised but a battery clock set the time; `unsynced`: nothing to trust."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._lock = threading.Lock()
        self._was_synced = False
        self._quality: Quality = "unsynced"
        self._checked_at = float("-inf")

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def quality(self) -> Quality:
        with self._lock:
            if self.now() - self._checked_at > _QUALITY_MAX_AGE_S:
                self._checked_at = self.now()
                self._quality = self._look()
            return self._quality

    def _look(self) -> Quality:
        timex = _Timex()
        if self._libc.adjtimex(ctypes.byref(timex)) >= 0 and not timex.status & _STA_UNSYNC:
            self._was_synced = True
            return "ntp"
        if self._was_synced:
            return "holdover"
        return "rtc" if os.path.exists("/dev/rtc0") else "unsynced"


class ManualClock:
    """A clock that stands until it is moved: for tests and simulations."""

    def __init__(self, now: float = 1000.0, wall: float = 1_790_000_000.0) -> None:
        self._now, self._wall = now, wall

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._wall

    def quality(self) -> Quality:
        return "ntp"

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._now += seconds
        self._wall += seconds


def boot_id() -> str:
    """The kernel's id of this boot (32 hex digits): monotonic times compare only within one."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
