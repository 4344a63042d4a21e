"""From a model's raw outputs to detections: one file per kind of model, one row in the table below."""

from __future__ import annotations

from collections.abc import Callable

from edge.vision.decoders.base import Decoded, Decoder
from edge.vision.decoders.cells import EbikeCells
from edge.vision.decoders.centernet import CenterNet
from edge.vision.decoders.nanodet import NanoDet
from edge.vision.decoders.ssd import SsdOpenImages
from edge.vision.models import Entry

DECODERS: dict[str, Callable[[Entry], Decoder]] = {
    "ebike_cells": EbikeCells,
    "ssd_oid": SsdOpenImages,
    "nanodet": NanoDet,
    "centernet": CenterNet,
}

__all__ = ["DECODERS", "Decoded", "Decoder"]
