"""A lift for the rules to decide about: says what happens, remembers what was wanted and told."""

from __future__ import annotations

from edge.core.messages import Applied, Command, Detection, Event, Message, Reading, Reply, Sighting, Tick
from elevator_node.decide import State, Wanted, start, step
from elevator_node.rules import ClassOptions, HoldOptions, Rules

WHERE = (0.2, 0.3, 0.7, 0.9)
ALL_INPUTS = frozenset({"fire", "inspection", "door_open", "release_key"})
FRAME_S = 0.2


def bike(score: float = 0.95) -> Detection:
    return Detection("ebike", score, WHERE)


class Lift:
    """Drives `step` by hand: time moves only when told. Feeds `Applied` back as the loop does, if the relay tells."""

    relay_tells = True

    def __init__(
        self,
        hold: HoldOptions | None = None,
        classes: ClassOptions | None = None,
        wired: frozenset[str] = frozenset({"fire", "inspection"}),
        ready: bool = True,
    ) -> None:
        hold = hold or HoldOptions()
        self.rules = Rules(hold, classes or ClassOptions(), dict.fromkeys(wired, hold.input_settle_s))
        self.state: State = start(self.rules, "s")
        self.now = 1000.0
        self.frame_no = 0
        self.wanted = Wanted()
        self.events: list[Event] = []
        self.replies: list[Reply] = []
        if ready:
            for name in wired:
                self.send(Reading(name, name == "door_open", self.now))
            self.tick(2.0)

    def send(self, message: Message) -> list[Event]:
        """One message, and the feedback that follows from it."""
        before = self.wanted.hold
        decision = step(self.rules, self.state, message, self.now)
        self.state, self.wanted = decision.state, decision.wanted
        self.events += decision.events
        self.replies += decision.replies
        new = list(decision.events)
        if self.relay_tells and self.wanted.hold != before:
            new += self.send(Applied("hold", self.wanted.hold, self.now))
        return new

    def tick(self, seconds: float, by: float = 0.1) -> None:
        """Time passes and no frame comes."""
        for _ in range(round(seconds / by)):
            self.now += by
            self.send(Tick())

    def frame(self, *detections: Detection, fault: str | None = None) -> list[Event]:
        """One fresh frame, `FRAME_S` after the last."""
        self.now += FRAME_S
        self.frame_no += 1
        sees = None if fault else tuple(detections)
        return self.send(Sighting(self.now, self.frame_no, sees, self.now, fault))

    def frames(self, seconds: float, *detections: Detection, fault: str | None = None) -> None:
        for _ in range(round(seconds / FRAME_S)):
            self.frame(*detections, fault=fault)

    def input(self, name: str, value: bool | None, fault: str | None = None) -> list[Event]:
        return self.send(Reading(name, value, self.now, fault))

    def command(self, verb: str, component: str = "door", **args: object) -> Reply:
        self.send(Command("c1", component, verb, "duty-desk", args))
        return self.replies[-1]

    @property
    def kinds(self) -> list[str]:
        return [event.kind.removeprefix("elevator.") for event in self.events]
