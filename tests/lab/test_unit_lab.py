"""systemd/elevator-node.service under a real systemd: READY, watchdog, ExecStopPost, exit codes, journal, sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.lab import frames
from tests.lab.lab import tell_in_unit_lab, tool

Record = Callable[[str, object], None]
FREE_WITHIN_S = 3.0  # EL-7
EX_CONFIG = 78
TROUBLES = {"speaker.fault", "elevator.speaker.fault", "elevator.storage.fault", "evidence.failed", "worker.died"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One boot: started, stopped, killed, frozen, hung, misconfigured."""
    tool("unit-lab")
    folder = tmp_path_factory.mktemp("unit")
    frames.lay_out(folder / "frames")
    return tell_in_unit_lab("tests.lab.unit_story", folder, 90)


@pytest.mark.req("PL-2", "PL-7")
def test_the_unit_reaches_ready_as_its_own_user(story: Any, record_property: Record) -> None:
    ready = story["ready"]
    record_property("ready_s", ready["took_s"])
    assert (ready["ActiveState"], ready["SubState"], ready["Type"]) == ("active", "running", "notify")
    assert ready["User"] == "edge"


@pytest.mark.req("PL-3")
def test_the_journal_has_the_fields_a_technician_filters_by(story: Any) -> None:
    ours = [entry for entry in story["journal"] if entry.get("NODE") == "elevator"]
    assert all(entry.get("EVENT") and entry.get("COMPONENT") for entry in ours)
    events = {entry["EVENT"] for entry in ours}
    assert {"node.ready", "elevator.ebike.detected", "uplink.lost", "worker.hung", "node.stopping"} <= events


@pytest.mark.req("PL-7")
def test_the_sandbox_lets_the_daemon_do_its_work(story: Any) -> None:
    troubles = [entry["MESSAGE"] for entry in story["journal"] if entry.get("EVENT") in TROUBLES]
    assert troubles == []


@pytest.mark.req("PL-2", "EL-7")
def test_a_stopped_unit_leaves_the_relay_off(story: Any) -> None:
    levels = [level for _, level in story["stopped"]["levels"]]
    assert levels, "nothing drove the relay at the stop"
    assert set(levels) == {0}, "the daemon's own way out, then ExecStopPost"
    assert len(levels) == 2
    assert story["stopped"]["Result"] == "success"


@pytest.mark.req("PL-2", "EL-7")
@pytest.mark.parametrize("end", ["killed", "frozen"])
def test_a_dead_or_frozen_process_frees_the_door_and_comes_back(story: Any, end: str, record_property: Record) -> None:
    told = story[end]
    record_property(end, told)
    levels = told["levels_before_restart"]
    assert [level for _, level in levels] == [0], "ExecStopPost, before the next start, drives the relay off"
    assert levels[0][0] <= FREE_WITHIN_S


@pytest.mark.req("PL-2", "EL-7")
def test_a_hung_inference_frees_the_door_and_the_watchdog_restarts_the_process(
    story: Any, record_property: Record
) -> None:
    record_property("hung", story["hung"])
    levels = story["hung"]["levels_before_restart"]
    assert [level for _, level in levels] == [0, 0], "first for want of a fresh look, then ExecStopPost"
    assert levels[0][0] <= FREE_WITHIN_S
    hung = [entry for entry in story["journal"] if entry.get("EVENT") == "worker.hung"]
    # A process that wakes from the SIGSTOP of another part of this story may miss its faster workers for a moment.
    assert {"eye"} <= {entry["COMPONENT"] for entry in hung} <= {"eye", "contacts", "hold lease"}
    stuck = [entry for entry in story["journal"] if "in _stuck" in str(entry.get("MESSAGE"))]
    assert stuck, "the journal says where the thread hung"


@pytest.mark.req("PL-2", "PL-4")
def test_a_wrong_configuration_is_told_with_its_line_and_not_tried_again(story: Any) -> None:
    told = story["misconfigured"]
    assert told["ExecMainStatus"] == str(EX_CONFIG)
    assert told["ActiveState"] == "failed"
    assert told["NRestarts"] == told["restarts_before"]
    assert not told["started_again"]
    place = f"/etc/edge/elevator.yaml:{told['line']}: relai: unknown key. Did you mean 'relay'?"
    said = [entry for entry in story["journal"] if entry.get("EVENT") == "node.misconfigured"]
    assert place in {entry["MESSAGE"] for entry in said}


def test_nothing_here_shadows_systemd_python() -> None:
    assert not (Path(__file__).parents[2] / "systemd" / "__init__.py").exists()
