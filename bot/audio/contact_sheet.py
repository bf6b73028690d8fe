"""One picture of every sound: its spectrogram, ten seconds of it, pitch upwards by octaves."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bot.audio.opus import SAMPLE_RATE, Pcm

SHOWN_S: Final = 10.0
_WIDE, _HIGH, _TEXT = 250, 120, 18
_COLUMNS: Final = 6
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 14_000.0
_RANGE_DB: Final = 60.0
_GROUND: Final = (26, 27, 38)
_INK: Final = (200, 205, 220)


def spectrogram(pcm: Pcm, wide: int = _WIDE, high: int = _HIGH) -> NDArray[np.float64]:
    """Return brightness 0..1, shape (high, wide), time to the right, log pitch upwards, 60 dB deep."""
    hz, _, power = signal.spectrogram(pcm.mean(axis=1), SAMPLE_RATE, nperseg=2048, noverlap=1024)
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, high + 1)
    # Each row shows the power per hertz around its pitch, lifted by 3 dB an octave as ears do.
    rows = [_row(power, hz, low, top) * np.sqrt(low * top) for low, top in pairwise(edges)]
    columns = np.array_split(np.array(rows), wide, axis=1)
    level = 10.0 * np.log10(np.stack([part.mean(axis=1) for part in columns], axis=1) + 1e-15)
    bright: NDArray[np.float64] = np.clip(1.0 + (level - np.percentile(level, 99.7)) / _RANGE_DB, 0.0, 1.0)
    return bright[::-1]


def draw(sounds: Sequence[tuple[str, str, Pcm]], path: Path) -> None:
    """Write a PNG of (name, "#rrggbb", sound) each; needs Pillow."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only who draws needs it

    rows = -(-len(sounds) // _COLUMNS)
    cell_high = _HIGH + _TEXT + 6
    sheet = Image.new("RGB", (_COLUMNS * (_WIDE + 6) + 6, rows * cell_high + 6), _GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for index, (name, colour, pcm) in enumerate(sounds):
        left, top = 6 + index % _COLUMNS * (_WIDE + 6), 6 + index // _COLUMNS * cell_high
        ink = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)
        bright = spectrogram(pcm[: round(SHOWN_S * SAMPLE_RATE)])[..., None]
        glow = np.array(_GROUND) + bright * (1.45 * ink + 30.0 - np.array(_GROUND)) + 70.0 * bright**4
        sheet.paste(Image.fromarray(np.clip(glow, 0.0, 255.0).astype(np.uint8)), (left, top + _TEXT))
        pen.text((left + 2, top + 1), name, fill=_INK, font=font)
    sheet.quantize(128).save(path, optimize=True)


def _row(power: NDArray[np.float64], hz: NDArray[np.float64], low: float, top: float) -> NDArray[np.float64]:
    inside = (hz >= low) & (hz < top)
    if inside.any():
        mean: NDArray[np.float64] = power[inside].mean(axis=0)
        return mean
    nearest: NDArray[np.float64] = power[int(np.abs(hz - np.sqrt(low * top)).argmin())]
    return nearest
