"""The two kinds of array that pass through the eye."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""A picture: height × width × 3, red green blue, 0–255 (a grey one: height × width)."""

Tensor = npt.NDArray[np.float32]
"""What goes into a model and comes out of it."""
