"""The development set during training: pictures that are never trained on, judged as `edge vision eval` judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import torch

from edge.core.errors import ConfigError
from edge.vision import picture
from edge.vision.arrays import Image
from edge.vision.listing import read_list
from edge.vision.metrics import FALSE_ALARMS, report
from edge.vision.training.dataset import Record
from edge.vision.training.network import to_input
from edge.vision.training.samples import fit

BATCH = 32
JUDGED_AS = {
    "ebike": "ebike",
    "motorcycle": "motorcycle",
    "bicycle": "bicycle",
    "wheelchair": "wheelchair",
    "pram": "stroller",
}
"""A class as a label of `metrics.group`."""


@dataclass(frozen=True)
class Development:
    """Pictures at the network's size (about 200 kB each, kept in memory) and their labels."""

    pictures: Sequence[Image]
    labels: Sequence[Sequence[str]]

    @classmethod
    def read(cls, path: Path, root: Path, side: int, where: Mapping[str, Sequence[str]] | None = None) -> Development:
        """From a TSV list (`edge.vision.listing`). Raises ConfigError for a faulty line, FrameError for a picture."""
        items, problems = read_list(path, where)
        if problems or not items:
            first = f"{problems[0].where}: {problems[0].why}" if problems else f"{path}: no line was chosen"
            raise ConfigError(f"the development list cannot be used: {first}")
        return cls([fit(picture.read(root / item.file), side) for item in items], [item.labels for item in items])

    @classmethod
    def of(cls, records: Sequence[Record], side: int) -> Development:
        """From records that were held out, judged by their classes. Raises FrameError for a picture."""
        return cls(
            [fit(picture.read(record.path), side) for record in records],
            [(JUDGED_AS.get(record.target or "", "scene"),) for record in records],
        )

    def judge(self, network: Any, ebike: int) -> dict[str, float | None]:
        """AUC and recalls against the hard negatives (`recall_1`: at 1 % false alarms); None where undefined.

        `ebike`: the class's number.
        """
        network.eval()
        scores: list[float] = []
        with torch.no_grad():
            for start in range(0, len(self.pictures), BATCH):
                logits, _ = network(to_input(self.pictures[start : start + BATCH]))
                scores += logits.softmax(1)[:, ebike].tolist()
        hard = report(scores, self.labels).against[0]
        figures = {"auc": hard.auc} | {
            f"recall_{share * 100:.0f}": value for share, value in zip(FALSE_ALARMS, hard.recalls, strict=True)
        }
        return {name: round(value, 4) if isfinite(value) else None for name, value in figures.items()}
