"""What an installer may write in `elevator.yaml`. Every key has its unit in its name and its reason beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edge.core.options import FilePath, NodeOptions, Options, Seconds
from edge.hw.camera import CameraChoice
from edge.hw.camera_health import CameraHealthOptions
from edge.hw.contact import ContactOptions
from edge.hw.gpio import GpioChoice
from edge.hw.relay import RelayChoice
from edge.hw.speaker import SpeakerChoice
from edge.vision.evidence import EvidenceOptions
from edge.vision.motion import MotionOptions
from elevator_node.rules import ClassOptions, HoldOptions, Rules


class EyeOptions(Options):
    """Which models look, and how hard."""

    model: str = Field("ebike_start", description="registry name of the model that decides")
    picture_model: str | None = Field("nanodet", description="draws people and two-wheelers into evidence; null: none")
    registry: FilePath | None = Field(None, description="a site's own registry file, read over the shipped one")
    threads: int = Field(2, ge=1, le=8)
    idle_look_s: Seconds = Field(10.0, description="look once in so long even when nothing moves")
    lost_s: Seconds = Field(1.5, description="no frame for so long: the camera is lost")


class InputOptions(Options):
    """The lift's contacts. `inspection` must be written down, even as `null` for a lift that has no such contact."""

    fire: ContactOptions
    inspection: ContactOptions | None
    door_open: ContactOptions | None = None
    release_key: ContactOptions | None = None


class ElevatorOptions(NodeOptions):
    """`elevator.yaml`, whole."""

    node: Literal["elevator"]
    gpio: GpioChoice
    camera: CameraChoice
    health: CameraHealthOptions = CameraHealthOptions()
    motion: MotionOptions = MotionOptions()
    eye: EyeOptions = EyeOptions()
    classes: ClassOptions = ClassOptions()
    hold: HoldOptions = HoldOptions()
    relay: RelayChoice
    inputs: InputOptions
    voice: SpeakerChoice
    evidence: EvidenceOptions = EvidenceOptions()

    @property
    def rules(self) -> Rules:
        """What the decision needs of this file."""
        wired = {name for name in InputOptions.model_fields if getattr(self.inputs, name) is not None}
        return Rules(self.hold, self.classes, frozenset(wired))
