"""`edge demo`: one node's main job on this machine. Real broker, daemon and models; simulated pins and a clip."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import yaml
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table

from edge import nodes
from edge.cli.clip import assemble
from edge.cli.demo_desk import DESK, Desk
from edge.cli.demo_picture import Shot
from edge.core.errors import ConfigError
from edge.core.node import Node
from edge.wire.broker import LocalBroker

PATIENCE_S = 30.0


@click.command()
@click.argument("kind", default="elevator")
@click.option("--once", is_flag=True, help="Play one visit; exit 0 only if every event arrived and was acknowledged.")
@click.option("--clip", type=click.Path(exists=True, path_type=Path), help="A folder of frames or a video. [own clip]")
@click.option("--sound", default="null", show_default=True, help="ALSA device for the voice; `default` speaks aloud.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw the hold into this SVG file.")
def demo(kind: str, once: bool, clip: Path | None, sound: str, picture: Path | None) -> None:
    """Show a KIND of node at work: what it sees, does and tells. Ctrl-C ends it."""
    node = nodes.find(kind)
    with tempfile.TemporaryDirectory(prefix="edge-demo-") as name:
        sys.exit(_play(node, Path(name), once, clip or node.demo.clips / "ebike_visit", sound, picture))


def _play(node: Node, folder: Path, once: bool, clip: Path, sound: str, picture: Path | None) -> int:
    console, shot = Console(), Shot()
    if not console.is_terminal:
        console = Console(width=120)
    with LocalBroker(folder / "broker") as broker:
        path, length_s = _configure(node, folder, broker.port, once, clip, sound)
        options = yaml.safe_load(path.read_text())
        desk = Desk(f"community/1/demo/{options['device']}", broker.port)
        desk.open()
        with _daemon(node, path, folder) as process:
            done = _watch(console, desk, process, options, folder, length_s + PATIENCE_S if once else None, node, shot)
        desk.close()
    if picture:
        shot.write(picture, desk.picture, f"edge demo {node.name}")
    if not once:
        return 0
    lacks = desk.missing(node.demo.expected)
    queued = _queued(folder / "state" / "alarm.db")
    console.print(_summary(desk, folder / "pins.jsonl", options["relay"]["pin"]))
    if done and not lacks and not queued and process.returncode == 0:
        console.print("[green]Every expected event arrived, was acknowledged, and left the device's queue.[/]")
        return 0
    console.print(
        f"[red]Missing: {', '.join(lacks) or 'nothing'}; queued {queued}; daemon exit {process.returncode}[/]"
    )
    console.print((folder / "daemon.log").read_text()[-3000:], markup=False)
    return 1


def _configure(node: Node, folder: Path, port: int, once: bool, clip: Path, sound: str) -> tuple[Path, float]:
    options: dict[str, Any] = yaml.safe_load(node.demo.config.read_text(encoding="utf-8"))
    fps = float(options["camera"]["fps"])
    frames = assemble(clip, node.demo.clips / "ebike_visit", fps, folder / "clip")
    options["camera"] = {**options["camera"], "path": str(folder / "clip"), "loop": not once}
    if options["voice"]["driver"] == "aplay":
        options["voice"]["device"] = sound
    site = {
        "site": "demo",
        "broker": {"host": "127.0.0.1", "port": port},
        "audience": ["property"],
        "receivers": [DESK],
    }
    (folder / "site.yaml").write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    path = folder / f"{node.name}.yaml"
    path.write_text(yaml.safe_dump(options, allow_unicode=True), encoding="utf-8")
    return path, frames / fps


@contextmanager
def _daemon(node: Node, path: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon as a process of its own; ended by SIGTERM, as systemd does."""
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"{node.name}_node", "run", str(path)], stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _watch(
    console: Console,
    desk: Desk,
    process: subprocess.Popen[bytes],
    options: dict[str, Any],
    folder: Path,
    limit_s: float | None,
    node: Node,
    shot: Shot,
) -> bool:
    """Show the table until the visit is complete (True), the time is over or the daemon is gone (False)."""
    until = None if limit_s is None else time.monotonic() + limit_s
    try:
        with Live(console=console, refresh_per_second=5, transient=not console.is_terminal) as live:
            while process.poll() is None and (until is None or time.monotonic() < until):
                desk.news.wait(0.2)
                desk.news.clear()
                held = line_is_on(folder / "pins.jsonl", options["relay"]["pin"])
                screen = _screen(desk, held)
                live.update(screen)
                shot.offer(screen, held=held and bool(desk.states.get("car", {}).get("label")))
                if until is not None and not desk.missing(node.demo.expected):
                    return True
    except KeyboardInterrupt:
        return True
    return False


def line_is_on(trace: Path, pin: int) -> bool:
    """The level of a simulated output line, from the trace of what was really driven. Raises ConfigError: no trace."""
    try:
        lines = [json.loads(line) for line in trace.read_text().splitlines() if line.endswith("}")]
    except FileNotFoundError:
        return False
    except ValueError as wrong:
        raise ConfigError(f"{trace}: not a trace of pins: {wrong}") from wrong
    return next((bool(line["value"]) for line in reversed(lines) if line["pin"] == pin), False)


def _screen(desk: Desk, held: bool) -> Group:
    with desk.lock:
        car, door, voice = (desk.states.get(name, {}) for name in ("car", "door", "voice"))
        events = list(desk.events.values())[-10:]
        availability = desk.availability
    now = Table(show_header=False, box=None)
    now.add_row("device", availability)
    now.add_row("the car shows", f"{car.get('label') or 'nothing that must not ride'}  ({car.get('score', 0):.1f})")
    now.add_row("phase", str(car.get("phase", "starting")))
    now.add_row("door-hold relay", "[bold red]HOLD[/]" if held else "[green]free[/]")
    now.add_row("voice", str(voice.get("says") or "silent"))
    now.add_row("frame → hold p50 / p95", f"{door.get('frame_to_hold_ms_p50')} / {door.get('frame_to_hold_ms_p95')} ms")
    told = Table("seq", "event", "severity", "frame → hold ms", "picture", "acknowledged")
    for event in events:
        told.add_row(
            str(event.envelope["seq"]),
            event.kind,
            event.envelope["severity"],
            str(event.envelope["data"].get("frame_to_hold_ms", "")),
            f"{len(event.picture) // 1024} KiB" if event.picture else "",
            "yes" if event.acked_at else "",
        )
    return Group(Panel(now, title="lift"), Panel(told, title="duty desk"))


def _queued(database: Path) -> int:
    """How many events still wait in the device's outbox."""
    with closing(sqlite3.connect(database)) as outbox:
        return int(outbox.execute("SELECT count(*) FROM event").fetchone()[0])


def _summary(desk: Desk, trace: Path, pin: int) -> Group:
    lines = [json.loads(line) for line in trace.read_text().splitlines()] if trace.exists() else []
    held = [line["at"] for line in lines if line["pin"] == pin and line["value"]]
    text = f"the hold line was driven on {len(held)} time(s) and is now {'ON' if line_is_on(trace, pin) else 'off'}"
    return Group(_screen(desk, line_is_on(trace, pin)), text)
