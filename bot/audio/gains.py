"""Gains that move: never a jump."""

import numpy as np
from numpy.typing import NDArray


def approach(value: float, wanted: float, step: float) -> float:
    """Move value towards wanted by at most step."""
    return min(wanted, value + step) if value < wanted else max(wanted, value - step)


def ramp(before: float, after: float, frames: int) -> NDArray[np.float32] | np.float32:
    """Return a gain that goes from before to after over a block: shape (frames, 1), or one number."""
    if before == after:
        return np.float32(after)
    steps = np.arange(1, frames + 1, dtype=np.float32) / np.float32(frames)
    return np.asarray(np.float32(before) + np.float32(after - before) * steps, np.float32)[:, None]
