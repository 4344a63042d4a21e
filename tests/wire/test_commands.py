"""Commands: what is valid, what is too late, where answers go."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.commands import CommandError, Incoming, parse, parse_evack
from edge.wire.replies import REMEMBERED, Address, Replies, answer
from edge.wire.topics import Topics

TOPICS = Topics("community", "guojigang", "elevator-3-2")
GOOD = {"cmdid": "0192-a", "by": "duty-desk", "hold_ms": 3000}


def incoming(body: object = GOOD, tail: str = "cmd/door/hold", **more: Any) -> Incoming:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Incoming(f"{TOPICS.base}/{tail}", payload, at=100.0, **more)


def test_a_valid_command() -> None:
    command = parse(incoming(), TOPICS).command
    assert (command.cmdid, command.component, command.verb, command.by) == ("0192-a", "door", "hold", "duty-desk")
    assert command.args == {"hold_ms": 3000}


BAD = [
    ("no JSON", incoming(b"hold!"), "not JSON"),
    ("no UTF-8", incoming(b"\xff\xfe"), "not JSON"),
    ("no object", incoming([1]), "not a JSON object"),
    ("NaN", incoming(b'{"cmdid":"a","by":"b","x":NaN}'), "not JSON"),
    ("infinite", incoming(b'{"cmdid":"a","by":"b","x":1e999}'), "not JSON"),
    ("nested", incoming(b"[" * 4000), "not JSON"),
    ("too large", incoming({**GOOD, "x": "y" * 5000}), "at most 4096"),
    ("no cmdid", incoming({"by": "b"}), "cmdid is missing"),
    ("cmdid of a wrong kind", incoming({**GOOD, "cmdid": 5}), "cmdid is missing"),
    ("no by", incoming({"cmdid": "a"}), "by is missing"),
    ("by that is a topic", incoming({**GOOD, "by": "a/#"}), "by is missing"),
    ("retained", incoming(retain=True), "retained"),
    ("expires_at of a wrong kind", incoming({**GOOD, "expires_at": "soon"}), "unix seconds"),
    ("issued_at of a wrong kind", incoming({**GOOD, "issued_at": True}), "unix seconds"),
    ("no verb", incoming(tail="cmd/door"), "cmd/"),
    ("too many levels", incoming(tail="cmd/door/hold/now"), "cmd/"),
    ("another device's", replace(incoming(), topic="community/1/guojigang/other/cmd/door/hold"), "cmd/"),
]


@pytest.mark.parametrize(("message", "reason"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_command_is_refused_with_its_reason(message: Incoming, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        parse(message, TOPICS)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode), st.booleans())
def test_parsing_never_raises_anything_else(payload: bytes, retain: bool) -> None:
    with suppress(CommandError):
        parse(incoming(payload, retain=retain), TOPICS)
    with suppress(CommandError):
        parse_evack(payload)


@given(
    st.dictionaries(
        st.sampled_from(["cmdid", "by", "expires_at", "issued_at", "ids", "x"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    ),
    st.text(),
)
def test_structured_nonsense_never_raises_anything_else(body: dict[str, Any], topic: str) -> None:
    payload = json.dumps(body).encode()
    for message in (incoming(payload), replace(incoming(payload), topic=topic)):
        try:
            request = parse(message, TOPICS)
        except CommandError:
            continue
        request.expired(100.0, 1e9, "ntp")
        assert request.command.args.keys() <= {"ids", "x"}


EXPIRY = [  # what is given, monotonic now (it came at 100), wall, clock quality, expired
    ({}, 104.9, 1000.0, "ntp", False),
    ({}, 105.1, 1000.0, "ntp", True),
    ({"expires_at": 999}, 100.0, 1000.0, "ntp", True),
    ({"expires_at": 1001}, 100.0, 1000.0, "ntp", False),
    ({"expires_at": 999}, 100.0, 1000.0, "rtc", False),
    ({"expires_at": 999}, 100.0, 1000.0, "unsynced", False),
    ({"issued_at": 994}, 100.0, 1000.0, "ntp", True),
    ({"issued_at": 996}, 100.0, 1000.0, "ntp", False),
    ({"issued_at": 1006}, 100.0, 1000.0, "ntp", True),
    ({"issued_at": 994}, 100.0, 1000.0, "holdover", False),
]


@pytest.mark.parametrize(("given_times", "now", "wall", "quality", "expired"), EXPIRY)
def test_expiry(given_times: dict[str, int], now: float, wall: float, quality: Any, expired: bool) -> None:
    assert parse(incoming({**GOOD, **given_times}), TOPICS).expired(now, wall, quality) is expired


def test_what_is_left_of_a_message_expiry_shortens_the_time() -> None:
    assert parse(incoming(expiry_s=1), TOPICS).expired(101.5, 0.0, "unsynced")
    assert not parse(incoming(expiry_s=60), TOPICS).expired(104.0, 0.0, "unsynced")


ADDRESSES = [
    (None, "desk", Address(TOPICS.reply("desk"))),
    ("answers/desk", "desk", Address("answers/desk")),
    ("answers/+", "desk", Address(TOPICS.reply("desk"))),
    ("$SYS/x", "desk", Address(TOPICS.reply("desk"))),
    (f"{TOPICS.base}/cmd/door/hold", "desk", Address(TOPICS.reply("desk"))),
    (f"{TOPICS.base}/rsp/x", "desk", Address(f"{TOPICS.base}/rsp/x")),
    (None, None, None),
    (None, "a/b", None),
]


@pytest.mark.parametrize(("topic", "by", "address"), ADDRESSES)
def test_where_an_answer_goes(topic: str | None, by: str | None, address: Address | None) -> None:
    assert Replies(TOPICS).address(incoming(response_topic=topic), by) == address


def test_addresses_are_remembered_once_and_not_for_ever() -> None:
    replies = Replies(TOPICS)
    for n in range(REMEMBERED + 1):
        replies.remember(f"c{n}", Address("t", b"%d" % n))
    assert replies.recall("c0") is None
    assert replies.recall("c1") == Address("t", b"1")
    assert replies.recall("c1") is None


def test_an_answer() -> None:
    assert json.loads(answer("a", "rejected", "门")) == {"cmdid": "a", "status": "rejected", "reason": "门"}
    assert json.loads(answer("a", "done")) == {"cmdid": "a", "status": "done"}
