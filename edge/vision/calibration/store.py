"""What a lift's calibration keeps on its device: the recorded pictures, what the model made of them, and the heads.

    calibration/recorded/pram/0001-000400.jpg   recording 1, 0.4 s after its start
    calibration/seen/pram-1f0c….npz             logits and features by the model file with this hash: a cache
    calibration/head-0002.npz                   in use: the highest number; the lower ones are there to go back to

Pictures of people: readable by the node's user alone, bounded in size, never sent anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from edge.core.errors import ConfigError, StorageError
from edge.vision.arrays import Image
from edge.vision.calibration.head import Head, read_head
from edge.vision.picture import encode
from edge.vision.store import Store

FOLDER = "calibration"
GROUP_BYTES = 25_000_000
PICTURE_BYTES = 120_000
MAX_SIDE_PX = 640
QUALITY = 90
HEADS = 5
PICTURE = re.compile(r"(\d{4})-(\d{6})\.jpg")
HEAD = re.compile(r"head-(\d{4})\.npz")
FOR_EVER_S = float("inf")


class Calibrations:
    """The folder `calibration` under a node's `state_dir`. Reading makes nothing; a missing folder is an empty one."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / FOLDER

    # ── recordings ───────────────────────────────────────────────────────────────────────────────────────────────
    def groups(self) -> dict[str, list[Path]]:
        """The recorded pictures by group, in the order of time."""
        found: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(self.folder.glob("recorded/*/*.jpg")):
            if PICTURE.fullmatch(path.name):
                found[path.parent.name].append(path)
        return dict(found)

    def recorder(self, group: str) -> Recorder:
        """Where a new recording of `group` goes. Raises StorageError."""
        folder = self._private("recorded", group)
        numbers = [int(match[1]) for path in folder.iterdir() if (match := PICTURE.fullmatch(path.name))]
        if max(numbers, default=0) >= 9999:
            raise ConfigError(f"{folder}: no recording numbers are left: forget this group and record it again")
        return Recorder(Store(folder, GROUP_BYTES, FOR_EVER_S), max(numbers, default=0) + 1)

    def forget(self, group: str) -> int:
        """Remove all of a group; returns how many pictures there were. Raises StorageError."""
        paths = self.groups().get(group, [])
        self._remove([*paths, *self.folder.glob(f"seen/{group}-*.npz")])
        return len(paths)

    # ── heads ────────────────────────────────────────────────────────────────────────────────────────────────────
    def heads(self) -> list[Path]:
        """The kept heads, the one in use last."""
        return sorted(path for path in self.folder.glob("head-*.npz") if HEAD.fullmatch(path.name))

    def add(self, head: Head) -> Path:
        """Take a head into use; the oldest beyond five go. Raises StorageError."""
        there = self.heads()
        number = int(HEAD.fullmatch(there[-1].name)[1]) + 1 if there else 1  # type: ignore[index]
        path = self._write(self._private() / f"head-{number:04d}.npz", head.to_bytes())
        self._remove(self.heads()[:-HEADS])
        return path

    def undo(self) -> Path | None:
        """Take the head in use out of it; returns the one that is now in use (None: the model by itself).

        Raises ConfigError when there is none to undo, StorageError.
        """
        there = self.heads()
        if not there:
            raise ConfigError(f"{self.folder}: nothing to undo: this lift has no calibration")
        self._remove(there[-1:])
        return there[-2] if len(there) > 1 else None

    def current(self) -> Head | None:
        """The head in use. Raises ModelError: damaged, or unreadable."""
        there = self.heads()
        return read_head(there[-1]) if there else None

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────
    def cache(self, group: str, model_sha256: str) -> Path:
        """Where a model's view of a group is kept."""
        return self.folder / "seen" / f"{group}-{model_sha256[:16]}.npz"

    def keep(self, path: Path, data: bytes) -> Path:
        """Write a file of the cache, whole or not at all; other models' views of the group go. Raises StorageError."""
        self._private("seen")
        group = path.name.rpartition("-")[0]
        self._remove([old for old in path.parent.glob(f"{group}-*.npz") if old != path])
        return self._write(path, data)

    def _private(self, *parts: str) -> Path:
        folder = self.folder
        try:
            for step in (folder, *(folder.joinpath(*parts[: n + 1]) for n in range(len(parts)))):
                step.mkdir(mode=0o700, parents=True, exist_ok=True)
                step.chmod(0o700)
        except OSError as error:
            raise StorageError(error.errno, f"{error.filename}: cannot be made or used: {error.strerror}") from error
        return folder.joinpath(*parts)

    def _write(self, path: Path, data: bytes) -> Path:
        try:
            return Store(path.parent, 0, FOR_EVER_S).write(path.name, data)
        except OSError as error:
            raise StorageError(error.errno, f"{path}: cannot be written: {error.strerror}") from error

    def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:  # noqa: PERF203 - each names its file
                raise StorageError(error.errno, f"{path}: cannot be removed: {error.strerror}") from error


class Recorder:
    """Takes the pictures of one recording; of a group's, the oldest beyond 25 MB go."""

    def __init__(self, store: Store, number: int) -> None:
        self._store, self._number = store, number
        self.count = 0

    def take(self, image: Image, at_s: float) -> Path:
        """Keep a picture (H×W×3 RGB) taken `at_s` after the recording's start. Raises StorageError, FrameError."""
        data = encode(image, MAX_SIDE_PX, QUALITY, PICTURE_BYTES)
        name = f"{self._number:04d}-{min(round(at_s * 1000), 999_999):06d}.jpg"
        try:
            self._store.prune(None, len(data))
            path = self._store.write(name, data)
        except OSError as error:
            raise StorageError(
                error.errno, f"{self._store.folder / name}: cannot be written: {error.strerror}"
            ) from error
        self.count += 1
        return path


def place(path: Path) -> tuple[int, float]:
    """Number of the recording and seconds after its start, from a recorded picture's name."""
    match = PICTURE.fullmatch(path.name)
    if match is None:
        raise ValueError(f"{path} is not the name of a recorded picture")
    return int(match[1]), int(match[2]) / 1000


def negatives(folder: Path, unlabelled: bool = False) -> tuple[dict[str, list[Path]], int]:
    """The released false holds (EL-10) in `folder`, by the label that staff gave, and how many were left out.

    Left out are those that staff called an electric bike and, unless `unlabelled` asks for them, those without a label:
    whoever turns the key may have let a real bike ride, and learning from that would make the lift blind to it.
    """
    found: dict[str, list[Path]] = defaultdict(list)
    left_out = 0
    for path in sorted(folder.glob("*/*.jpg")):
        label = path.parent.name
        if label in ("ebike", "motorcycle") or (label == "unlabelled" and not unlabelled):
            left_out += 1
        else:
            found[label].append(path)
    return dict(found), left_out
