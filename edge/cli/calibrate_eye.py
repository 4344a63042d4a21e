"""What every step of `edge vision calibrate` needs: the node's eye, its store, its pictures."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge import config, nodes
from edge.core.clock import Clock
from edge.core.errors import ConfigError, DeviceError, DeviceOffline, FrameError
from edge.core.node import Seeing, Sight
from edge.hw.camera import NoFrame, open_camera
from edge.vision import picture
from edge.vision.arrays import Image
from edge.vision.calibration.figures import Rule
from edge.vision.calibration.samples import Samples
from edge.vision.calibration.store import Calibrations, negatives
from edge.vision.calibration.view import EVERY_S, View, require_features, together
from edge.vision.detector import Detector
from edge.vision.models import Entry, Registry

SILENT_S = 10.0
PICTURES = frozenset({".jpg", ".jpeg", ".png"})


@dataclass(frozen=True)
class Eye:
    """A node's eye and what was recorded of its lift."""

    sight: Sight
    entry: Entry
    store: Calibrations

    @property
    def rule(self) -> Rule:
        """What holds the door."""
        return Rule(self.sight.confirm, self.sight.k, self.sight.n, self.sight.window_s)

    def view(self) -> View:
        """The pictures as the shared model sees them, without this lift's head. Raises ModelError."""
        require_features(self.entry)
        return View(self.store, Detector(self.entry, self.sight.threads))


def open_eye(path: Path) -> Eye:
    """The eye that a node's file configures. Raises ConfigError, ModelError."""
    kind = config.parse(path).data.get("node")
    node = nodes.find(str(kind))
    options = config.load(path, node.config_model)
    if not isinstance(node, Seeing):
        raise ConfigError(f"{path}: node: a {kind} node has no eye, so there is nothing to calibrate")
    _require_owner(options.state_dir)
    sight = node.sight(options)
    return Eye(sight, Registry.load(sight.registry)[sight.model], Calibrations(options.state_dir))


def _require_owner(state_dir: Path) -> None:
    """Files of root's would be shut to the node: its folder is readable by its own user alone."""
    if os.geteuid() != 0 or not state_dir.exists() or (owner := state_dir.stat().st_uid) == 0:
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise ConfigError(
        f"{state_dir} belongs to {name}, who could not read what root records: sudo -u '{name}' edge vision calibrate …"
    )


def from_camera(
    sight: Sight, seconds: float, clock: Clock, told: Callable[[str], None]
) -> Iterator[tuple[Image, float]]:
    """Pictures of the node's own camera, each with its time (s) since the first, for so long.

    A single unreadable picture is told and passed by. Raises DeviceError when the camera cannot be opened (it says how
    to stop the node that may hold it), is silent for 10 s, or ends before its first picture.
    """
    camera = open_camera(sight.camera, clock)
    try:
        camera.open()
    except DeviceError as error:
        raise DeviceError(f"{error}. A running node holds its camera: systemctl stop {sight.unit}") from error
    first: float | None = None
    due_s, heard = 0.0, clock.now()
    try:
        while first is None or due_s <= seconds:
            try:
                frame = camera.read(1.0)
            except NoFrame as error:
                if clock.now() - heard > SILENT_S:
                    raise DeviceError(f"{error}. Is the camera connected? A running node holds it: systemctl stop "
                                      f"{sight.unit}") from error  # fmt: skip
                continue
            except FrameError as error:
                told(str(error))
                continue
            except DeviceOffline as error:
                if first is None:
                    raise
                told(f"{error}: the recording ends here")
                return
            heard = clock.now()
            first = frame.at if first is None else first
            if frame.at - first >= due_s:
                yield frame.image, frame.at - first
                due_s = frame.at - first + EVERY_S
    finally:
        camera.close()


def from_folder(folder: Path, told: Callable[[str], None]) -> Iterator[tuple[Image, float]]:
    """The pictures of a folder in the order of their names, as if taken every 0.4 s; an unreadable one is told.

    Raises ConfigError when there is none.
    """
    paths = pictures(folder)
    for number, path in enumerate(paths):
        try:
            yield picture.read(path), number * EVERY_S
        except FrameError as error:  # noqa: PERF203 - the others are good
            told(str(error))


def pictures(folder: Path) -> list[Path]:
    """JPEG and PNG files of a folder. Raises ConfigError when it has none."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read as a folder of pictures: {error.strerror}") from error
    if not found:
        raise ConfigError(f"{folder}: no .jpg or .png picture in this folder")
    return found


def recorded(eye: Eye, view: View, unlabelled: bool, tick: Callable[[], None]) -> tuple[Samples | None, int]:
    """All that is known of this lift, released false holds among it, and how many of those were left out."""
    released, left_out = negatives(eye.sight.negatives, unlabelled)
    parts = [view.recorded(name, paths, tick) for name, paths in eye.store.groups().items()]
    parts += [view.released(label, paths, tick) for label, paths in released.items()]
    return together(parts), left_out
