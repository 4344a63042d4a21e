"""A Node and its configuration → a running process.

Exit codes: 0 asked to stop; 1 a worker died or a device is missing (systemd starts it again); 78 (EX_CONFIG) wrong
configuration or model: starting again would not help.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import click

from edge import config, journal, nodes, safe
from edge.core.clock import SystemClock, boot_id
from edge.core.errors import ConfigError, DeviceError, EdgeError, ModelError
from edge.core.loop import Loop
from edge.core.messages import Json, Message, Reading, Stop, WorkerDied
from edge.core.node import Node, Surroundings
from edge.core.notify import notifier
from edge.core.supervisor import Supervisor
from edge.hw.safe_lines import drive
from edge.wire.events import Sealer
from edge.wire.options import SiteOptions
from edge.wire.outbox import Outbox
from edge.wire.recorder import WireRecorder
from edge.wire.uplink import Uplink

log = logging.getLogger(__name__)


def load(node: Node, path: Path) -> tuple[Any, SiteOptions]:
    """A node's file and the site's that it names. Raises ConfigError with every error of both."""
    options = config.load(path, node.config_model)
    if not options.site.exists():
        cure = "copy config/site.yaml there and mend it, or correct the path"
        raise ConfigError(config.place(path, f"site: {options.site}: file not found; {cure}"))
    return options, config.load(options.site, SiteOptions)


def run(node: Node, path: Path) -> int:
    """Run a node until SIGTERM, SIGINT or the death of a worker; returns the exit code. Outputs are safe afterwards."""
    faulthandler.enable()  # the watchdog's SIGABRT then tells where every thread hung
    options, site = load(node, path)
    notify = notifier()
    clock = SystemClock()
    inbox: SimpleQueue[Message] = SimpleQueue()
    with suppress(OSError):  # the outbox tells what the disk refuses, and the node protects all the same
        options.state_dir.mkdir(parents=True, exist_ok=True)
    boot = boot_id()

    def fault(component: str, text: str | None) -> None:
        inbox.put(Reading(component, None if text else True, clock.now(), text))

    outbox = Outbox(options.state_dir, site.outbox, clock, boot, fault)
    around = Surroundings(clock, inbox.put, options.state_dir, outbox.image)
    supervisor = Supervisor(clock, inbox.put, notify)
    with _ends_on(inbox):
        with _placed(path):
            wiring = node.wire(options, around)
        try:
            _note(path, node.safe_steps(options))
            birth = {
                "kind": node.name,
                "version": version("edge-node"),
                "config": config.fingerprint(options),
                "capabilities": wiring.capabilities,
            }
            uplink = Uplink(
                site, options.device, outbox, clock, boot_id=boot, birth=birth, post=inbox.put, on_fault=fault
            )
            recorder = WireRecorder(Sealer(site, options.device, clock, boot), outbox, uplink)
            for resumed in outbox.open_episodes():
                inbox.put(resumed)
            supervisor.start([outbox.worker, uplink.worker])
            supervisor.start(wiring.workers)
            notify("READY=1")
            log.info("%s %s runs", node.name, options.device, extra={"EVENT": "node.ready"})
            return Loop(wiring, inbox, clock, recorder, supervisor).run()
        finally:
            wiring.outputs.safe()
            notify("STOPPING=1")
            supervisor.stop()


def _note(path: Path, steps: Sequence[Json]) -> None:
    try:
        safe.note(path, steps)
    except OSError as error:
        text = "the safe levels could not be noted (%s): after a crash they are taken from %s, more slowly"
        log.warning(text, error, path, extra={"EVENT": "safe.not_noted"})


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """An error that begins with a key of the configuration is told with its file and line."""
    try:
        yield
    except (ConfigError, ModelError, DeviceError) as wrong:
        raise type(wrong)("\n".join(config.place(path, line) for line in str(wrong).splitlines())) from wrong


@contextmanager
def _ends_on(inbox: SimpleQueue[Message]) -> Iterator[None]:
    """Signals and the death of any thread become messages."""

    def asked(number: int, _frame: object) -> None:
        inbox.put(Stop(signal.Signals(number).name))

    def died(failed: threading.ExceptHookArgs) -> None:
        name = failed.thread.name if failed.thread else "unknown"
        inbox.put(WorkerDied(name, f"{failed.exc_type.__name__}: {failed.exc_value}"))

    before = {number: signal.signal(number, asked) for number in (signal.SIGTERM, signal.SIGINT)}
    hook, threading.excepthook = threading.excepthook, died
    try:
        yield
    finally:
        threading.excepthook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def command_of(kind: str) -> Callable[[], None]:
    """The command of a kind of node: `run`, `check` and `safe`, each with a configuration file."""

    @click.group(help=f"The {kind} node's daemon.", context_settings={"help_option_names": ["-h", "--help"]})
    @click.version_option(package_name="edge-node")
    def command() -> None:
        pass

    file = click.argument("path", metavar="CONFIG", type=click.Path(path_type=Path))

    @command.command("run", help="Run until stopped.")
    @file
    def _run(path: Path) -> None:
        _exit(lambda: _logged_run(kind, path))

    @command.command("check", help="Check CONFIG, its site file and its models; touches no hardware.")
    @file
    def _check(path: Path) -> None:
        _exit(lambda: check(nodes.find(kind), path))

    @command.command("safe", help="Drive every output to its safe state (for ExecStopPost).")
    @file
    def _safe(path: Path) -> None:
        _exit(lambda: make_safe(kind, path))

    return command


def _logged_run(kind: str, path: Path) -> int:
    journal.setup(kind)
    return run(nodes.find(kind), path)


def check(node: Node, path: Path) -> int:
    """Load both files and check what needs no hardware, the models among it; says which device they describe."""
    options, site = load(node, path)
    with _placed(path):
        node.check(options)
    click.echo(f"{path}: {node.name} {options.device} at {site.site}: correct")
    return 0


def make_safe(kind: str, path: Path) -> int:
    """Outputs safe from a fresh process that found no note of `edge.safe`. The site file may be wrong."""
    journal.setup(kind)
    node = nodes.find(kind)
    drive(node.safe_steps(config.load(path, node.config_model)))
    return 0


def _exit(work: Callable[[], int]) -> None:
    """Every error that a technician can mend ends in one clear line on stderr and an exit code, not in a traceback."""
    try:
        code = work()
    except (ConfigError, ModelError) as wrong:
        _tell(wrong, "node.misconfigured")
        code = os.EX_CONFIG
    except (EdgeError, OSError) as failed:
        _tell(failed, "node.failed")
        code = 1
    logging.shutdown()
    sys.exit(code)


def _tell(error: Exception, event: str) -> None:
    """One journal record a line, so that each can be searched for; plain text where no log was set up."""
    for line in str(error).splitlines():
        if logging.getLogger().handlers:
            log.critical("%s", line, extra={"EVENT": event})
        else:
            click.echo(line, err=True)
