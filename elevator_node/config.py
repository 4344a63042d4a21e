"""What an installer may write in `elevator.yaml`. Every key has its unit in its name and its reason beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from edge.core.options import FilePath, NodeOptions, Options, Seconds
from edge.hw.camera import CameraOptions
from edge.hw.camera_health import CameraHealthOptions
from edge.hw.contact import ContactOptions
from edge.hw.gpio import GpioOptions
from edge.hw.relay import RelayOptions
from edge.hw.speaker import SpeakerOptions
from edge.vision.evidence import EvidenceOptions
from edge.vision.motion import MotionOptions
from elevator_node.rules import ClassOptions, HoldOptions, Rules

PROMPTS = frozenset({"leave", "staff"})


class EyeOptions(Options):
    """Which models look, and how hard."""

    model: str = Field("ebike", description="registry name of the model that decides")
    picture_model: str | None = Field("nanodet", description="draws people and two-wheelers into evidence; null: none")
    registry: FilePath | None = Field(None, description="a site's own registry file, read over the shipped one")
    threads: int = Field(
        1, ge=1, le=8, description="more only where cores stand idle: two busy threads on two busy cores crawl"
    )
    calibration: Literal["auto", "off"] = Field(
        "auto", description="auto: this lift's own head, where `edge vision calibrate` fitted one; off: never"
    )
    idle_look_s: Seconds = Field(10.0, description="look once in so long even when nothing moves")
    lost_s: Seconds = Field(1.5, description="no frame for so long: the camera is lost")


class InputOptions(Options):
    """The lift's contacts. `inspection` must be written down, even as `null` for a lift that has no such contact."""

    fire: ContactOptions
    inspection: ContactOptions | None
    door_open: ContactOptions | None = None
    release_key: ContactOptions | None = None

    @property
    def wired(self) -> dict[str, ContactOptions]:
        """The contacts that this lift has, by name."""
        contacts = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: contact for name, contact in contacts.items() if contact is not None}


class ElevatorOptions(NodeOptions):
    """`elevator.yaml`, whole."""

    node: Literal["elevator"]
    gpio: GpioOptions
    camera: CameraOptions
    health: CameraHealthOptions = CameraHealthOptions()
    motion: MotionOptions = MotionOptions()
    eye: EyeOptions = EyeOptions()
    classes: ClassOptions = ClassOptions()
    hold: HoldOptions = HoldOptions()
    relay: RelayOptions
    inputs: InputOptions
    voice: SpeakerOptions
    evidence: EvidenceOptions = EvidenceOptions()

    @model_validator(mode="after")
    def _speaks(self) -> ElevatorOptions:
        known = {"aplay": "prompts", "jq8900": "tracks"}.get(self.voice.driver)
        absent = PROMPTS - set(getattr(self.voice, known)) if known else None
        if absent:
            raise ValueError(f"voice.{known}: missing {', '.join(sorted(absent))}; the rules speak these")
        return self

    @property
    def rules(self) -> Rules:
        """What the decision needs of this file."""
        wired = {name: contact.settle_s for name, contact in self.inputs.wired.items()}
        for name in ("fire", "inspection"):
            if name in wired:
                wired[name] = max(wired[name], self.hold.input_settle_s)
        return Rules(self.hold, self.classes, wired)
