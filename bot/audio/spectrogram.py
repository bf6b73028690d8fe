"""What a sound looks like: ten seconds of it, time to the right, pitch upwards by octaves."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.mix import Layer
from bot.audio.opus import SAMPLE_RATE, Pcm

SHOWN_S: Final = 10.0
GROUND: Final = (26, 27, 38)
_SKIPPED_S: Final = 4.0
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 14_000.0
_RANGE_DB: Final = 60.0


def shown_part(library: Library, trigger_id: str) -> Pcm:
    """Return the stretch of a sound that is shown, as it is played: the same every time.

    Raises ContentError when the file is damaged, KeyError when there is no such trigger.
    """
    source = SourceShelf(library).open(Layer(trigger_id), 1)
    return source.render(round(_SKIPPED_S * SAMPLE_RATE), round(SHOWN_S * SAMPLE_RATE))


def spectrogram(pcm: Pcm, wide: int, high: int) -> NDArray[np.float64]:
    """Return brightness 0..1, shape (high, wide), time to the right, log pitch upwards, 60 dB deep."""
    hz, _, power = signal.spectrogram(pcm.mean(axis=1), SAMPLE_RATE, nperseg=2048, noverlap=1024)
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, high + 1)
    # Each row shows the power per hertz around its pitch, lifted by 3 dB an octave as ears do.
    rows = [_row(power, hz, low, top) * np.sqrt(low * top) for low, top in pairwise(edges)]
    columns = np.array_split(np.array(rows), wide, axis=1)
    level = 10.0 * np.log10(np.stack([part.mean(axis=1) for part in columns], axis=1) + 1e-15)
    bright: NDArray[np.float64] = np.clip(1.0 + (level - np.percentile(level, 99.7)) / _RANGE_DB, 0.0, 1.0)
    return bright[::-1]


def pixels(pcm: Pcm, colour: str, wide: int, high: int, *, dim: float = 1.0) -> NDArray[np.uint8]:
    """Return the spectrogram in a sound's own colour ("#rrggbb") on the dark ground, shape (high, wide, 3).

    dim: more leaves only the strongest tones bright.
    """
    ink = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)
    bright = spectrogram(pcm, wide, high)[..., None] ** dim
    glow = np.array(GROUND) + bright * (1.45 * ink + 30.0 - np.array(GROUND)) + 70.0 * bright**4
    seen: NDArray[np.uint8] = np.clip(glow, 0.0, 255.0).astype(np.uint8)
    return seen


def _row(power: NDArray[np.float64], hz: NDArray[np.float64], low: float, top: float) -> NDArray[np.float64]:
    inside = (hz >= low) & (hz < top)
    if inside.any():
        mean: NDArray[np.float64] = power[inside].mean(axis=0)
        return mean
    nearest: NDArray[np.float64] = power[int(np.abs(hz - np.sqrt(low * top)).argmin())]
    return nearest
