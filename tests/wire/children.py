"""Processes that tests kill: `python -m tests.wire.children nursery FOLDER` and `… device FOLDER PORT`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.wire.support import Device, event, site


def writer(folder: Path) -> None:
    """Put events in uneven groups; say each id once its commit is durable."""
    device = Device(folder, site())
    device.supervisor.start([device.outbox.worker])
    number = 0
    while True:
        ids = []
        for _ in range(number % 4 + 1):
            number += 1
            ids.append(device.recorder.event(event(number % 3, number)))
        assert device.outbox.flush(10)
        os.write(1, "".join(f"{id_}\n" for id_ in ids).encode())  # one write: never half a line


def nursery(folder: Path) -> None:
    """For each line on stdin a new writer: says its pid, and `dead` once it was killed. Saves the imports."""
    for _ in sys.stdin:
        if (pid := os.fork()) == 0:
            writer(folder)
        os.write(1, f"pid {pid}\n".encode())
        os.waitpid(pid, 0)
        os.write(1, b"dead\n")


def device(folder: Path, port: int) -> None:
    """A device on the wire with an event every 20 ms."""
    one = Device(folder, site(port))
    one.start()
    number = 0
    while True:
        number += 1
        one.recorder.event(event(number % 3, number))
        time.sleep(0.02)


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        nursery(Path(sys.argv[2]))
    else:
        device(Path(sys.argv[2]), int(sys.argv[3]))
