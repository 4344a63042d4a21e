"""Put on PYTHONPATH by a test: the daemon's inference hangs for as long as the file EDGE_LAB_HANG names is there."""

import os
import sys
import time
from pathlib import Path

if "run" in sys.orig_argv:
    from edge.vision import detector

    _detect = detector.Detector.detect
    _hang = Path(os.environ["EDGE_LAB_HANG"])

    def _stuck(self, image):  # type: ignore[no-untyped-def]
        while _hang.exists():
            time.sleep(0.05)
        return _detect(self, image)

    detector.Detector.detect = _stuck  # type: ignore[method-assign]
