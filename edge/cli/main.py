"""`edge`: the technician's command."""

from __future__ import annotations

import sys

import click

from edge.cli.check import check
from edge.cli.demo import demo
from edge.cli.vision import vision
from edge.core.errors import EdgeError


class _Edge(click.Group):
    """Errors that a technician can mend end in their own text and exit code 1, not in a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except EdgeError as wrong:
            click.echo(str(wrong), err=True)
            sys.exit(1)


@click.group(cls=_Edge, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="edge-node")
def main() -> None:
    """The technician's tool for edge nodes."""


for command in (check, demo, vision):
    main.add_command(command)
