"""The console script of a kind of node. `safe` must be quick, so nothing else is imported before it was tried."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from edge.safe import drive_noted


def main_of(kind: str) -> Callable[[], None]:
    """`run`, `check` and `safe`, each with a configuration file; see `edge.daemon`."""

    def main() -> None:
        if sys.argv[1:2] == ["safe"] and len(sys.argv) == 3 and drive_noted(Path(sys.argv[2])):
            return
        from edge.daemon import command_of

        command_of(kind)()

    return main
