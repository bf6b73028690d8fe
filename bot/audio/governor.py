"""The house's loudness limit: a mix never exceeds -20 LUFS short-term, whatever is layered.

Short-term loudness is ITU-R BS.1770-5 K-weighted power over a sliding three seconds (EBU Tech 3341).
"""

import math
from collections import deque

import numpy as np
from scipy.signal import lfilter

from bot.audio.opus import SAMPLE_RATE, Pcm

LIMIT_LUFS = -20.0
_MARGIN_LU = 1.1
"""What a sudden onset can add to three seconds before the 0.4 s average has followed it."""
_AVERAGE_S = 0.4
_WINDOW_S = 3.0
_SPENT_AT_ONCE = 0.25
"""What one block may take of the energy that is left to three seconds: never all of it, so never silence."""
_BURST = 4.0
"""What a single block may hold of power over the cap: a tap is short, a blast is not."""
RECOVERY_DB_PER_S = 1.0
_K_ZEROS = np.convolve([1.53512485958697, -2.69169618940638, 1.19839281085285], [1.0, -2.0, 1.0])
_K_POLES = np.convolve([1.0, -1.69065929318241, 0.73248077421585], [1.0, -1.99004745483398, 0.99007225036621])
"""K-weighting, its two filters as one."""


class Governor:
    """Turns the whole mix down while its 0.4 s average is too loud, and lets it return slowly."""

    def __init__(self, limit_lufs: float = LIMIT_LUFS) -> None:
        self._power_cap = _power(limit_lufs - _MARGIN_LU)
        self._energy_cap = _power(limit_lufs) * _WINDOW_S * SAMPLE_RATE
        self._filter = np.zeros((4, 2))
        self._past: deque[tuple[int, float]] = deque()  # frames and K-weighted energy, before the gain
        self._heard: deque[tuple[int, float]] = deque()  # the same, after the gain
        self._past_frames = self._heard_frames = 0
        self._gain = 1.0

    @property
    def gain_now(self) -> float:
        return self._gain

    def gain(self, block: Pcm) -> tuple[float, float]:
        """Return the gain before and after this block, shape (n, 2); the sound follows a line between."""
        n = len(block)
        weighted, self._filter = lfilter(_K_ZEROS, _K_POLES, block, axis=0, zi=self._filter)
        self._past.append((n, float(np.vdot(weighted, weighted))))
        self._past_frames += n
        while self._past_frames - self._past[0][0] >= _AVERAGE_S * SAMPLE_RATE:
            self._past_frames -= self._past.popleft()[0]
        power = sum(energy for _, energy in self._past) / (_AVERAGE_S * SAMPLE_RATE)
        before = self._gain
        rising = before * 10.0 ** (RECOVERY_DB_PER_S * n / SAMPLE_RATE / 20.0)
        energy = self._past[-1][1]
        allowed = min(
            _gain_to(self._power_cap, power),
            _gain_to(_BURST * self._power_cap, energy / n),
            _gain_to(_SPENT_AT_ONCE * self._energy_left(n), energy),
        )
        self._gain = min(1.0, rising, allowed)
        line = (before * before + before * self._gain + self._gain * self._gain) / 3.0
        self._heard.append((n, energy * line))
        self._heard_frames += n
        return before, self._gain

    def _energy_left(self, n: int) -> float:
        """Return what three seconds that end with a block of n frames may still have."""
        while self._heard_frames + n > _WINDOW_S * SAMPLE_RATE:
            self._heard_frames -= self._heard.popleft()[0]
        return max(0.0, self._energy_cap - sum(energy for _, energy in self._heard))


def _power(lufs: float) -> float:
    return math.pow(10.0, (lufs + 0.691) / 10.0)


def _gain_to(cap: float, power: float) -> float:
    return math.sqrt(cap / power) if power > cap else 1.0
