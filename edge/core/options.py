"""The base of every configuration model, and the marks by which `edge.config` checks what single models cannot see."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict


class Options(BaseModel):
    """One mapping of a YAML file. Unknown keys are errors; values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Unique:
    """Mark: no two keys of one configuration may carry the same value (a pin used twice)."""

    def __init__(self, what: str) -> None:
        self.what = what


class Relative:
    """Mark: a path relative to the YAML file that names it."""


Pin = Annotated[int, Strict(), Field(ge=0, le=53, description="BCM GPIO number"), Unique("GPIO pin")]
Seconds = Annotated[float, Field(gt=0, le=86400)]
Fraction = Annotated[float, Field(ge=0, le=1)]
FilePath = Annotated[Path, Relative()]


class NodeOptions(Options):
    """What every node's file begins with."""

    node: str
    device: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="unique in the site")]
    site: FilePath = Field(description="the site's file: broker, audiences, receivers")
    state_dir: FilePath = Field(description="queue, evidence and voice cache live here")
