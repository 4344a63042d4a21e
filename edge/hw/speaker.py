"""Spoken prompts: the table of drivers. A new kind of voice is one new file and one row here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from edge.core.clock import Clock
from edge.core.options import Options
from edge.core.supervisor import Post
from edge.hw.announcer import Announcer, Voice
from edge.hw.speaker_aplay import AplayOptions, AplayVoice
from edge.hw.speaker_jq8900 import Jq8900Options, Jq8900Voice

__all__ = ["Announcer", "SilentOptions", "SpeakerOptions", "open_speaker"]


class SilentOptions(Options):
    """No loudspeaker is fitted, and that is meant."""

    driver: Literal["silent"]


class SilentVoice:
    """Says nothing."""

    busy = False
    fault = None

    def say(self, name: str) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""

    def tick(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


SpeakerOptions = Annotated[AplayOptions | Jq8900Options | SilentOptions, Field(discriminator="driver")]


def open_speaker(options: SpeakerOptions, cache: Path, clock: Clock, post: Post, name: str = "speaker") -> Announcer:
    """The announcer that `options` names. Synthesised prompts are kept in the folder `cache`.

    Never raises for missing programs, files or devices: a safety node runs without its voice, and the fault is posted
    as `Reading(name, None, …, fault)`.
    """
    voice: Voice
    if isinstance(options, AplayOptions):
        voice = AplayVoice(options, cache, clock)
    elif isinstance(options, Jq8900Options):
        voice = Jq8900Voice(options, clock)
    else:
        voice = SilentVoice()
    return Announcer(name, voice, clock, post)
