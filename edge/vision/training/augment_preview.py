"""A contact sheet of augmented pictures, to be judged by eye before hours of training.

python -m edge.vision.training.augment_preview --data FOLDER [--data RENDERED] --out sheet.png
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import cv2
import numpy as np
from rich.progress import track

from edge.core.errors import ConfigError, EdgeError
from edge.core.messages import Detection
from edge.vision import picture
from edge.vision.arrays import Image
from edge.vision.training.augment_recipe import Mixer, Recipe, Sample
from edge.vision.training.dataset import TARGETS, Record, read, select

BAR_PX = 16


def tile(sample: Sample, size: int) -> Image:
    """One sample with its boxes, under a bar that says its class, how it was made and of what kind of picture."""
    seen = tuple(Detection(b.label, 1.0, (b.left, b.top, b.right, b.bottom)) for b in sample.boxes)
    drawn = cv2.resize(picture.draw(sample.image, seen), (size, size), interpolation=cv2.INTER_AREA)
    bar = np.full((BAR_PX, size, 3), 30, np.uint8)
    text = f"{sample.target}: {sample.way} ({sample.record.kind})"
    cv2.putText(bar, text, (3, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1, cv2.LINE_AA)
    return np.vstack([bar, drawn]).astype(np.uint8)


def sheet(mixer: Mixer, rows: int, columns: int, epoch: int = 0, size: int = 200) -> Image:
    """`rows` × `columns` samples, each class as often as the others; `size` in pixels each."""
    order = mixer.schedule(epoch, rows * columns, dict.fromkeys(TARGETS, 1.0))
    tiles = [
        tile(mixer.sample(index, epoch, repeat), size)
        for repeat, index in enumerate(track(order, description="Augmenting", transient=True))
    ]
    return np.vstack([np.hstack(tiles[row * columns : (row + 1) * columns]) for row in range(rows)])


@click.command()
@click.option(
    "--data",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    required=True,
    help="Folder with MANIFEST.tsv or labels.jsonl; may be given more than once.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PNG to write.")
@click.option("--topic", default="ebike", show_default=True, help="Rows of this topic.")
@click.option(
    "--part",
    "parts",
    multiple=True,
    default=("train", "train-extra", "render"),
    show_default=True,
    help="Rows of a part.",
)
@click.option("--rows", type=click.IntRange(1, 50), default=6, show_default=True)
@click.option("--columns", type=click.IntRange(1, 50), default=8, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
def preview(
    folders: Sequence[Path],
    out: Path,
    topic: str,
    parts: Sequence[str],
    rows: int,
    columns: int,
    seed: int,
) -> None:
    """Write a contact sheet of what the recipe makes of the pictures."""
    records: list[Record] = []
    try:
        for folder in folders:
            found, problems = read(folder)
            for problem in problems:
                click.echo(f"{problem.where}: {problem.why}", err=True)
            records += select(found, topic=topic, parts=parts)
        if not records:
            raise ConfigError(
                f"no picture of topic {topic!r} and part {', '.join(parts)} in {', '.join(map(str, folders))}"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        drawn = sheet(Mixer(records, Recipe(seed=seed)), rows, columns)
    except (EdgeError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if not cv2.imwrite(str(out), drawn[..., ::-1]):
        raise click.ClickException(f"{out} cannot be written; choose another folder and a name that ends in .png")
    click.echo(f"{rows * columns} samples of {len(records)} pictures: {out}")


if __name__ == "__main__":
    preview()
