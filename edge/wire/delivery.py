"""Who has which event: in flight, with the broker, with the receiver. Pure: time is an argument."""

from __future__ import annotations

from dataclasses import dataclass

from edge.wire.rows import Row

WINDOW = 16
RESEND_S = {0: 10.0, 1: 600.0, 2: 600.0}  # by prio: how long a receiver may stay silent
OVERDUE_S = 100.0  # EN 54-21 type 1: an alarm not acknowledged for so long is a fault of the transmission


@dataclass
class _Sent:
    seq: int
    prio: int
    at: float


class Delivery:
    """`receivers`: True where anyone may acknowledge, names where these may, empty or False where the broker's word
    counts. A row `leaves` at its last ack."""

    def __init__(self, receivers: bool | list[str]) -> None:
        self._receivers = receivers
        self._flying: dict[int, Row | None] = {}  # by message id of this connection; None: acknowledged meanwhile
        self._sent: dict[str, _Sent] = {}  # by event id: waits for a receiver, or was refused by the broker
        self._alarms: dict[int, float] = {}  # prio 0, by seq: since when it waits for its last ack

    @property
    def room(self) -> int:
        """How many more may be in flight."""
        return WINDOW - len(self._flying)

    def alarm(self, seq: int, now: float) -> None:
        """A life-safety event was committed."""
        self._alarms.setdefault(seq, now)

    def overdue(self, now: float) -> int | None:
        """The seq of a life-safety event that has waited too long, be it that the line is down or nobody answers."""
        return next((seq for seq, since in self._alarms.items() if now - since >= OVERDUE_S), None)

    def wanted(self, row: Row) -> bool:
        """Whether it still is to be sent on this connection."""
        return row.id not in self._sent and row not in self._flying.values()

    def sent(self, mid: int, row: Row) -> None:
        """It is on its way as message `mid`."""
        self._flying[mid] = row
        self._sent.pop(row.id, None)

    def puback(self, mid: int, accepted: bool, now: float) -> tuple[Row, bool] | None:
        """The broker's answer: (the row, whether it leaves), or None where it is not about a waiting event."""
        row = self._flying.pop(mid, None)
        if row is None:
            return None
        leaves = accepted and not self._receivers
        if leaves:
            self._alarms.pop(row.seq, None)
        else:
            self._sent[row.id] = _Sent(row.seq, row.prio, now)
        return row, leaves

    def evack(self, ids: list[str], by: str) -> list[int]:
        """A receiver stored these: the seqs that leave. A name that does not count changes nothing."""
        if not self._receivers or (isinstance(self._receivers, list) and by not in self._receivers):
            return []
        wanted = set(ids)
        leaving = [sent.seq for id_ in wanted if (sent := self._sent.pop(id_, None)) is not None]
        for mid, row in self._flying.items():
            if row is not None and row.id in wanted:  # faster than the PUBACK
                leaving.append(row.seq)
                self._flying[mid] = None
        for seq in leaving:
            self._alarms.pop(seq, None)
        return leaving

    def due(self, now: float) -> list[int]:
        """The seqs to send again, life safety first, as many as there is room for."""
        late = [sent for sent in self._sent.values() if now - sent.at >= RESEND_S[sent.prio]]
        return [sent.seq for sent in sorted(late, key=lambda sent: (sent.prio, sent.seq))[: max(0, self.room)]]

    def gone(self, seq: int) -> None:
        """The outbox no longer has it."""
        self._sent = {id_: sent for id_, sent in self._sent.items() if sent.seq != seq}
        self._alarms.pop(seq, None)

    def reconnected(self) -> None:
        """A new connection knows nothing of what the old one sent: a broker may have died with it."""
        self._flying.clear()
        self._sent.clear()
