"""Average the weights of runs: `python -m edge.vision.training.average OUT.npz RUN.npz RUN.npz …`.

Runs that started from the same weights lie in one valley; their middle does better on other sites than each of them
(Wortsman et al. 2022, arXiv:2203.05482).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from edge.core.errors import ModelError
from edge.vision.training.run_weights import read_run, write_run


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and average. Exit code 2: it could not be done, and why is on standard error."""
    parser = argparse.ArgumentParser(prog="python -m edge.vision.training.average", description="Average runs.")
    parser.add_argument("out", type=Path, help="the .npz file to write")
    parser.add_argument("runs", type=Path, nargs="+", help="best.npz or last.npz of runs")
    options = parser.parse_args(arguments)
    try:
        average(options.out, options.runs)
    except (ModelError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False, style="red")
        return 2
    return 0


def average(out: Path, runs: Sequence[Path]) -> None:
    """Write the mean of the runs' weights; `about` is the first one's, without its figures.

    Raises ModelError for runs of other classes or shapes.
    """
    about, first = read_run(runs[0])
    total = {name: np.asarray(weight, np.float64) for name, weight in first.items()}
    for path in runs[1:]:
        other, weights = read_run(path)
        if other["classes"] != about["classes"]:
            raise ModelError(f"{path} has the classes {other['classes']}, {runs[0]} {about['classes']}.")
        for name in total:
            total[name] += weights[name]
    mean = {name: (weight / len(runs)).astype(np.float32) for name, weight in total.items()}
    write_run(out, about | {"development": {}, "averaged": len(runs)}, mean)


if __name__ == "__main__":
    sys.exit(main())
