"""The ceiling: a look-ahead limiter on the true peak.

The true peak is found on four-times oversampled sound (ITU-R BS.1770-5, annex 2), but only in blocks whose
samples come near enough to the ceiling that a peak between them could reach it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d
from scipy.signal import firwin

from bot.audio.opus import SAMPLE_RATE, Pcm

CEILING_DBTP = -4.0
"""One dB under the house's -3 dBTP: what the codec may add to a peak."""
_LOOKAHEAD = 240
_RELEASE_DB_PER_S = 12.0
_PHASES = 4
_TAPS = 12
_HALF = _TAPS // 2


def _interpolator() -> NDArray[np.float64]:
    """Four polyphase rows of a windowed-sinc low-pass, shape (4, 12); each row sums to one."""
    prototype = firwin(_PHASES * _TAPS, 1.0 / _PHASES, window=("kaiser", 8.0)) * _PHASES
    rows = prototype.reshape(_TAPS, _PHASES).T
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


_ROWS = _interpolator()
_OVERSHOOT = float(np.abs(_ROWS).sum(axis=1).max())
"""The most a peak between samples can exceed the samples around it."""


def true_peak(pcm: Pcm) -> NDArray[np.float64]:
    """Return the 4x oversampled magnitude around each frame, the louder channel's; shape (n,)."""
    found = np.abs(pcm).max(axis=1).astype(np.float64)
    for channel in pcm.T:
        for row in _ROWS:
            between = np.abs(np.convolve(channel, row, mode="same"))
            found = np.maximum(found, maximum_filter1d(between, 3))
    return np.asarray(found)


class Limiter:
    """Runs block by block; what comes out is `delay` frames late and never over the ceiling."""

    delay = 2 * _LOOKAHEAD + _HALF

    def __init__(self, ceiling_dbtp: float = CEILING_DBTP) -> None:
        self._ceiling = 10.0 ** (ceiling_dbtp / 20.0)
        self._held = np.zeros((self.delay, 2), np.float32)
        self._needed = np.zeros(4 * _LOOKAHEAD)  # dB, 0 or less; ends where the peak detector has come to
        self._release_from = 0.0

    @property
    def reduction_db(self) -> float:
        """How far the sound is held down just now; 0 when the limiter rests."""
        return float(-self._needed.min())

    def process(self, block: Pcm) -> Pcm:
        """Take shape (n, 2), n at least 480; return the same shape, `delay` frames late."""
        n = len(block)
        sound = np.concatenate([self._held, block])
        self._held = sound[n:].copy()  # a view would keep all of it
        needed = self._needed_db(sound)
        history = np.concatenate([self._needed, needed])
        self._needed = history[n:].copy()
        out = sound[:n]
        if not history.any():
            return out
        return out * (10.0 ** (_smooth(history)[2 * _LOOKAHEAD :][:n] / 20.0)).astype(np.float32)[:, None]

    def _needed_db(self, sound: Pcm) -> NDArray[np.float64]:
        """Gain each frame needs, with release, for the frames whose neighbours on both sides are here."""
        n = len(sound) - len(self._held)
        if self._release_from == 0.0 and float(np.abs(sound).max()) * _OVERSHOOT <= self._ceiling:
            return np.zeros(n)
        peaks = true_peak(sound)[-n - _HALF : -_HALF]
        wanted = np.minimum(0.0, 20.0 * np.log10(self._ceiling / np.maximum(peaks, 1e-9)))
        # Rise back at a steady pace: the least of all earlier needs, each raised by the time since.
        rising = _RELEASE_DB_PER_S / SAMPLE_RATE * np.arange(1, n + 1)
        released = rising + np.minimum.accumulate(np.minimum(wanted - rising, self._release_from))
        gentle: NDArray[np.float64] = np.minimum(released, 0.0)
        self._release_from = float(gentle[-1])
        return gentle


def _smooth(needed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let the gain fall before the peak: the least of what is ahead, averaged over the look-ahead."""
    ahead = minimum_filter1d(needed, 2 * _LOOKAHEAD + 1, mode="nearest")
    return np.asarray(uniform_filter1d(ahead, 2 * _LOOKAHEAD + 1, mode="nearest"))
