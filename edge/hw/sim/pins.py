"""Simulated pins: their options, and the scenario file that plays the outside world."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from edge.core.errors import ConfigError
from edge.core.options import FilePath, Options
from edge.hw.sim.lift import LiftOptions


class SimOptions(Options):
    """Pins without hardware: gpiozero's mock pins, driven by a scenario and by the physics of a lift door."""

    driver: Literal["sim"]
    scenario: FilePath | None = Field(default=None, description="YAML list of {at_s, pin, level}: inputs in time")
    trace: FilePath | None = Field(default=None, description="JSON lines, appended: each change of an output")
    lift: LiftOptions | None = None


class Step(Options):
    """At `at_s` seconds after the start, an input pin takes a level."""

    at_s: Annotated[float, Field(ge=0)]
    pin: Annotated[int, Field(ge=0, le=53)]
    level: Literal["high", "low"]


def load_scenario(path: Path) -> tuple[Step, ...]:
    """Read a scenario, sorted by time. Raises ConfigError with one `file:line: key: reason` per error."""
    try:
        loader = yaml.SafeLoader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
    except (OSError, UnicodeDecodeError) as cause:
        raise ConfigError(f"{path}: the scenario cannot be read: {cause}") from cause
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)
        line, problem = mark.line + 1 if mark else 1, getattr(cause, "problem", cause)
        raise ConfigError(f"{path}:{line}: not YAML: {problem}".replace("\n", " ")) from cause
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigError(
            f"{path}:{_line(root)}: a scenario is a list of steps such as {{at_s: 2, pin: 5, level: low}}"
        )
    steps: list[Step] = []
    errors: list[str] = []
    for node in root.value:
        step, wrong = _step(loader, node)
        steps += step
        errors += [f"{path}:{reason}" for reason in wrong]
    if errors:
        raise ConfigError("\n".join(errors))
    return tuple(sorted(steps, key=lambda step: step.at_s))


def _step(loader: yaml.SafeLoader, node: yaml.Node) -> tuple[list[Step], list[str]]:
    try:
        return [Step.model_validate(loader.construct_object(node, deep=True))], []
    except ValidationError as cause:
        return [], [_explain(node, dict(error)) for error in cause.errors()]
    except (yaml.YAMLError, ValueError, LookupError, TypeError) as cause:  # PyYAML lets its converters' errors through
        return [], [f"{_line(node)}: {getattr(cause, 'problem', cause)}"]


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _explain(node: yaml.Node, error: dict[str, Any]) -> str:
    """`line: key: reason` for one of pydantic's errors, found again in the YAML node."""
    key = str(error["loc"][0]) if error["loc"] else "step"
    line = _line(node)
    if isinstance(node, yaml.MappingNode):
        line = next((_line(name) for name, _ in node.value if name.value == key), line)
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(key, list(Step.model_fields), n=1)
        return f"{line}: {key}: unknown key." + (f" Did you mean '{close[0]}'?" if close else "")
    return f"{line}: {key}: {error['msg']}"
