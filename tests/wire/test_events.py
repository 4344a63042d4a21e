"""The envelope."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.clock import ManualClock
from edge.core.messages import Event
from edge.wire.events import EventError, Sealer, rfc3339, stamp
from edge.wire.options import SiteOptions
from tests.wire.support import BOOT, event

CLOCK = ManualClock(now=8123.4119, wall=1795332052.1234)
SITE = SiteOptions(site="guojigang", audience={"alarm": ["property", "family"], "info": ["property"]})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def sealer(site: SiteOptions = SITE) -> Sealer:
    return Sealer(site, "elevator-3-2", CLOCK, BOOT)


@pytest.mark.req("PL-1")
def test_an_envelope_is_as_the_contract_says() -> None:
    sealed = sealer().seal(event(0, 7, picture=True, opens="visit"), drill=True)
    sent = json.loads(stamp(sealed.body, 18231, hist=True))
    assert uuid.UUID(sent.pop("id")).version == 7
    assert sent == {
        "specversion": "1.0",
        "source": "/site/guojigang/device/elevator-3-2",
        "type": "community.elevator.ebike.detected.v1",
        "subject": "elevator-3-2/car",
        "time": "2026-11-22T07:20:52.123Z",
        "datacontenttype": "application/json",
        "bootid": BOOT,
        "seq": 18231,
        "monoms": 8123411,
        "clockq": "ntp",
        "severity": "alarm",
        "prio": 0,
        "hist": True,
        "drill": True,
        "audience": ["property", "family"],
        "data": {"number": 7, "image": sealed.id},
    }
    assert sealed.opens is not None
    assert (sealed.opens.episode, json.loads(sealed.opens.data)) == ("visit", {"number": 7})


@pytest.mark.parametrize(("severity", "audience"), [("alarm", ["property", "family"]), ("critical", [])])
def test_audience_by_severity(severity: str, audience: list[str]) -> None:
    sealed = sealer().seal(event(severity=severity))
    assert json.loads(stamp(sealed.body, 1, hist=False))["audience"] == audience


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_data_arrive_as_they_were_or_are_refused(data: dict[str, Any]) -> None:
    try:
        sealed = sealer().seal(event(data=data))
    except EventError:
        assert any(word in repr(data) for word in ("nan", "inf", "\\ud"))
    else:
        assert json.loads(stamp(sealed.body, 1, hist=False))["data"] == data


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), b"bytes", object(), {1, 2}, "x" * 70_000])
def test_what_is_no_json_is_refused_by_name(bad: object) -> None:
    with pytest.raises(EventError, match=r"event elevator\.ebike\.detected"):
        sealer().seal(event(data={"deep": [{"er": bad}]}))


@pytest.mark.parametrize("component", ["", "a/b", "#", "+", "$x", "车"])
def test_a_component_must_be_a_topic_level(component: str) -> None:
    with pytest.raises(EventError, match="topic level"):
        sealer().seal(Event("alarm", "x", component, "alarm", 0))


@given(st.floats(min_value=0, max_value=4e9))
def test_time_is_rfc3339_with_milliseconds(wall: float) -> None:
    text = rfc3339(wall)
    assert len(text) == len("2026-11-22T07:20:52.123Z")
    assert text.endswith("Z")
