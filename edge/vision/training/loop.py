"""One training run in a folder: steps, log, evaluations, checkpoints that resume."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from edge.core.errors import ConfigError
from edge.vision.training.dataset import TARGETS
from edge.vision.training.development import Development
from edge.vision.training.hyperparameters import Hyperparameters
from edge.vision.training.network import EbikeNet
from edge.vision.training.optimise import Learner
from edge.vision.training.run_weights import write_run
from edge.vision.training.runlog import RunLog, told
from edge.vision.training.samples import Sample, Samples

CHECKPOINT, BEST, LAST = "checkpoint.pt", "best.npz", "last.npz"


@dataclass(frozen=True)
class Schedule:
    """When a run looks up from its work, in steps. `stop`: end there, as if interrupted."""

    log: int = 10
    save: int = 100
    judge: int = 0
    """0: after each epoch."""
    stop: int | None = None


def train(
    samples: Samples,
    network: EbikeNet,
    settings: Hyperparameters,
    folder: Path,
    classes: Sequence[str] = TARGETS,
    development: Development | None = None,
    schedule: Schedule | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train `network` on `samples`, everything written into `folder`; gives the last evaluation's figures, or {}.

    A resumed run sees the same samples in the same order with the same dropout as one that was never interrupted.
    Raises ConfigError when the folder holds another run, or none to resume.
    """
    schedule = schedule or Schedule()
    ebike = list(classes).index("ebike")
    per_epoch = max(1, len(samples) // settings.batch)
    learner = Learner(network, settings, samples.counts, settings.epochs * per_epoch)
    identity = {"hyperparameters": asdict(settings), "classes": list(classes), "samples": len(samples)}
    best, losses = _open(folder, learner, identity, resume)
    log = RunLog(folder, learner.step)
    figures: dict[str, Any] = {}
    began = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("training", total=learner.steps, completed=learner.step)
        for batch in _batches(samples, settings, per_epoch, learner.step):
            rate = learner.rate
            losses.append(learner.learn(batch))
            step = learner.step
            last = step == learner.steps
            progress.update(
                bar, completed=step, description=f"epoch {(step - 1) // per_epoch + 1}, loss {losses[-1]:.3f}"
            )
            if step % schedule.log == 0 or last:
                spent = round(time.monotonic() - began, 1)
                log.add(step=step, loss=round(sum(losses) / len(losses), 5), rate=rate, seconds=spent)
                losses = []
            if step % (schedule.judge or per_epoch) == 0 or last:
                if development is not None:
                    figures = development.judge(learner.averaged(), ebike)
                    log.add(step=step, epoch=round(step / per_epoch, 2), **figures)
                    listed = ", ".join(f"{told(name)} {value}" for name, value in figures.items())
                    progress.console.print(f"step {step}: {listed}")
                if development is None or (figures["auc"] or 0.0) > best:
                    best = (figures.get("auc") or 0.0) if development is not None else best
                    _save_weights(folder / BEST, learner, identity, figures)
                log.draw()
            if step % schedule.save == 0 or step % per_epoch == 0 or step == schedule.stop:
                _save(folder / CHECKPOINT, {"identity": identity, "best": best, "losses": losses} | learner.state())
            if step == schedule.stop:
                return figures
    _save_weights(folder / LAST, learner, identity, figures)
    return figures


def _batches(samples: Samples, settings: Hyperparameters, per_epoch: int, step: int) -> Iterator[list[Sample]]:
    """The batches from a step on; what is left over at an epoch's end is dropped."""
    for epoch in range(step // per_epoch, settings.epochs):
        first = step % per_epoch if epoch == step // per_epoch else 0
        stream = iter(samples.epoch(epoch, first * settings.batch))
        for _ in range(first, per_epoch):
            yield list(islice(stream, settings.batch))


def _open(folder: Path, learner: Learner, identity: dict[str, Any], resume: bool) -> tuple[float, list[float]]:
    """A new folder, or the learner put back to its checkpoint; gives the best AUC so far (−1 before
    the first) and the losses since the last line of the log."""
    checkpoint = folder / CHECKPOINT
    if not resume:
        if checkpoint.exists():
            raise ConfigError(f"{folder} holds a run already. Go on with --resume, or name another folder.")
        folder.mkdir(parents=True, exist_ok=True)
        return -1.0, []
    if not checkpoint.exists():
        raise ConfigError(f"{checkpoint}: no such file, so there is nothing to resume. Leave --resume out.")
    state = torch.load(checkpoint, weights_only=True)
    for key, value in identity.items():
        if state["identity"][key] != value:
            raise ConfigError(
                f"{checkpoint} was made with {key} {state['identity'][key]}, now it is {value}. "
                "Resume with the same options and data, or name another folder."
            )
    learner.restore(state)
    return float(state["best"]), list(state["losses"])


def _save(path: Path, state: dict[str, Any]) -> None:
    """Whole or not at all: a crash leaves the one before."""
    fresh = path.with_suffix(".new")
    torch.save(state, fresh)
    os.replace(fresh, path)


def _save_weights(path: Path, learner: Learner, identity: dict[str, Any], figures: dict[str, Any]) -> None:
    about = identity | {"step": learner.step, "development": figures}
    write_run(path, about, learner.averaged_weights())
