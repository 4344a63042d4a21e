"""The parameters of one random frame, ready for JSON. Lengths are metres, angles degrees unless said. Pure."""

from __future__ import annotations

from dataclasses import dataclass

XY = tuple[float, float]
XYZ = tuple[float, float, float]

ROOM = frozenset({"cabin", "lamps", "landing", "diodes", "tarnish"})


@dataclass(frozen=True)
class CarPlan:
    """The car and what it is lined with; `open_share` 0 is a shut door, 1 a fully open one."""

    width_m: float
    depth_m: float
    height_m: float
    door_m: float
    open_share: float
    walls: str
    back: str
    floor: str
    mirror: str
    posters: int
    screen: bool
    rails: int


@dataclass(frozen=True)
class LightPlan:
    """`mode` is day, dim or infrared (lamps out, diodes round the lens); `exposure` in stops."""

    mode: str
    lamps: str
    car_w: float
    lobby_w: float
    warm: float
    exposure: float


@dataclass(frozen=True)
class LensPlan:
    """The camera: `mount` corner, wall, centre, lobby or visitor; `field_deg` across the picture's width; `roll_deg`.

    `projection` is fisheye (equisolid) or rectilinear; `disc` leaves black round the picture as full fisheyes do;
    `shape` is one of `styles.SHAPES` ("" for the size the command says).
    """

    mount: str
    place: XYZ
    target: XYZ
    roll_deg: float
    field_deg: float
    projection: str
    disc: bool
    shape: str = ""


@dataclass(frozen=True)
class SensorPlan:
    """What lens and chip spoil: see `sensor.Sensor` and `tarnish`; `dirt` and `haze` are 0 to 1, `smear_px` pixels.

    `meter` is the grey level (of 255) to which the camera's gain brings the brighter half of the picture."""

    noise: float
    colour_noise: float
    blur: float
    rim: float
    quality: int
    dirt: float
    haze: float
    smear_px: float
    grey: bool
    stamp: bool
    meter: float


@dataclass(frozen=True)
class ModelPlan:
    """A ready-made model: its file, its length along its heading (a person's height), degrees that turn it to x."""

    file: str
    size_m: float
    yaw_deg: float


@dataclass(frozen=True)
class ActorPlan:
    """One thing or person: where it stands, its heading in radians, and the seed of its looks.

    A person's `role` is stand, push or ride (then `with_actor` is the thing's place in the list of actors);
    `hands` is what somebody who stands does with them; `side` is -1 when a pusher walks on the other side.
    A `model` takes the place of the built actor.
    """

    kind: str
    label: str
    place: XY
    heading: float
    role: str = "stand"
    hands: str = "down"
    with_actor: int = -1
    side: int = 1
    model: ModelPlan | None = None


@dataclass(frozen=True)
class ScenePlan:
    """Everything about frame `number` of a seed; `label` is what it was drawn for.

    `room` and `prop`, where given, name the dice of the car's and of the thing's looks: frames that share them show the
    same car or the same thing.
    """

    seed: int
    number: int
    label: str
    car: CarPlan
    light: LightPlan
    lens: LensPlan
    sensor: SensorPlan
    actors: tuple[ActorPlan, ...]
    room: str = ""
    prop: str = ""

    def dice_name(self, topic: str) -> str:
        """The seed of one builder's own random numbers. `actor/0` is the thing, where the label has one."""
        if self.room and topic in ROOM:
            return f"{self.room}/{topic}"
        if self.prop and topic == "actor/0":
            return f"{self.prop}/{topic}"
        own = f"{self.seed}/{self.number}"
        return f"{own}/{self.label}/{topic}" if self.room else f"{own}/{topic}"
