"""Evidence of an event: its picture with boxes, the moments before and after, and hard negatives to learn from.

The eye offers every frame (a reference, no copy); the owner thread asks to keep one; this worker's thread draws, packs
and writes. Nothing here ever blocks or fails the others: a full disk costs pictures, which are counted, not protection.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Annotated

from pydantic import Field

from edge.core.clock import Clock
from edge.core.errors import FrameError
from edge.core.messages import Detection
from edge.core.options import Options, Seconds
from edge.core.supervisor import Beat, Worker
from edge.vision import picture
from edge.vision.arrays import Image
from edge.vision.drawer import Drawer
from edge.vision.store import Counts, Store, safe_name

log = logging.getLogger(__name__)
OnWritten = Callable[[str, Path], None]
Frames = Annotated[int, Field(ge=0, le=20)]
Megabytes = Annotated[float, Field(gt=0, le=100_000)]
REST_S = 5.0  # a visit brings its pictures in a burst
WAITING = 64  # pictures that may wait for the disk
HARD_NEGATIVES = "hard_negatives"


class EvidenceOptions(Options):
    """Bounds and shape of the evidence. `spacing_s` parts the frames kept before and after an event."""

    max_mb: Megabytes = 200.0
    max_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    pre_frames: Frames = 3
    post_frames: Frames = 3
    spacing_s: Seconds = 0.5
    max_side_px: Annotated[int, Field(ge=64, le=4096)] = 640
    jpeg_quality: Annotated[int, Field(ge=30, le=100)] = 80
    max_kb: Annotated[float, Field(ge=8, le=10_000)] = 120.0
    hard_negatives_max_mb: Megabytes = 100.0
    hard_negatives_max_days: Annotated[float, Field(gt=0, le=3650)] = 365.0


@dataclass(frozen=True)
class Frame:
    """One frame of the eye. The image is shared, not copied: nobody may write into it afterwards."""

    image: Image
    detections: tuple[Detection, ...]
    at: float


@dataclass(frozen=True)
class _Job:
    name: str
    frame: Frame
    event_id: str | None = None  # the event's own picture, not one before or after it
    label: str | None = None


@dataclass(frozen=True)
class _After:
    event_id: str
    number: int
    due_at: float


class Evidence:
    """The keeper of evidence in `folder`. `drawer` (optional) finds people and two-wheelers for the picture; it rests
    while none is due."""

    def __init__(
        self,
        options: EvidenceOptions,
        folder: Path,
        clock: Clock,
        on_written: OnWritten,
        drawer: Drawer | None = None,
    ) -> None:
        self._options, self._clock, self._on_written = options, clock, on_written
        self._drawer, self._drawn_at = drawer, 0.0
        day_s = 86400.0
        self._store = Store(folder, int(options.max_mb * 1e6), options.max_days * day_s)
        self._negatives = Store(
            folder / HARD_NEGATIVES,
            int(options.hard_negatives_max_mb * 1e6),
            options.hard_negatives_max_days * day_s,
            deep=True,
        )
        self._counts = Counts(self._negatives)
        self._load_counts()
        self._lock = threading.Lock()
        self._ring: deque[Frame] = deque(maxlen=options.pre_frames + 1)
        self._latest: Frame | None = None
        self._after: list[_After] = []
        self._jobs: Queue[_Job] = Queue(maxsize=WAITING)
        self._failing = False
        self.lost = 0
        """Pictures that could not be kept."""
        self.worker = Worker("evidence", self.run, max_silence_s=60.0)  # an SD card may stall for many seconds

    # ── called by the eye ────────────────────────────────────────────────────────────────────────────────────────
    def offer(self, image: Image, detections: tuple[Detection, ...], at: float) -> None:
        """A frame that was just looked at (`at`: when it was captured, monotonic s). Costs a reference."""
        frame = Frame(image, detections, at)
        with self._lock:
            self._latest = frame
            if not self._ring or at - self._ring[-1].at >= self._options.spacing_s:
                self._ring.append(frame)
            due = [after for after in self._after if at >= after.due_at]
            self._after = [after for after in self._after if at < after.due_at]
            for after in due:
                if after.number < self._options.post_frames:
                    self._after.append(replace(after, number=after.number + 1, due_at=at + self._options.spacing_s))
        for after in due:
            self._enqueue(_Job(f"{safe_name(after.event_id)}-post{after.number}.jpg", frame))

    # ── called by the owner thread ───────────────────────────────────────────────────────────────────────────────
    def keep(
        self, event_id: str, at: float, detections: tuple[Detection, ...] | None = None, label: str | None = None
    ) -> bool:
        """Keep the offered frame nearest to `at` as this event's picture, with `detections` (None: what the eye saw),
        and its neighbours. `label` keeps it as a hard negative too. False when no frame was ever offered.
        """
        options = self._options
        with self._lock:
            frames = [*self._ring, *([self._latest] if self._latest else [])]
            if options.post_frames:  # bounded: with a dead camera nothing ever comes due
                self._after = [*self._after[-WAITING:], _After(event_id, 1, self._clock.now() + options.spacing_s)]
        if not frames:
            return False
        frame = min(frames, key=lambda frame: abs(frame.at - at))
        before = [other for other in frames if other.at < frame.at][-options.pre_frames :] if options.pre_frames else []
        name = safe_name(event_id)
        main = frame if detections is None else replace(frame, detections=detections)
        self._enqueue(_Job(f"{name}.jpg", main, event_id, label))
        for number, other in enumerate(reversed(before), start=1):  # pre1 is the nearest
            self._enqueue(_Job(f"{name}-pre{number}.jpg", other))
        return True

    def hard_negatives(self) -> dict[str, int]:
        """How many were ever kept, by label, those of earlier runs included."""
        return dict(self._counts.by_label)

    def _enqueue(self, job: _Job) -> None:
        try:
            self._jobs.put_nowait(job)
        except Full:
            self._lose(f"{WAITING} pictures wait for the disk already")

    # ── the worker's thread ──────────────────────────────────────────────────────────────────────────────────────
    def run(self, beat: Beat) -> None:
        """Write what is asked for until told to leave; then what is still waiting."""
        self._start()
        while True:
            beat()
            try:
                job = self._jobs.get(timeout=0.5)
            except Empty:
                if beat.stopping:
                    if self._drawer is not None:
                        self._drawer.rest()
                    return
                self._rest()
                continue
            try:
                self._write(job)
            except (OSError, FrameError) as error:
                self._lose(str(error))

    def _start(self) -> None:
        for store in (self._store, self._negatives):
            store.sweep()
            store.prune(self._wall())

    def _load_counts(self) -> None:
        wrong = self._counts.load()
        if wrong:
            log.warning(
                "counts of hard negatives in %s were unreadable (%s): counted anew from the files",
                self._negatives.folder,
                wrong,
                extra={"EVENT": "evidence.counts", "COMPONENT": "evidence"},
            )

    def _write(self, job: _Job) -> None:
        options = self._options
        if job.event_id is None:
            self._save(self._store, job.name, self._pack(job.frame.image))
            return
        seen = job.frame.detections
        if self._drawer is not None:
            self._drawn_at = self._clock.now()
            known = {detection.label for detection in seen}
            seen += tuple(found for found in self._drawer.detect(job.frame.image) if found.label not in known)
        path = self._save(self._store, job.name, self._pack(picture.draw(job.frame.image, seen)))
        self._on_written(job.event_id, path)
        if job.label is not None:  # without boxes and finer: it is there to learn from
            label = safe_name(job.label)
            data = picture.encode(job.frame.image, max(options.max_side_px, 640), 95)
            self._save(self._negatives, f"{label}/{job.name}", data)
            self._counts.add(label)

    def _rest(self) -> None:
        if self._drawer is not None and self._drawer.awake and self._clock.now() - self._drawn_at > REST_S:
            self._drawer.rest()

    def _pack(self, image: Image) -> bytes:
        options = self._options
        return picture.encode(image, options.max_side_px, options.jpeg_quality, int(options.max_kb * 1000))

    def _save(self, store: Store, name: str, data: bytes) -> Path:
        store.prune(self._wall(), len(data))
        path = store.write(name, data)
        if self._failing:
            self._failing = False
            log.info("evidence is written again", extra={"EVENT": "evidence.recovered", "COMPONENT": "evidence"})
        return path

    def _wall(self) -> float | None:
        return None if self._clock.quality() == "unsynced" else self._clock.wall()

    def _lose(self, why: str) -> None:
        with self._lock:
            self.lost += 1
            level = logging.DEBUG if self._failing else logging.WARNING
            self._failing = True
        log.log(
            level,
            "evidence is lost, protection goes on: %s. Free or replace the disk, or correct state_dir: %s",
            why,
            self._store.folder,
            extra={"EVENT": "evidence.lost", "COMPONENT": "evidence"},
        )
