"""kill -9 of the daemon and of the broker, at random instants of real visits: nothing lost, nothing doubled, no gap."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.cli.demo_desk import Desk
from edge.wire.broker import LocalBroker
from tests.elevator_node.process import Elevator, bike_frames, empty_frames, wait_for
from tests.listener import Listener

QUICK = {
    "hold": {"confirm_frames": 1, "of_frames": 1, "clear_s": 0.3, "input_settle_s": 0.05, "rest_s": 0.1},
    "evidence": {"pre_frames": 1, "post_frames": 1},
}
BASE = "community/1/test/elevator-demo"


def visits_without_end() -> list[Path]:
    """Short visits, one after the other."""
    return [*empty_frames()[:1] * 10, *bike_frames()[:6]]


def check(events: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Gap-free by seq, one id for each seq and each thing told; returns what was told of each visit."""
    by_seq: dict[int, set[str]] = defaultdict(set)
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    visits: dict[str, list[str]] = defaultdict(list)
    for event in events:
        by_seq[event["seq"]].add(event["id"])
        visit = event["data"].get("visit")
        if visit:
            told[visit, event["type"]].add(event["id"])
    assert sorted(by_seq) == list(range(1, max(by_seq) + 1)), "a gap in seq"
    assert all(len(ids) == 1 for ids in by_seq.values()), "one seq, two events"
    assert all(len(ids) == 1 for ids in told.values()), "one thing told by two events"
    for visit, kind in told:
        visits[visit].append(kind.split(".")[-2])
    return visits


def empty(folder: Path) -> bool:
    """Whether every event has left the outbox."""
    with closing(sqlite3.connect(folder / "state/alarm.db")) as outbox:
        return bool(outbox.execute("SELECT count(*) FROM event").fetchone() == (0,))


def quieten(lift: Elevator) -> None:
    """From its next start on, the car stays empty."""
    (lift.folder / "clip").rename(lift.folder / "visits")
    (lift.folder / "clip").mkdir()
    (lift.folder / "clip/0.jpg").symlink_to(empty_frames()[0].resolve())


def kill_at_random(tmp_path: Path, times: int) -> None:
    """Start, let it run for a random while, kill; at the end let it finish in peace. Every second time the while begins
    when the daemon is ready, so that visits are hit on a slow machine too, else with the process."""
    chance = random.Random(times)
    with LocalBroker(tmp_path / "broker") as broker, Listener(broker.port) as office:
        lift = Elevator(tmp_path / "lift", broker.port, visits_without_end(), fps=20, changes=QUICK)
        for number in range(times):
            if number % 2:
                lift.ready()
            else:
                lift.start()
            time.sleep(chance.uniform(0.3, 3.0))  # the random instant is what is tested
            lift.kill()
        quieten(lift)
        lift.ready()
        wait_for("the queue to be sent", lambda: empty(lift.folder))
        wait_for("the last visit to be cleared", lambda: all(map(_closed, check(office.events()).values())))
        assert lift.stop() == 0
        visits = check(office.events())
    assert len(visits) >= times // 8, "too few visits fell into the test"
    for visit, told in visits.items():
        assert sorted(told).count("detected") == 1, visit
        assert sorted(told).count("cleared") == 1, visit
    print(f"{times} kills, {len(visits)} visits, {len(office.events())} deliveries")  # noqa: T201 - quoted in reports


def _closed(told: list[str]) -> bool:
    return "cleared" in told


@pytest.mark.req("PL-8", "EL-7")
def test_random_kills_of_the_daemon(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 8)


@pytest.mark.torture
@pytest.mark.req("PL-8", "EL-7")
@pytest.mark.timeout(3000)
def test_two_hundred_random_kills_of_the_daemon(tmp_path: Path) -> None:
    kill_at_random(tmp_path, 200)


@pytest.mark.req("PL-8")
def test_the_broker_killed_and_restarted_during_visits(tmp_path: Path) -> None:
    with LocalBroker(tmp_path / "broker") as broker:
        desk = Desk(BASE, broker.port)
        desk.open()
        site = {"receivers": ["demo-desk"]}
        with Elevator(tmp_path / "lift", broker.port, visits_without_end(), fps=20, changes=QUICK, site=site) as lift:
            for number in range(3):
                wait_for("a visit", partial(_more_than, desk, 3 * number))
                wait_for("the door to be held", lift.line)
                broker.kill()
                broker.start()
                wait_for("the daemon to be back", partial(_back, lift, number))
            wait_for("more visits", lambda: _seen(desk, "cleared") >= 10)
        quieten(lift)
        with lift:
            wait_for("every event to be acknowledged", lambda: empty(lift.folder))
            wait_for("the last visit to be cleared", lambda: _seen(desk, "cleared") == _seen(desk, "detected"))
        with desk.lock:
            visits = check([event.envelope for event in desk.events.values()])
        desk.close()
    assert len(visits) >= 10
    assert all(sorted(told) == ["cleared", "detected"] for told in visits.values()), visits


def _back(lift: Elevator, number: int) -> bool:
    return lift.log.count("[uplink.recovered]") > number


def _left(folder: Path) -> set[int]:
    with closing(sqlite3.connect(folder / "state/alarm.db")) as outbox:
        return {seq for (seq,) in outbox.execute("SELECT seq FROM event")}


def _more_than(desk: Desk, count: int) -> bool:
    return _seen(desk, "detected") > count


def _seen(desk: Desk, word: str) -> int:
    with desk.lock:
        return sum(event.kind == f"elevator.ebike.{word}" for event in desk.events.values())
