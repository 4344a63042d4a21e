"""The log of a training run, one JSON object a line, and its curves as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOG, CURVES = "run.jsonl", "curves.png"


def told(figure: str) -> str:
    """`recall_5` → `recall at 5 % false alarms`."""
    name, _, share = figure.partition("_")
    return f"{name} at {share} % false alarms" if share else name


class RunLog:
    """`run.jsonl` in a run's folder. Every line has `step`; lines with `loss` are training, with `auc` evaluation."""

    def __init__(self, folder: Path, from_step: int = 0) -> None:
        """Keep the lines up to `from_step`, where the run resumes; what came after it is written again."""
        self._folder = folder
        self.lines: list[dict[str, Any]] = []
        if from_step and (folder / LOG).exists():
            written = (folder / LOG).read_text(encoding="utf-8").splitlines()
            # a line cut short by a crash has no closing brace
            self.lines = [json.loads(line) for line in written if line.endswith("}")]
            self.lines = [line for line in self.lines if line["step"] <= from_step]
        text = "".join(json.dumps(line) + "\n" for line in self.lines)
        (folder / LOG).write_text(text, encoding="utf-8")

    def add(self, **line: Any) -> None:
        """Append one line."""
        self.lines.append(line)
        with (self._folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def draw(self) -> Path:
        """Draw loss, learning rate and, where there is one, the development set's figures over the steps."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(10, 7), layout="constrained")
        FigureCanvasAgg(figure)
        above, below = figure.subplots(2, 1, sharex=True)
        losses = [line for line in self.lines if "loss" in line]
        steps = [line["step"] for line in losses]
        above.plot(steps, [line["loss"] for line in losses], label="training loss")
        above.set_ylabel("loss")
        rate = above.twinx()
        rate.plot(steps, [line["rate"] for line in losses], color="grey", linestyle=":", label="learning rate")
        rate.set_ylabel("learning rate")
        judged = [line for line in self.lines if "auc" in line]
        for key in ("auc", "recall_5", "recall_2", "recall_1"):
            values = [float("nan") if line[key] is None else line[key] for line in judged]
            below.plot([line["step"] for line in judged], values, marker="o", label=told(key))
        below.set_xlabel("step")
        below.set_ylabel("development set, hard negatives")
        below.set_ylim(0, 1.02)
        for axes in (above, below):
            axes.grid(alpha=0.3)
            if axes.get_legend_handles_labels()[0]:
                axes.legend(loc="best")
        figure.savefig(self._folder / CURVES, dpi=110)
        return self._folder / CURVES
