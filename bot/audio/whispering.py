"""A guide's whispered lines as sound: one-shots of a bank near one ear, swelled in and out."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.audio.library import Events
from bot.audio.loudness import momentary_lufs
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.place import TAIL, spatialise
from bot.audio.score import Whisper

DISTANCE_M: Final = 0.2
LOUDEST_LUFS: Final = -25.5
"""The loudest 0.4 s of every line: 4.5 dB over a bed at house level, to be understood, not more."""
LONGEST_S: Final = 4.0
_RAMP_S: Final = 0.09
_KEPT: Final = 4
"""Lines kept ready: more are never near."""


class WhisperSource:
    """Implements `bot.audio.sources.Source`; keeps no state but its cache."""

    thins = False
    level_lufs: float | None = None

    def __init__(self, lines: tuple[Whisper, ...], banks: Mapping[str, tuple[Events, Pcm]]) -> None:
        """`banks` has the bank of each trigger named, and its decoded file.

        Raises ValueError for a line that its bank does not have, or that is too long.
        """
        for line in lines:
            bank = banks[line.trigger][0].bank
            if line.shot >= len(bank) or bank[line.shot].frames + TAIL > LONGEST_S * SAMPLE_RATE:
                raise ValueError(f"{line.trigger} has no line {line.shot} of at most {LONGEST_S} s")
        self._banks = banks
        # Measured here, where nobody waits for the next block.
        self._gains = {line: _gain(self._swelled(line)) for line in lines}
        self._starts = sorted(
            ((round(line.at_s * SAMPLE_RATE), line) for line in lines), key=lambda at: at[0]
        )
        self._sound: Callable[[Whisper], Pcm] = lru_cache(maxsize=_KEPT)(self._sounded)

    def render(self, start: int, frames: int) -> Pcm:
        out = np.zeros((frames, 2), np.float32)
        for at, line in self._starts:
            if at >= start + frames:
                break
            first, last = max(start, at), min(start + frames, at + self._length(line))
            if first < last:
                out[first - start : last - start] += self._sound(line)[first - at : last - at]
        return out

    def _length(self, line: Whisper) -> int:
        return self._banks[line.trigger][0].bank[line.shot].frames + TAIL

    def _sounded(self, line: Whisper) -> Pcm:
        near = spatialise(self._swelled(line), Place(line.azimuth_deg, DISTANCE_M))
        return near * self._gains[line]

    def _swelled(self, line: Whisper) -> NDArray[np.float32]:
        events, pcm = self._banks[line.trigger]
        shot = events.bank[line.shot]
        mono = pcm[shot.start : shot.start + shot.frames].mean(axis=1)
        at = np.arange(len(mono))
        ends = np.minimum(at, len(mono) - 1 - at) / round(_RAMP_S * SAMPLE_RATE)
        swell = np.sin(np.pi / 2 * np.clip(ends, 0.0, 1.0)) ** 2
        swelled: NDArray[np.float32] = (mono * swell).astype(np.float32)
        return swelled


def _gain(mono: NDArray[np.float32]) -> np.float32:
    """Return what brings a line to its level; placing it changes none of its power."""
    loudest_lufs = float(momentary_lufs(np.stack([mono, mono], axis=1)).max())
    return np.float32(10.0 ** ((LOUDEST_LUFS - loudest_lufs) / 20.0))
