"""What the lab's tests measured, at the end of the run."""

from __future__ import annotations

from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line for each figure that a test recorded, so that reports can quote it."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    measured = [line for report in reports if isinstance(report, pytest.TestReport) for line in _lines(report)]
    if measured:
        terminalreporter.section("measured in the lab")
        for line in measured:
            terminalreporter.write_line(line)


def _lines(report: pytest.TestReport) -> list[str]:
    if report.when != "call" or "tests/lab/" not in report.nodeid:
        return []
    return [f"{name}: {_short(value)}" for name, value in report.user_properties]


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if value < 1 else f"{value:.1f}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_short, value)) + "]"
    return str(value)
