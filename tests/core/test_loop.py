"""The owner thread: outputs before words, safe on every way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue

import pytest

from edge.core.clock import SystemClock
from edge.core.loop import Loop
from edge.core.messages import Applied, Decision, Event, Message, Reading, Reply, Stop, WorkerDied
from edge.core.node import Wiring
from edge.core.supervisor import Supervisor


@dataclass
class Diary:
    """Outputs and recorder in one: writes down who was asked for what, in order."""

    lines: list[str] = field(default_factory=list)
    safe_calls: int = 0

    def converge(self, wanted: bool) -> Iterable[Message]:
        self.lines.append(f"output {wanted}")
        return [Applied("hold", wanted, 0.0)] if wanted and "fed back" not in self.lines else []

    def keep(self, event_id: str, event: Event) -> None:
        self.lines.append(f"keep {event_id} {event.kind}")

    def safe(self) -> None:
        self.safe_calls += 1

    def event(self, event: Event) -> str:
        self.lines.append(f"event {event.kind}")
        return "id-1"

    def state(self, component: str, state: object) -> None:
        self.lines.append(f"state {component}")

    def reply(self, reply: Reply) -> None:
        self.lines.append(f"reply {reply.status}")


def step(state: Diary, message: Message, now: float) -> Decision[Diary, bool]:
    if isinstance(message, Applied):
        state.lines.append("fed back")
    if not isinstance(message, Reading):
        return Decision(state, False)
    if message.name == "broken":
        raise ZeroDivisionError("a rule failed")
    event = Event("alarm", "test.seen", "car", "alarm", 0)
    return Decision(state, True, (event,), (Reply("c", "done"),))


def run(*messages: Message) -> tuple[int, Diary]:
    diary = Diary()
    inbox: SimpleQueue[Message] = SimpleQueue()
    for message in messages:
        inbox.put(message)
    clock = SystemClock()
    supervisor = Supervisor(clock, inbox.put, lambda state: None)
    wiring = Wiring(diary, step, lambda state, now: {"car": {}}, diary, (), {})
    return Loop(wiring, inbox, clock, diary, supervisor).run(), diary


def test_outputs_come_first_then_the_event_then_the_rest() -> None:
    code, diary = run(Reading("x", True, 0.0), Stop("test"))
    assert code == 0
    assert diary.lines == ["output True", "event test.seen", "keep id-1 test.seen", "reply done", "state car"]


def test_what_was_applied_is_fed_back() -> None:
    diary = Diary()
    inbox: SimpleQueue[Message] = SimpleQueue()
    clock = SystemClock()
    wiring = Wiring(diary, step, lambda state, now: {}, diary, (), {})
    loop = Loop(wiring, inbox, clock, diary, Supervisor(clock, inbox.put, lambda state: None))
    loop.handle(Reading("x", True, 0.0))
    assert inbox.get_nowait() == Applied("hold", True, 0.0)


@pytest.mark.req("PL-2", "EL-7")
def test_outputs_are_safe_after_every_way_out() -> None:
    assert run(Stop("asked"))[1].safe_calls == 1
    code, diary = run(WorkerDied("eye", "boom"))
    assert (code, diary.safe_calls) == (1, 1)
    diary = Diary()
    inbox: SimpleQueue[Message] = SimpleQueue()
    inbox.put(Reading("broken", True, 0.0))
    clock = SystemClock()
    wiring = Wiring(diary, step, lambda state, now: {}, diary, (), {})
    loop = Loop(wiring, inbox, clock, diary, Supervisor(clock, inbox.put, lambda state: None))
    with pytest.raises(ZeroDivisionError):
        loop.run()
    assert diary.safe_calls == 1
