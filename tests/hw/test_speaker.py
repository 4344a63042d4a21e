"""Prompts: synthesised once, played one at a time, newest first; and every way in which a voice is missing."""

from __future__ import annotations

import itertools
import os
import shutil
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from edge.core.clock import SystemClock
from edge.hw import speaker_aplay
from edge.hw.announcer import Announcer
from edge.hw.speaker import SpeakerOptions, open_speaker
from edge.hw.speaker_aplay import Prompt
from tests.hw.support import Inbox, eventually, running

LEAVE = "请将电动自行车推出电梯。"
NEEDS_PROGRAMS = pytest.mark.skipif(
    not (shutil.which("espeak-ng") and shutil.which("aplay")), reason="espeak-ng and alsa-utils are not installed"
)
PLAYER = """#!/bin/sh
trap 'echo stop $4 >> "$PLAYER_LOG"; exit 1' TERM
echo start $4 >> "$PLAYER_LOG"
i=0; while [ $i -lt ${PLAYER_TICKS:-3} ]; do sleep 0.05; i=$((i+1)); done
echo end $4 >> "$PLAYER_LOG"
"""


def options(**more: Any) -> Any:
    adapter: TypeAdapter[Any] = TypeAdapter(SpeakerOptions)
    return adapter.validate_python({"driver": "aplay", "prompts": {}, **more})


def announcer(inbox: Inbox, cache: Path, **more: Any) -> Announcer:
    return open_speaker(options(**more), cache, SystemClock(), inbox)


def fault(inbox: Inbox) -> str:
    readings = inbox.readings("speaker")
    return str(readings[-1].fault) if readings else ""


def wav(path: Path, seconds: float = 0.1) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\x00\x10" * int(8000 * seconds))
    return path


