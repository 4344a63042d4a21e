"""What a camera gives, and what a camera driver is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from edge.core.errors import DeviceError, DeviceOffline

if TYPE_CHECKING:  # numpy comes with the extra `vision`; options must load without it
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]


class NoFrame(DeviceOffline):
    """Nothing came in time, though the device did not say that it is gone: waiting on is worth while."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture. `image`: H × W × 3, uint8, RGB; `at`: monotonic seconds when it was captured; `number`: 1, 2, 3 …
    of this camera, also across reopening. A gap in the numbers is frames that nobody took."""

    image: Image
    at: float
    number: int


class Camera(Protocol):
    """A driver. Called from one thread; none of these may block for longer than they say."""

    def open(self) -> None:
        """Start the device (again). At most about 5 s. Raises DeviceError."""

    def read(self, timeout_s: float) -> Frame:
        """The newest frame not yet read. Raises NoFrame when none comes in time, DeviceOffline when the source ended,
        FrameError for one unreadable picture (the next may be good), DeviceError for a broken device."""

    def close(self) -> None:
        """Stop the device; at once, even when its driver hangs. Never raises."""


def require_cv2() -> Any:
    """The module cv2. Raises DeviceError that names the extra to install."""
    try:
        import cv2
    except ImportError as cause:
        raise DeviceError(f"camera: OpenCV cannot be imported ({cause}): pip install 'edge-node[vision]'") from cause
    return cv2
