"""The dark shelf of quiet hours: what ears are sharpest for, around 4 to 6 kHz, grows soft.

A first-order shelf: 7 dB down at 5 kHz, 15 dB at most, 1 dB at 1 kHz. However deep it is just now, it
is the low-passed sound and a share of the rest, so moving the share moves nothing else.
"""

import math
from typing import Final

import numpy as np
from scipy.signal import lfilter

from bot.audio.gains import approach, ramp
from bot.audio.opus import SAMPLE_RATE, Pcm

DEPTH_DB: Final = -15.0
PACE_DB_PER_S: Final = 0.1
"""Two and a half minutes there, and as long back: nobody shall notice that it became darker."""
_CORNER_HZ: Final = 2_000.0
_POLE: Final = math.exp(-2.0 * math.pi * _CORNER_HZ / SAMPLE_RATE)


class DarkShelf:
    """Owned by a master; a wish changes where it goes, the sound follows on a ramp."""

    def __init__(self, *, dark: bool) -> None:
        self._db = self._wanted_db = DEPTH_DB if dark else 0.0
        self._memory: Pcm = np.zeros((1, 2), np.float32)

    @property
    def depth_db(self) -> float:
        """How deep it is just now; 0 changes nothing."""
        return self._db

    @property
    def steady(self) -> bool:
        return self._db == self._wanted_db

    def set_dark(self, dark: bool) -> None:
        self._wanted_db = DEPTH_DB if dark else 0.0

    def process(self, block: Pcm) -> Pcm:
        """Take shape (n, 2) and return the same shape."""
        before = self._db
        self._db = approach(before, self._wanted_db, PACE_DB_PER_S * len(block) / SAMPLE_RATE)
        if before == self._db == 0.0:
            return block
        low, memory = lfilter([1.0 - _POLE], [1.0, -_POLE], block, axis=0, zi=self._memory)
        self._memory = np.asarray(memory, np.float32)
        share = ramp(10.0 ** (before / 20.0), 10.0 ** (self._db / 20.0), len(block))
        return np.asarray(low + share * (block - low), np.float32)
