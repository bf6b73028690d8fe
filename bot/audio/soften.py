"""Soft limiting of single grains: what sticks out is turned down on a curve a few milliseconds long."""

from typing import Final

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal

MOST_DB: Final = 6.0
"""No grain is turned down further than this."""
_HOLD: Final = SAMPLE_RATE * 4 // 1000
_KNEE_DB: Final = 6.0


def softened(sound: Signal, ceiling: float, most_db: float = MOST_DB) -> Signal:
    """Turn down only what passes the knee under `ceiling` (linear), both ears alike; shape (2, n) stays.

    A peak over the ceiling by up to most_db comes out at it; one still higher is turned down by most_db.
    """
    peaks = maximum_filter1d(_peaks(sound), 2 * _HOLD + 1, mode="wrap")
    over_db = 20.0 * np.log10(np.maximum(peaks, 1e-9) / ceiling)
    # From the knee on, twice the span above it is pressed into once: slope 1/2, then a limit.
    wanted_db = np.clip((over_db + _KNEE_DB) / 2.0, 0.0, None)
    reduction_db = np.minimum(np.maximum(wanted_db - _KNEE_DB / 2.0, over_db).clip(0.0), most_db)
    smooth = uniform_filter1d(reduction_db, 2 * _HOLD + 1, mode="wrap")
    return sound * 10.0 ** (-smooth / 20.0)


def _peaks(sound: Signal) -> Signal:
    """Magnitude of the louder ear, peaks between samples included, shape (n,)."""
    between = np.abs(resample_poly(sound, 4, 1, axis=-1)).max(axis=0)
    peaks: Signal = between.reshape(-1, 4).max(axis=1)
    return peaks
