"""What goes out in which order, without a broker: the sender's own turns on a link that keeps what it is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.clock import SystemClock
from edge.core.supervisor import Supervisor
from edge.wire.events import Sealer
from edge.wire.link import Acked
from edge.wire.options import OutboxOptions
from edge.wire.outbox import Outbox
from edge.wire.rows import ImageRow
from edge.wire.sender import Sender
from edge.wire.topics import Topics
from tests.wire.support import BOOT, event, site, until


class Kept:
    """A link that is open and keeps the topics."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    def publish(self, topic: str, payload: bytes, **more: Any) -> int:
        self.topics.append(topic)
        return len(self.topics)


@pytest.mark.req("EL-8")
def test_a_picture_never_overtakes_its_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are committed just as the sender, which found no event waiting, looks for pictures."""
    (tmp_path / "one.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    clock = SystemClock()
    outbox = Outbox(tmp_path / "d", OutboxOptions(), clock, BOOT, lambda component, text: None)
    supervisor = Supervisor(clock, lambda message: None, lambda state: None)
    supervisor.start([outbox.worker])
    watching, link = outbox.reader(), Kept()
    sender = Sender(
        site(), Topics("community", "guojigang", "elevator-3-2"), outbox, clock, lambda component, text: None
    )
    look = sender._reader.image

    def commit_then_look(after: int) -> ImageRow | None:
        if not watching.depth().images:
            sealed = Sealer(site(), "elevator-3-2", clock, BOOT).seal(event(0, picture=True), drill=False)
            outbox.put(sealed)
            outbox.image(sealed.id, "car", tmp_path / "one.jpg")
            until(lambda: watching.depth().images == 1)
        return look(after)

    try:
        monkeypatch.setattr(sender._reader, "image", commit_then_look)
        sender.opened(link, None)  # type: ignore[arg-type]
        sender.turn()
        for mid in range(1, len(link.topics) + 1):
            sender.acked(Acked(link, mid, True, ""))  # type: ignore[arg-type]
        sender.turn()
        sent = [topic.split("/")[-2] for topic in link.topics if "event" in topic or "image" in topic]
        assert sent == ["event", "image"]
    finally:
        watching.close()
        supervisor.stop()
