"""Which head a running node uses. A bad one is told and passed by: the model then judges by itself."""

from __future__ import annotations

import logging
from pathlib import Path

from edge.core.errors import ModelError
from edge.vision.calibration.head import Head
from edge.vision.calibration.store import Calibrations
from edge.vision.models import Entry

log = logging.getLogger(__name__)


def active_head(state_dir: Path, entry: Entry) -> Head | None:
    """The head in use for the model `entry`, or None: there is none, or it cannot be used (then a WARNING says why)."""
    store = Calibrations(state_dir)
    try:
        head = store.current()
        wrong = unfit(head, entry) if head else None
    except (ModelError, OSError) as error:
        head, wrong = None, str(error)
    if wrong:
        log.warning(
            "this lift's calibration is not used, the model judges by itself: %s. Cure: `edge vision calibrate fit`, "
            "or `undo`",
            wrong,
            extra={"EVENT": "calibration.ignored", "COMPONENT": "eye"},
        )
        return None
    return head


def unfit(head: Head, entry: Entry) -> str | None:
    """Why a head does not go with a model; None when it does."""
    if head.model_sha256 != entry.sha256:
        return f"it was fitted to another model file than that of {entry.name} (SHA-256 {head.model_sha256[:12]}…)"
    if entry.features != len(head.weights):
        return f"it has {len(head.weights)} weights, model {entry.name} gives {entry.features or 'no'} features"
    return None
