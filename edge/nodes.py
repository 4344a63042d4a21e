"""The kinds of node that are installed: entry points of the group `edge.nodes`, so that `edge` imports no node."""

from __future__ import annotations

from importlib.metadata import entry_points

from edge.core.errors import ConfigError
from edge.core.node import Node

GROUP = "edge.nodes"


def kinds() -> list[str]:
    """Names of the installed kinds."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def find(kind: str) -> Node:
    """The node of a kind. Raises ConfigError naming what is installed."""
    for entry in entry_points(group=GROUP):
        if entry.name == kind:
            node: Node = entry.load()
            return node
    raise ConfigError(f"no node kind '{kind}' in this release; installed: {', '.join(kinds()) or 'none'}")
