"""labels.jsonl as a ledger: which frames are done, kept in order, safe against a torn last line. Pure files."""

from __future__ import annotations

import json
import os
from pathlib import Path


def picture_name(number: int) -> str:
    """The file of a frame."""
    return f"{number:06d}.jpg"


def finished(folder: Path) -> dict[str, str]:
    """file -> its line, for every whole line whose picture is there."""
    path = folder / "labels.jsonl"
    done: dict[str, str] = {}
    if not path.exists():
        return done
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            file = json.loads(line)["file"]
        except (ValueError, KeyError, TypeError):
            continue  # torn when a run was stopped: the frame is drawn again
        if (folder / file).exists():
            done[file] = line
    return done


def rewrite(folder: Path, done: dict[str, str]) -> None:
    """Write the ledger in the order of the files, at once or not at all."""
    draft = folder / "labels.jsonl.draft"
    draft.write_text("".join(done[file] + "\n" for file in sorted(done)), encoding="utf-8")
    os.replace(draft, folder / "labels.jsonl")
