"""A folder of pictures that never outgrows its bounds and never holds half a file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TMP = ".tmp-"
COUNTS = "counts.json"


def safe_name(name: str) -> str:
    """`name` as a file name: letters, digits, `.`, `_` and `-`, never hidden, at most 80 long, never empty."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name).lstrip(".")[:80] or "unnamed"


@dataclass(frozen=True)
class _Kept:
    saved_at: float  # Unix time, s
    path: Path
    size: int


class Store:
    """Files of one suffix in `folder` (and, with `deep`, in the folders in it), bounded by bytes and by age."""

    def __init__(self, folder: Path, max_bytes: int, max_age_s: float, deep: bool = False) -> None:
        self.folder, self._max_bytes, self._max_age_s, self._deep = folder, max_bytes, max_age_s, deep

    def write(self, name: str, data: bytes) -> Path:
        """Write `folder/name` whole or not at all, on the disk when this returns. Raises OSError."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.parent / f"{TMP}{path.name}"
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        return path

    def prune(self, wall: float | None, room: int = 0) -> int:
        """Remove the oldest until `room` bytes fit in, and all older than the age. `wall` is Unix time, None when the
        clock cannot be trusted: such a clock must not delete evidence. Returns how many went; what will not go stays.
        """
        kept = sorted(self._files(), key=lambda file: (file.saved_at, file.path.name))
        total, gone = sum(file.size for file in kept) + room, 0
        for file in kept:
            if total > self._max_bytes or (wall is not None and wall - file.saved_at > self._max_age_s):
                try:
                    file.path.unlink()
                except OSError:
                    continue
                total -= file.size
                gone += 1
        return gone

    def sweep(self) -> None:
        """Remove what a power cut left half written; what will not go stays."""
        for path in self.folder.glob(f"**/{TMP}*" if self._deep else f"{TMP}*"):
            with suppress(OSError):
                path.unlink()

    def _files(self) -> Iterator[_Kept]:
        for path in self.folder.glob("*/*.jpg" if self._deep else "*.jpg"):
            try:
                status = path.lstat()
            except OSError:
                continue  # gone meanwhile, or unreadable: not ours to stumble over
            if path.is_file() and not path.name.startswith(TMP):
                yield _Kept(status.st_mtime, path, status.st_size)


class Counts:
    """How often each label was ever kept; survives a restart, and the removal of the files it counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.by_label: dict[str, int] = {}

    def load(self) -> str | None:
        """Read them; returns what was wrong when they had to be counted anew from the files."""
        try:
            data = json.loads((self._store.folder / COUNTS).read_bytes())
            self.by_label = {str(label): int(count) for label, count in data.items()}
            return None
        except (FileNotFoundError, NotADirectoryError):
            wrong = None
        except (OSError, ValueError, TypeError, AttributeError) as error:
            wrong = f"{type(error).__name__}: {error}"
        self.by_label = {}
        for file in self._store._files():
            label = file.path.parent.name
            self.by_label[label] = self.by_label.get(label, 0) + 1
        return wrong

    def add(self, label: str) -> None:
        """One more. Raises OSError when it cannot be saved; it counts all the same."""
        self.by_label[label] = self.by_label.get(label, 0) + 1
        self._store.write(COUNTS, json.dumps(self.by_label, sort_keys=True).encode())
