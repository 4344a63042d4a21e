"""The Node contract: what a kind of node brings, so that `edge.daemon` can run it and `edge` can check it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from edge.core.clock import Clock
from edge.core.messages import Decision, Event, Json, Message, Reply
from edge.core.options import NodeOptions
from edge.core.supervisor import Post, Worker

S = TypeVar("S")
W = TypeVar("W")
W_in = TypeVar("W_in", contravariant=True)


class Outputs(Protocol[W_in]):
    """Wanted states → hardware."""

    def converge(self, wanted: W_in) -> Iterable[Message]:
        """Drive every output to its wanted state (idempotent, never blocks); returns what changed, as `Applied`."""

    def keep(self, event_id: str, event: Event) -> None:
        """An event was sealed under `event_id`: keep its evidence, if it asks for any. Never blocks."""

    def safe(self) -> None:
        """Every output to its safe state, now. Called on every exit path, any number of times; never raises."""


class Recorder(Protocol):
    """Where a decision's words go. Nothing here blocks: durability and network are other threads' work."""

    def event(self, event: Event) -> str:
        """Seal and store an event; returns its id (UUIDv7)."""

    def state(self, component: str, state: Json) -> None:
        """The component's full state, as it is now; sent on change and every 30 s."""

    def reply(self, reply: Reply) -> None:
        """The outcome of a command."""


@dataclass(frozen=True)
class Surroundings:
    """What the daemon lends a node while it is wired. `send_image(event_id, component, path)`: a JPEG is ready."""

    clock: Clock
    post: Post
    state_dir: Path
    send_image: Callable[[str, str, Path], None]


@dataclass(frozen=True)
class Wiring(Generic[S, W]):
    """A node with its hardware opened, ready for the loop."""

    state: S
    step: Callable[[S, Message, float], Decision[S, W]]
    report: Callable[[S, float], Mapping[str, Json]]
    outputs: Outputs[W]
    workers: Sequence[Worker]
    capabilities: Json


@dataclass(frozen=True)
class Demo:
    """What `edge demo` plays: a configuration on simulated hardware, a folder of clips, the event kinds that one visit
    must bring."""

    config: Path
    clips: Path
    expected: tuple[str, ...]


@dataclass(frozen=True)
class Sight:
    """What `edge vision calibrate` needs of a node that sees, from its configuration. `camera`: the options of
    `edge.hw.camera`; `confirm` (0–1), `k` of `n` pictures within `window_s`: what holds the door; `negatives`: the
    folder of released false holds; `unit`: the systemd unit that holds the camera while it runs."""

    camera: Any
    model: str
    registry: Path | None
    threads: int
    confirm: float
    k: int
    n: int
    window_s: float
    negatives: Path
    unit: str


@runtime_checkable
class Seeing(Protocol):
    """A kind of node with an eye that can be calibrated."""

    def sight(self, config: Any) -> Sight:
        """Its eye, as configured. Raises ConfigError where this configuration holds for no electric bike."""


class Node(Protocol):
    """One kind of node. Registered as an entry point of the group `edge.nodes`."""

    @property
    def name(self) -> str:
        """`elevator`, `smoke` …"""

    @property
    def config_model(self) -> type[NodeOptions]:
        """The model of its YAML file."""

    @property
    def demo(self) -> Demo:
        """Its part in `edge demo`."""

    def check(self, config: Any) -> None:
        """What needs no hardware but more than the files: are the models there? Raises ModelError, `key: reason`."""

    def wire(self, config: Any, around: Surroundings) -> Wiring[Any, Any]:
        """Open the hardware. Raises DeviceError or ModelError with the cure in its text; leaves outputs safe."""

    def safe_steps(self, config: Any) -> Sequence[Json]:
        """The safe level of every output line, as steps for `edge.hw.safe_lines`; opens nothing."""
