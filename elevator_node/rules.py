"""The options of the rules: which classes, how many frames, how long. All the configuration that `decide.py` needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, model_validator

from edge.core.options import Fraction, Options, Seconds


class Blocking(Options):
    """How sure the eye must be of a class that must not ride."""

    credible: Fraction = Field(
        0.4, description="first frame at this score pre-holds the door; a visit lasts while it stands"
    )
    confirm: Fraction = Field(0.5, description="`confirm_frames` of `of_frames` at this score make a visit of it")

    @model_validator(mode="after")
    def _ordered(self) -> Blocking:
        if self.credible > self.confirm:
            raise ValueError(f"credible ({self.credible}) must not be above confirm ({self.confirm})")
        return self


class ClassOptions(Options):
    """Which classes hold the door, which only warn, and which speak against a hold (EL-1)."""

    blocking: dict[str, Blocking] = Field(default={"ebike": Blocking()}, min_length=1)
    warning: dict[str, Fraction] = Field(default={}, description="class → score at which an event is written, no hold")
    veto: dict[str, Fraction] = Field(
        default={"bicycle": 0.5, "wheelchair": 0.5, "pram": 0.5},
        description="class → score: where it overlaps a blocking class and scores higher, that is what it is",
    )
    veto_overlap: Fraction = Field(0.4, description="share of the smaller box that must overlap for a veto")

    @model_validator(mode="after")
    def _disjoint(self) -> ClassOptions:
        groups: dict[str, Collection[str]] = {"blocking": self.blocking, "warning": self.warning, "veto": self.veto}
        for label in {label for group in groups.values() for label in group}:
            where = [name for name, group in groups.items() if label in group]
            if len(where) > 1:
                raise ValueError(f"class '{label}' stands under {' and '.join(where)}; keep one")
        return self


class HoldOptions(Options):
    """When the door is held, and for how long at most (EL-2, EL-4, EL-6, EL-7)."""

    confirm_frames: int = Field(2, ge=1, le=20, description="k: frames that confirm")
    of_frames: int = Field(3, ge=1, le=20, description="n: among the last n")
    window_s: Annotated[float, Field(gt=0, le=5)] = 2.0
    rest_s: Seconds = Field(3.0, description="no second pre-hold so soon after an unconfirmed one")
    fresh_s: Annotated[float, Field(ge=0.5, le=2.5)] = 2.0  # with one relay lease on top the door is free in 3 s (EL-7)
    clear_s: Seconds = Field(3.0, description="the bike is gone when no frame showed it for so long")
    voice_repeat_s: Seconds = 10.0
    staff_call_s: Seconds = Field(45.0, description="a held door calls staff after so long")
    hold_max_s: Annotated[float, Field(ge=10, le=120)] = 90.0
    door_fault_s: Seconds = Field(3.0, description="hold commanded but door closed for so long is a fault")
    input_settle_s: Seconds = Field(1.0, description="fire and inspection must read normal for so long to allow a hold")

    @model_validator(mode="after")
    def _possible(self) -> HoldOptions:
        if self.confirm_frames > self.of_frames:
            raise ValueError(f"confirm_frames ({self.confirm_frames}) must not be above of_frames ({self.of_frames})")
        if self.staff_call_s >= self.hold_max_s:
            raise ValueError(f"staff_call_s ({self.staff_call_s}) must come before hold_max_s ({self.hold_max_s})")
        return self


@dataclass(frozen=True)
class Rules:
    """The part of the configuration that `decide.py` needs. `settle_s` of each contact that exists in this lift."""

    hold: HoldOptions
    classes: ClassOptions
    settle_s: Mapping[str, float]
