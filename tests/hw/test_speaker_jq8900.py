"""The serial voice module, on a pty: the maker's frames, and a port that goes away."""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from edge.core.clock import SystemClock
from edge.hw import speaker_jq8900
from edge.hw.announcer import Announcer
from edge.hw.speaker import SpeakerOptions, open_speaker
from edge.hw.speaker_jq8900 import STOP, play_frame
from tests.hw.support import Inbox, eventually, running


class Module:
    """The far end of the line, behind a stable name as udev gives one."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.heard = b""
        self.plug_in()

    def plug_in(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        os.close(self.master)
        os.close(self._slave)
        self.link.unlink()

    def hears(self, frame: bytes) -> bool:
        while select.select([self.master], [], [], 0)[0]:
            self.heard += os.read(self.master, 100)
        return self.heard == frame


@pytest.fixture
def module(tmp_path: Path) -> Iterator[Module]:
    there = Module(tmp_path / "voice")
    yield there
    if there.link.exists():
        there.unplug()


def open_on(module: Module, inbox: Inbox) -> Announcer:
    adapter: TypeAdapter[Any] = TypeAdapter(SpeakerOptions)
    options = {"driver": "jq8900", "port": str(module.link), "tracks": {"leave": 2, "bell": 300}}
    return open_speaker(adapter.validate_python(options), module.link.parent, SystemClock(), inbox)


def test_the_makers_frames() -> None:
    assert play_frame(2) == bytes.fromhex("AA 07 02 00 02 B5")
    assert bytes.fromhex("AA 04 00 AE") == STOP


@given(st.integers(1, 65535))
def test_every_frame_names_its_track_and_sums_up(track: int) -> None:
    frame = play_frame(track)
    assert (frame[:3], int.from_bytes(frame[3:5], "big")) == (b"\xaa\x07\x02", track)
    assert frame[5] == sum(frame[:5]) % 256


@pytest.mark.req("EL-3")
def test_prompts_reach_the_module(module: Module) -> None:
    inbox = Inbox()
    subject = open_on(module, inbox)
    with running([subject.worker()]):
        subject.say("leave")
        assert eventually(lambda: module.hears(play_frame(2)))
        subject.say("bell")
        assert eventually(lambda: module.hears(play_frame(2) + play_frame(300)))
        subject.stop()
        assert eventually(lambda: module.hears(play_frame(2) + play_frame(300) + STOP))
        subject.say("lost")
        assert eventually(lambda: "no track is named 'lost'; configured: leave, bell" in str(inbox.messages[-1]))
    assert inbox.values("speaker") == [True, None]


def test_an_unplugged_module_is_a_fault_until_it_is_back(module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_jq8900, "RETRY_S", 0.1)
    inbox = Inbox()
    subject = open_on(module, inbox)
    with running([subject.worker()]):
        assert eventually(lambda: inbox.values("speaker") == [True])
        module.unplug()
        subject.say("leave")
        assert eventually(lambda: inbox.values("speaker") == [True, None])
        assert str(module.link) in str(inbox.messages[-1])
        module.plug_in()
        assert eventually(lambda: inbox.values("speaker") == [True, None, True])
        module.heard = b""
        subject.say("leave")
        assert eventually(lambda: module.hears(play_frame(2)))
