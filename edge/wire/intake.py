"""Commands on their way in: valid, not too late, never executed before, then to the owner thread; and their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge.core.clock import Clock
from edge.core.messages import Reply
from edge.core.supervisor import Post
from edge.wire.commands import CommandError, Incoming, Request, parse
from edge.wire.outbox import Outbox
from edge.wire.replies import Address, Replies, answer
from edge.wire.rows import Outcome
from edge.wire.topics import Topics

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claimed:
    """The outbox has the command's id for ever. `earlier`: None where it is new, else what became of it."""

    request: Request
    address: Address | None
    earlier: Outcome | None


class Intake:
    """For the uplink's thread. `queue` brings a Claimed back to it; `say` publishes an answer."""

    def __init__(
        self,
        topics: Topics,
        outbox: Outbox,
        clock: Clock,
        *,
        post: Post,
        queue: Callable[[Claimed], None],
        say: Callable[[Address, bytes], None],
    ) -> None:
        self._topics, self._outbox, self._clock = topics, outbox, clock
        self._post, self._queue, self._say = post, queue, say
        self._replies = Replies(topics)

    def heard(self, incoming: Incoming) -> None:
        """A message on `cmd/#`."""
        try:
            request = parse(incoming, self._topics)
        except CommandError as error:
            log.warning(
                "command on %s rejected: %s",
                incoming.topic,
                error,
                extra={"EVENT": "command.rejected", "COMPONENT": "uplink"},
            )
            self._tell(self._replies.address(incoming, error.by), error.cmdid, Outcome("rejected", str(error)))
            return
        address = self._replies.address(incoming, request.command.by)
        if self._expired(request):
            self._tell(address, request.command.cmdid, Outcome("expired"))
            return
        self._outbox.claim(request.command.cmdid, lambda earlier: self._queue(Claimed(request, address, earlier)))

    def claimed(self, claimed: Claimed) -> None:
        """The id is durable: now it may move something, once."""
        command, address, earlier = claimed.request.command, claimed.address, claimed.earlier
        if earlier is not None:
            self._tell(address, command.cmdid, earlier if earlier.status else Outcome("rejected", "already executed"))
        elif self._expired(claimed.request):  # the disk took its time
            self._outbox.finish(command.cmdid, Outcome("expired"))
            self._tell(address, command.cmdid, Outcome("expired"))
        else:
            self._replies.remember(command.cmdid, address)
            self._tell(address, command.cmdid, Outcome("accepted"))
            self._post(command)

    def finished(self, reply: Reply) -> None:
        """The node's answer."""
        outcome = Outcome(reply.status, reply.reason)
        self._outbox.finish(reply.cmdid, outcome)
        self._tell(self._replies.recall(reply.cmdid), reply.cmdid, outcome)

    def _expired(self, request: Request) -> bool:
        return request.expired(self._clock.now(), self._clock.wall(), self._clock.quality())

    def _tell(self, address: Address | None, cmdid: str | None, outcome: Outcome) -> None:
        log.info(
            "command %s: %s %s", cmdid, outcome.status, outcome.reason, extra={"EVENT": f"command.{outcome.status}"}
        )
        if address is not None:
            self._say(address, answer(cmdid, outcome.status, outcome.reason))
