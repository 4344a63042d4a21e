"""Clocks: monotonic never jumps; the quality of wall time is a known word."""

from __future__ import annotations

from edge.core.clock import ManualClock, SystemClock, boot_id


def test_the_system_clock() -> None:
    clock = SystemClock()
    first = clock.now()
    assert clock.now() >= first
    assert clock.wall() > 1_600_000_000
    assert clock.quality() in ("ntp", "rtc", "holdover", "unsynced")


def test_the_boot_id_is_stable_hex() -> None:
    assert boot_id() == boot_id()
    int(boot_id(), 16)
    assert len(boot_id()) == 32


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(5.0, 10.0)
    clock.advance(1.5)
    assert (clock.now(), clock.wall()) == (6.5, 11.5)
