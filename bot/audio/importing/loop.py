"""Finding a stretch of a recording that can go round for ever, its end faded over its start."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.audio.assay import seam_percentile
from bot.audio.opus import SAMPLE_RATE, Pcm

CROSSFADE_S = 3.0
_STEP = SAMPLE_RATE // 2
_TRIES = 6
_WORST_PCT = 95.0


@dataclass(frozen=True)
class Loop:
    pcm: Pcm
    """Circular: its last frame leads to its first."""
    seam_pct: float


def find_loop(pcm: Pcm, longest_s: float, shortest_s: float) -> Loop | None:
    """Cut out a circle, shape (n, 2), whose seam no measure finds; None when there is none.

    Ends are compared by spectrum and level over a crossfade's length; the likeliest few are tried.
    """
    fade = round(min(CROSSFADE_S, len(pcm) / SAMPLE_RATE / 6.0) * SAMPLE_RATE)
    marks = _marks(pcm, fade)
    for start, end in _candidates(marks, len(pcm), fade, longest_s, shortest_s):
        circle = _circle(pcm, start, end, fade)
        seam = seam_percentile(circle)
        if seam <= _WORST_PCT:
            return Loop(circle, seam)
    return None


def _marks(pcm: Pcm, fade: int) -> NDArray[np.float64]:
    """One row each half second: the spectrum of the crossfade's length from there on, dB in sixteen bands."""
    edges = np.geomspace(60.0, 14_000.0, 17)
    hz = np.fft.rfftfreq(4096, 1.0 / SAMPLE_RATE)
    bands = [(hz >= low) & (hz < high) for low, high in pairwise(edges)]
    mono = pcm.mean(axis=1)
    rows = []
    for at in range(0, max(len(mono) - fade, 1), _STEP):
        part = mono[at : at + fade]
        frames = part[: len(part) // 4096 * 4096].reshape(-1, 4096) * np.hanning(4096)
        power = (np.abs(np.fft.rfft(frames, axis=1)) ** 2).mean(axis=0)
        rows.append([10.0 * np.log10(power[band].mean() + 1e-12) for band in bands])
    return np.array(rows)


def _candidates(
    marks: NDArray[np.float64], frames: int, fade: int, longest_s: float, shortest_s: float
) -> list[tuple[int, int]]:
    """Pairs (start, end) of frames, likeliest first: alike at both, and long rather than short."""
    longest, shortest = round(longest_s * SAMPLE_RATE), round(shortest_s * SAMPLE_RATE)
    found = []
    for i in range(len(marks)):
        for j in range(i + 1, len(marks)):
            length = (j - i) * _STEP
            if shortest <= length <= longest and j * _STEP + fade <= frames:
                apart = float(np.sqrt(np.mean((marks[i] - marks[j]) ** 2)))
                found.append((apart + 2.0 * (1.0 - length / longest), i * _STEP, j * _STEP))
    return [(start, end) for _, start, end in sorted(found)[:_TRIES]]


def _circle(pcm: Pcm, start: int, end: int, fade: int) -> Pcm:
    # What follows the end fades out over the start as that fades in, with equal power.
    circle = pcm[start:end].copy()
    t = (np.arange(fade, dtype=np.float32) + 0.5) / np.float32(fade)
    rise, fall = np.sin(np.pi / 2 * t)[:, None], np.cos(np.pi / 2 * t)[:, None]
    circle[:fade] = circle[:fade] * rise + pcm[end : end + fade] * fall
    return circle
