"""README's picture of the demo, as SVG: the evidence of a visit beside the table while the door was held."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, RenderableType

from edge.core.errors import EdgeError

COLUMNS = 92
GAP_PX = 24
JPEG_SIZE = re.compile(rb"\xff[\xc0-\xc2]..\x08(..)(..)", re.DOTALL)
VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass
class Shot:
    """The moment to show: the last at which a bike held the door. Its picture comes to the desk a little later."""

    screen: RenderableType | None = None

    def offer(self, screen: RenderableType, *, held: bool) -> None:
        """Keep this moment if a bike holds the door in it."""
        if held:
            self.screen = screen

    def write(self, file: Path, jpeg: bytes, title: str) -> None:
        """Draw the moment and the picture into `file`. Raises EdgeError without either, OSError: cannot be written."""
        if self.screen is None:
            raise EdgeError("no picture: the door was never held; play a clip with an electric bike")
        file.write_text(compose(self.screen, jpeg, title), encoding="utf-8")


def compose(screen: RenderableType, jpeg: bytes, title: str) -> str:
    """One SVG: `jpeg` at the left, `screen` as a terminal at the right, equally high. Raises EdgeError: no JPEG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(screen)
    terminal = console.export_svg(title=title, unique_id="demo")
    view = VIEW.search(terminal)
    size = JPEG_SIZE.search(jpeg)
    if view is None or size is None:
        raise EdgeError("no picture: no JPEG arrived at the duty desk; see what is missing above")
    wide, high = float(view[1]), float(view[2])
    rows, columns = (int.from_bytes(side, "big") for side in size.groups())
    left = high * columns / rows
    total = left + GAP_PX + wide
    placed = terminal.replace("<svg ", f'<svg x="{left + GAP_PX:.0f}" y="0" width="{wide:.0f}" height="{high:.0f}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total:.0f} {high:.0f}">\n'
        f'<image width="{left:.0f}" height="{high:.0f}" '
        f'href="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"/>\n{placed}\n</svg>\n'
    )
