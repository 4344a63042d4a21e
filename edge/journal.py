"""One line per event that a technician can read: journald with NODE=, EVENT=, COMPONENT=; stderr on a laptop."""

from __future__ import annotations

import logging
import os
import sys

from edge.core.errors import ConfigError


def setup(node: str, level: int = logging.INFO) -> None:
    """Send every log record to the journal, or to stderr where the journal does not listen.

    Raises ConfigError when the journal listens (JOURNAL_STREAM) and systemd-python is absent: fields would be lost.
    """
    handler = _journal(node) if _journal_listens() else _stderr(node)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)


def _journal_listens() -> bool:
    # systemd.exec(5): JOURNAL_STREAM holds device:inode of the stream; compare, since children inherit the variable.
    try:
        stat = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"


def _journal(node: str) -> logging.Handler:
    try:
        from systemd.journal import JournalHandler
    except ImportError as absent:
        cure = "install Debian's python3-systemd or `pip install 'edge-node[journal]'`"
        raise ConfigError(f"the journal listens but systemd-python is not installed: {cure}") from absent
    handler: logging.Handler = JournalHandler(NODE=node, SYSLOG_IDENTIFIER=f"{node}-node")
    handler.addFilter(_component)
    return handler


def _stderr(node: str) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_component)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s {node} %(levelname)-7s %(COMPONENT)s: %(message)s  [%(EVENT)s]")
    )
    return handler


def _component(record: logging.LogRecord) -> bool:
    """Every record has both fields, so that `journalctl COMPONENT=…` misses nothing."""
    record.__dict__.setdefault("COMPONENT", record.name.rpartition(".")[2])
    record.__dict__.setdefault("EVENT", "log")
    return True