@pytest.fixture
def player(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A slow program named `aplay` that logs; returns the log's lines."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "aplay"
    program.write_text(PLAYER)
    program.chmod(0o755)
    log = tmp_path / "log"
    log.touch()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("PLAYER_LOG", str(log))
    return lambda: [f"{line.split()[0]} {Path(line.split()[1]).stem}" for line in log.read_text().splitlines()]


@NEEDS_PROGRAMS
@pytest.mark.req("EL-3")
def test_mandarin_is_synthesised_once_and_really_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA's own `file` plugin records what was played: it is the prompt, sample by sample."""
    recorded, cache = tmp_path / "recorded.wav", tmp_path / "cache"
    conf = tmp_path / "asound.conf"
    conf.write_text(
        f'</usr/share/alsa/alsa.conf>\npcm.recorder {{ type file slave.pcm null file "{recorded}" format wav }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(conf))
    monkeypatch.setenv("LC_ALL", "C")  # as in a service: the text must still be read as UTF-8
    inbox = Inbox()
    subject = announcer(inbox, cache, device="recorder", prompts={"leave": {"text": LEAVE}})
    with running([subject.worker()]):
        subject.say("leave")
        assert eventually(lambda: recorded.exists() and recorded.stat().st_size > 10_000 and inbox.messages)
    [made] = cache.iterdir()
    with wave.open(str(made)) as sound:
        assert sound.getnframes() / sound.getframerate() > 1.0
        samples = sound.readframes(sound.getnframes())
    assert recorded.read_bytes()[44:].startswith(samples[: 4 * 5000])
    assert inbox.values("speaker") == [True]

    again = announcer(Inbox(), cache, device="recorder", prompts={"leave": {"text": LEAVE}})
    stamp = made.stat().st_mtime_ns
    recorded.unlink()
    with running([again.worker()]):
        again.say("leave")
        assert eventually(lambda: recorded.exists() and recorded.stat().st_size > 10_000)
    assert made.stat().st_mtime_ns == stamp  # from the cache


@NEEDS_PROGRAMS
def test_a_cut_off_cache_file_is_made_anew(tmp_path: Path) -> None:
    inbox = Inbox()
    with running([announcer(inbox, tmp_path, prompts={"leave": {"text": LEAVE}}).worker()]):
        assert eventually(lambda: inbox.values("speaker") == [True])
    [made] = tmp_path.iterdir()
    whole = made.read_bytes()
    made.write_bytes(whole[: len(whole) // 2])  # a power cut
    inbox = Inbox()
    with running([announcer(inbox, tmp_path, prompts={"leave": {"text": LEAVE}}).worker()]):
        assert eventually(lambda: inbox.values("speaker") == [True])
    assert made.read_bytes() == whole


@NEEDS_PROGRAMS
def test_an_unknown_voice_is_a_fault(tmp_path: Path) -> None:
    inbox = Inbox()
    with running([announcer(inbox, tmp_path, voice="no-such-voice", prompts={"leave": {"text": LEAVE}}).worker()]):
        assert eventually(lambda: "espeak-ng has no voice 'no-such-voice'" in fault(inbox))  # not Norwegian
    assert list(tmp_path.glob("*.wav")) == []


def test_the_newest_wins_and_nothing_overlaps(tmp_path: Path, player: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_TICKS", "20")
    prompts = {name: {"file": str(wav(tmp_path / f"{name}.wav"))} for name in ("a", "b", "c")}
    subject = announcer(Inbox(), tmp_path, prompts=prompts)
    with running([subject.worker()]):
        subject.say("a")
        assert eventually(lambda: player() == ["start a"])
        subject.say("a")  # the same one goes on
        subject.say("b")
        subject.say("c")  # b was never begun, or is cut short too
        assert eventually(lambda: player()[-1:] == ["start c"])
        assert eventually(lambda: player()[-1:] == ["end c"], 5.0)
    lines = player()
    assert lines[:2] == ["start a", "stop a"]
    for earlier, later in itertools.pairwise(lines):  # every start but the first follows a stop or an end
        assert not (earlier.startswith("start") and later.startswith("start"))


def test_stop_and_leaving_silence_it(tmp_path: Path, player: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_TICKS", "200")
    subject = announcer(Inbox(), tmp_path, prompts={"a": {"file": str(wav(tmp_path / "a.wav"))}})
    with running([subject.worker()]):
        subject.say("a")
        assert eventually(lambda: player() == ["start a"])
        subject.stop()
        assert eventually(lambda: player() == ["start a", "stop a"])
        subject.say("a")
        assert eventually(lambda: player()[2:] == ["start a"])
    assert eventually(lambda: player()[3:] == ["stop a"])


def test_a_stuck_player_is_cut_and_told(tmp_path: Path, player: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYER_TICKS", "200")
    inbox = Inbox()
    prompts = {"a": {"file": str(wav(tmp_path / "a.wav"))}}
    subject = announcer(inbox, tmp_path, prompts=prompts, play_limit_s=0.3)
    with running([subject.worker()]):
        subject.say("a")
        assert eventually(lambda: "still playing after 0.3 s" in fault(inbox))
        monkeypatch.setenv("PLAYER_TICKS", "1")
        subject.say("a")
        assert eventually(lambda: inbox.values("speaker")[-1] is True)  # recovered


def test_a_missing_synthesiser_is_a_fault_and_sound_files_still_play(
    tmp_path: Path, player: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{_only('sleep', tmp_path)}")
    inbox = Inbox()
    prompts = {"leave": {"text": LEAVE}, "bell": {"file": str(wav(tmp_path / "bell.wav"))}}
    subject = announcer(inbox, tmp_path / "cache", prompts=prompts)
    with running([subject.worker()]):
        assert eventually(lambda: "sudo apt install espeak-ng" in fault(inbox))
        assert inbox.readings("speaker")[-1].value is None
        subject.say("bell")
        assert eventually(lambda: player() == ["start bell", "end bell"])


def _only(program: str, folder: Path) -> Path:
    where = folder / "only"
    where.mkdir(exist_ok=True)
    (where / program).symlink_to(str(shutil.which(program)))
    return where


def test_missing_programs_files_and_names_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "noise.wav").write_text("this is not sound")
    prompts = {
        "bell": {"file": str(wav(tmp_path / "bell.wav"))},
        "lost": {"file": str(tmp_path / "lost.wav")},
        "noise": {"file": str(tmp_path / "noise.wav")},
    }
    inbox = Inbox()
    subject = announcer(inbox, tmp_path, prompts=prompts)
    with running([subject.worker()]):
        assert eventually(lambda: "lost.wav is not a WAV file" in fault(inbox) and "noise.wav" in fault(inbox))
        subject.say("bell")
        assert eventually(lambda: "sudo apt install alsa-utils" in fault(inbox))
        subject.say("bel")
        assert eventually(lambda: "no prompt is named 'bel'; configured: bell, lost, noise" in fault(inbox))


@NEEDS_PROGRAMS
def test_an_absent_sound_card_is_a_fault(tmp_path: Path) -> None:
    inbox = Inbox()
    prompts = {"bell": {"file": str(wav(tmp_path / "bell.wav"))}}
    subject = announcer(inbox, tmp_path, device="nosuchcard", prompts=prompts)
    with running([subject.worker()]):
        subject.say("bell")
        assert eventually(lambda: "aplay cannot play on 'nosuchcard'" in fault(inbox))
    assert "aplay -L" in fault(inbox)


def test_a_repaired_file_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_aplay, "RETRY_S", 0.1)
    inbox = Inbox()
    with running([announcer(inbox, tmp_path, prompts={"bell": {"file": str(tmp_path / "bell.wav")}}).worker()]):
        assert eventually(lambda: "bell.wav" in fault(inbox))
        wav(tmp_path / "bell.wav")
        assert eventually(lambda: inbox.values("speaker")[-1] is True)
    assert inbox.values("speaker") == [None, True]


def test_silence_is_an_explicit_choice(tmp_path: Path) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(SpeakerOptions)
    inbox = Inbox()
    subject = open_speaker(adapter.validate_python({"driver": "silent"}), tmp_path, SystemClock(), inbox)
    with running([subject.worker()]):
        subject.say("anything")
        assert eventually(lambda: inbox.values("speaker") == [True])
    with pytest.raises(ValidationError):
        adapter.validate_python({})


@pytest.mark.parametrize("prompt", [{}, {"text": "x", "file": "y.wav"}, {"text": ""}])
def test_a_prompt_is_a_text_or_a_file(prompt: Any) -> None:
    with pytest.raises(ValidationError):
        Prompt.model_validate(prompt)
