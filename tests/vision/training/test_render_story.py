"""The timelines of clips: who is where in which frame, and when the camera is covered. No Blender but in the last."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from edge.vision.training.render.stories import STORIES
from edge.vision.training.render.story import Plan, Route, timeline, turned

PLAN = Plan(before_s=0.6, enter_s=2.0, stand_s=1.4, leave_s=1.6, after_s=0.6)
ROUTE = Route(outside=(1.4, -2.3), doorway=(0.1, -1.8), inside=(0.0, 0.2))
FPS = 5.0


def test_a_visit_has_its_frames_and_nobody_is_there_before_and_after() -> None:
    poses = timeline(PLAN, ROUTE, FPS, Random(1))
    assert len(poses) == 31
    assert poses[:3] == poses[-3:] == [None] * 3
    assert all(poses[3:-3])


def test_what_is_pushed_backs_out_and_who_walks_turns_round() -> None:
    poses = timeline(PLAN, ROUTE, FPS, Random(1))
    walk = turned(poses, PLAN, FPS)
    leaving, pushed = walk[23], poses[23]
    assert leaving is not None
    assert pushed is not None
    assert leaving.place == pushed.place
    assert leaving.heading - pushed.heading == pytest.approx(math.pi)
    ways = [pose.travel_m for pose in walk if pose]
    assert ways == sorted(ways), "legs never walk backwards"


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_story_is_short_and_has_something_to_show(name: str) -> None:
    story = STORIES[name]
    plan = story.plan
    seconds = plan.before_s + plan.enter_s + plan.stand_s + plan.leave_s + plan.after_s
    assert 4.0 <= seconds <= 13.0
    assert bool(story.thing) != bool(story.people)
    if story.cover_s:
        arrived = plan.before_s + plan.enter_s
        assert arrived < story.cover_s[0] < story.cover_s[1] < arrived + plan.stand_s


def test_a_covered_lens_comes_and_goes() -> None:
    pytest.importorskip("PIL", reason="Pillow is only in the extra `train`")
    from edge.vision.training.render.cover import SLIDE_S, cover_share

    assert cover_share(1.0, None) == 0.0
    shares = [cover_share(t / 10, (1.0, 5.0)) for t in range(70)]
    assert shares[:11] == [0.0] * 11
    assert cover_share(1.0 + SLIDE_S / 2, (1.0, 5.0)) == pytest.approx(0.5)
    assert set(shares[17:44]) == {1.0}
    assert shares[50:] == [0.0] * 20


@pytest.mark.parametrize("name", ["people", "covered"])
def test_a_clip_is_rendered_with_its_labels(name: str, tmp_path: Path) -> None:
    pytest.importorskip("bpy", reason="Blender as a module is only in the extra `train`")
    tiny = ["--width", "48", "--height", "36", "--samples", "1", "--every", "12", "--seed", "3"]
    command = [sys.executable, "-m", "edge.vision.training.render.clip", "--story", name, "--out", str(tmp_path), *tiny]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[3], timeout=100)
    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert [line["file"] for line in lines] == sorted(path.name for path in tmp_path.glob("*.jpg"))
    assert any(line["boxes"] for line in lines)
    assert any(line.get("covered") for line in lines) == (name == "covered")
    assert not any(line["boxes"] for line in lines if line.get("covered"))
