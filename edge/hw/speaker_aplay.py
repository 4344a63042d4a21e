"""The `aplay` driver: prompts from sound files, or synthesised once by espeak-ng, played by a child process on ALSA."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from edge.core.clock import Clock
from edge.core.errors import DeviceError
from edge.core.options import FilePath, Options

SYNTHESIS_LIMIT_S = 10.0
RETRY_S = 30.0


class Prompt(Options):
    """One prompt: a text to be synthesised, or a WAV file."""

    text: str | None = Field(default=None, min_length=1)
    file: FilePath | None = None

    @model_validator(mode="after")
    def _one(self) -> Prompt:
        if (self.text is None) == (self.file is None):
            raise ValueError("give either `text` (spoken by espeak-ng) or `file` (a WAV file)")
        return self


class AplayOptions(Options):
    """A loudspeaker on a sound card."""

    driver: Literal["aplay"]
    device: str = Field(default="default", description="ALSA device; `aplay -L` lists them")
    voice: str = Field(default="cmn", description="espeak-ng voice: cmn is Mandarin")
    speed_wpm: Annotated[int, Field(ge=80, le=450)] = 160
    prompts: Mapping[str, Prompt]
    play_limit_s: Annotated[float, Field(gt=0, le=120, description="A prompt that lasts longer is cut")] = 30.0


class AplayVoice:
    """Prepares the prompts one by one, speaks one at a time."""

    def __init__(self, options: AplayOptions, cache: Path, clock: Clock) -> None:
        self._options, self._cache, self._clock = options, cache, clock
        self._ready: dict[str, Path] = {}
        self._todo = list(options.prompts)
        self._unready: dict[str, str] = {}
        self._retry_at = float("inf")
        self._play_fault: str | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._playing: str | None = None
        self._cut_at = 0.0

    @property
    def busy(self) -> bool:
        """Something plays, or a prompt is still to be prepared."""
        return self._child is not None or bool(self._todo)

    @property
    def fault(self) -> str | None:
        """Why it cannot play, or which prompts it has no sound for."""
        if self._play_fault is None and self._unready:
            return "; ".join(f"prompt {name!r}: {reason}" for name, reason in self._unready.items())
        return self._play_fault

    def say(self, name: str) -> None:
        """Play a prompt, cutting short another one; the same one, still playing, goes on."""
        if self._child is not None and self._playing == name:
            return
        self.stop()
        if name not in self._options.prompts:
            known = ", ".join(self._options.prompts) or "none"
            self._play_fault = f"no prompt is named {name!r}; configured: {known}"
            return
        if name not in self._ready:
            self._prepare(name)
        if name in self._ready:
            self._play(name)

    def stop(self) -> None:
        """Silence, now."""
        child, self._child, self._playing = self._child, None, None
        if child is None:
            return
        child.terminate()
        try:
            child.communicate(timeout=1.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()

    def tick(self) -> None:
        """Watch the player; when it is idle, prepare one more prompt."""
        if self._child is not None:
            self._watch(self._child)
            return
        if not self._todo and self._clock.now() >= self._retry_at:
            self._todo, self._retry_at = list(self._unready), float("inf")
        if self._todo:
            self._prepare(self._todo[0])

    def close(self) -> None:
        """Silence."""
        self.stop()

    def _play(self, name: str) -> None:
        command = ["aplay", "-q", "-D", self._options.device, str(self._ready[name])]
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as cause:
            self._play_fault = _missing("aplay", "alsa-utils", cause)
            return
        self._playing, self._cut_at = name, self._clock.now() + self._options.play_limit_s

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            if self._clock.now() >= self._cut_at:
                name = self._playing
                self.stop()
                self._play_fault = (
                    f"prompt {name!r} was still playing after {self._options.play_limit_s:g} s and was cut: "
                    f"is the sound card {self._options.device!r} stuck?"
                )
            return
        _, said = child.communicate()
        self._child = self._playing = None
        self._play_fault = None
        if child.returncode:
            self._play_fault = (
                f"aplay cannot play on {self._options.device!r} ({_last_line(said)}): "
                "choose `device` from those that `aplay -L` lists"
            )

    def _prepare(self, name: str) -> None:
        if name in self._todo:
            self._todo.remove(name)
        prompt = self._options.prompts[name]
        try:
            if prompt.file is not None:
                self._ready[name] = _checked(prompt.file)
            else:
                self._ready[name] = self._synthesised(prompt.text or "")
            self._unready.pop(name, None)
        except DeviceError as error:
            self._unready[name] = str(error)
            self._retry_at = self._clock.now() + RETRY_S

    def _synthesised(self, text: str) -> Path:
        voice, speed = self._options.voice, str(self._options.speed_wpm)
        key = hashlib.sha256("\0".join((voice, speed, text)).encode()).hexdigest()[:32]
        path = self._cache / f"{key}.wav"
        try:
            return _checked(path)  # from an earlier run
        except DeviceError:
            pass  # absent, or cut short by a power failure: make it anew
        part = path.with_suffix(".part")
        # For a name that it does not have espeak-ng speaks another language without a word ("no-…" is Norwegian).
        if voice.partition("+")[0] not in re.findall(r"[\w/-]+", _espeak("--voices").decode(errors="replace")):
            raise DeviceError(f"espeak-ng has no voice {voice!r}: choose one that `espeak-ng --voices` lists")
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
        except OSError as cause:
            raise DeviceError(f"{self._cache}: prompts cannot be kept there: {cause.strerror}") from cause
        # -b 1: the text is UTF-8, whatever locale a service runs in; on stdin, so that no text looks like an option.
        _espeak("-b", "1", "-v", voice, "-s", speed, "-w", str(part), "--stdin", text=text)
        _checked(part)
        os.replace(part, path)
        return path


def _espeak(*arguments: str, text: str = "") -> bytes:
    """Run espeak-ng; returns what it printed. Raises DeviceError."""
    command = ["espeak-ng", *arguments]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SYNTHESIS_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as cause:
        raise DeviceError(f"espeak-ng did not finish within {SYNTHESIS_LIMIT_S:g} s") from cause
    except OSError as cause:
        raise DeviceError(_missing("espeak-ng", "espeak-ng", cause)) from cause
    if done.returncode:
        raise DeviceError(f"espeak-ng failed ({_last_line(done.stderr)}): see `espeak-ng --voices`")
    return done.stdout


def _checked(path: Path) -> Path:
    """The path of a WAV file with sound in it; aplay itself would play any file as noise. Raises DeviceError."""
    try:
        with wave.open(str(path), "rb") as sound:
            frames, start = sound.getnframes(), sound.tell()
            whole = path.stat().st_size >= start + frames * sound.getsampwidth() * sound.getnchannels()
    except (OSError, EOFError, wave.Error) as cause:
        raise DeviceError(f"{path} is not a WAV file that can be read ({cause}): put one there") from cause
    if not frames or not whole:
        raise DeviceError(f"{path} is an empty or cut-off WAV file: replace it")
    return path


def _missing(program: str, package: str, cause: OSError) -> str:
    if isinstance(cause, FileNotFoundError):
        return f"{program} is not installed: sudo apt install {package}"
    return f"{program} cannot be run: {cause}"


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it gave no reason"
