"""The outbox: an alarm is durable for about the price of one fdatasync; the backlog drains at paho's own pace."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge.core.clock import SystemClock, boot_id
from edge.core.messages import Event, Message
from edge.core.supervisor import Supervisor
from edge.wire.broker import LocalBroker
from edge.wire.events import Sealer
from edge.wire.options import BrokerOptions, OutboxOptions, SiteOptions
from edge.wire.outbox import Outbox
from edge.wire.uplink import Uplink
from tests.bench.rows import Row, p50

ALARMS, BACKLOG, LIMIT_S = 200, 2000, 120.0


def alarm() -> Event:
    """A typical visit's event."""
    data = {"event_type": "detected", "visit": "a1b2c3d4-1", "label": "ebike", "confidence": 0.93}
    return Event("alarm", "elevator.ebike.detected", "car", "alarm", 0, {**data, "frame_to_hold_ms": 41.2})


def rows() -> Iterator[Row]:
    """alarm → durable / fdatasync; bytes written / payload; backlog drain / paho pipelined."""
    with TemporaryDirectory(dir=os.environ.get("BENCH_DIR", "var" if Path("var").is_dir() else None)) as name:
        yield from _durable(Path(name))
        yield from _drain(Path(name))


def _written() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


def _durable(folder: Path) -> Iterator[Row]:
    clock = SystemClock()
    site = SiteOptions(site="bench")
    outbox = Outbox(folder / "durable", site.outbox, clock, boot_id())
    committed: SimpleQueue[float] = SimpleQueue()
    outbox.on_commit(lambda alarms: committed.put(time.perf_counter()))
    sealer = Sealer(site, "bench", clock, boot_id())
    inbox: SimpleQueue[Message] = SimpleQueue()
    supervisor = Supervisor(clock, inbox.put, lambda state: None)
    supervisor.start([outbox.worker])
    synced, durable, payload = [], [], 0
    block = os.urandom(4096)
    before = _written()
    synced_bytes = 0
    with (folder / "plain").open("wb", buffering=0) as plain:
        for _ in range(ALARMS):
            start = time.perf_counter()
            plain.write(block)
            os.fdatasync(plain.fileno())
            synced.append(time.perf_counter() - start)
            synced_bytes += len(block)
            sealed = sealer.seal(alarm())
            payload += len(sealed.body)
            start = time.perf_counter()
            outbox.put(sealed)
            durable.append(committed.get(timeout=LIMIT_S) - start)
    outbox.flush(LIMIT_S)
    written = _written() - before - synced_bytes
    supervisor.stop()
    note = f"{ALARMS} single alarms, interleaved, p50"
    yield Row("outbox: alarm durable / one fdatasync", p50(durable) * 1e3, p50(synced) * 1e3, "ms", 1.5, note=note)
    if written > 0:  # a RAM disk counts nothing
        yield Row("outbox: bytes written / payload, alarms", written / ALARMS, payload / ALARMS, "bytes", 45)


def _drain(folder: Path) -> Iterator[Row]:
    clock = SystemClock()
    with LocalBroker(folder / "broker", extra_config="max_inflight_messages 0\nmax_queued_messages 0") as broker:
        site = SiteOptions(
            site="bench", broker=BrokerOptions(host="127.0.0.1", port=broker.port), outbox=OutboxOptions(alarm_mib=64)
        )
        outbox = Outbox(folder / "drain", site.outbox, clock, boot_id())
        sealer = Sealer(site, "bench", clock, boot_id())
        inbox: SimpleQueue[Message] = SimpleQueue()
        supervisor = Supervisor(clock, inbox.put, lambda state: None)
        supervisor.start([outbox.worker])
        bodies = []
        for _ in range(BACKLOG):
            sealed = sealer.seal(alarm())
            bodies.append(sealed.body)
            outbox.put(sealed)
        outbox.flush(LIMIT_S)
        with _hears(broker.port, "plain/#", BACKLOG) as plain:
            _pipelined(broker.port, bodies)
            plain_s = plain.took_s()
        with _hears(broker.port, "community/1/bench/bench/event/#", BACKLOG) as drained:
            uplink = Uplink(site, "bench", outbox, clock, boot_id=boot_id(), birth={}, post=inbox.put)
            supervisor.start([uplink.worker])
            drained_s = drained.took_s()
        supervisor.stop()
        rates = BACKLOG / drained_s, BACKLOG / plain_s
        note = f"{BACKLOG} events, QoS 1, first to last at the same subscriber"
        yield Row("outbox: backlog drain / paho pipelined", *rates, "events/s", 0.5, "higher", note)


class _Counter:
    """When the first and the last of `count` messages came."""

    def __init__(self, count: int) -> None:
        self._left, self._done = count, threading.Event()
        self._first = self._last = 0.0

    def heard(self, *_: object) -> None:
        self._first = self._first or time.perf_counter()
        self._left -= 1
        if self._left == 0:
            self._last = time.perf_counter()
            self._done.set()

    def took_s(self) -> float:
        """Raises TimeoutError when they do not all come."""
        if not self._done.wait(LIMIT_S):
            raise TimeoutError(f"{self._left} messages did not come in {LIMIT_S:.0f} s")
        return self._last - self._first


@contextmanager
def _hears(port: int, topic: str, count: int) -> Iterator[_Counter]:
    counter, ready = _Counter(count), threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.on_message = counter.heard
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.subscribe(topic, qos=0)
    client.loop_start()
    if not ready.wait(LIMIT_S):
        raise TimeoutError("the broker does not let us subscribe")
    try:
        yield counter
    finally:
        client.disconnect()
        client.loop_stop()


def _pipelined(port: int, bodies: list[bytes]) -> None:
    """paho by itself: publish as fast as it can with the same window of 16, until all are acknowledged."""
    acked = threading.Semaphore(0)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(16)
    client.on_publish = lambda *_: acked.release()
    client.connect("127.0.0.1", port)
    client.loop_start()
    for body in bodies:
        client.publish("plain/event/alarm", body, qos=1)
    for _ in bodies:
        if not acked.acquire(timeout=LIMIT_S):
            raise TimeoutError("paho got no PUBACK")
    client.disconnect()
    client.loop_stop()
