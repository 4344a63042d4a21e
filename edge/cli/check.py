"""`edge check`: configuration files of any installed node, every error at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edge import config, daemon, nodes
from edge.core.errors import ConfigError, ModelError


@click.command()
@click.argument("paths", metavar="CONFIG...", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Check node files, the site files and models they name; touches no hardware. Exit code 1 when any is wrong."""
    wrong = 0
    for path in paths:
        try:
            kind = config.parse(path).data.get("node")
            if kind is None:
                raise ConfigError(f"{path}:1: node: missing; add the kind of node ({', '.join(nodes.kinds())})")
            daemon.check(nodes.find(str(kind)), path)
        except (ConfigError, ModelError) as error:  # noqa: PERF203 - all files, all errors
            click.echo(str(error), err=True)
            wrong += 1
    sys.exit(1 if wrong else 0)
