"""The vocal tract as a filter that moves: resonances in cascade; a sound passed through frame by frame."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal

HOP: Final = 240
"""Frames (48 kHz) between two shapes of the tract: 5 ms."""
WINDOW: Final = 4 * HOP
HZ: Final[Signal] = np.fft.rfftfreq(WINDOW, 1.0 / SAMPLE_RATE).astype(np.float64)


def resonance(centre_hz: Signal, bandwidth_hz: Signal, hz: Signal = HZ) -> Signal:
    """Gain of a second-order resonance, 1 at 0 Hz; centres, widths of shape (m,); returns (m, len(hz))."""
    centre, width = centre_hz[:, None], bandwidth_hz[:, None]
    squared = centre**2
    magnitude: Signal = squared / np.sqrt((squared - hz**2) ** 2 + (width * hz) ** 2)
    return magnitude


def cascade(centres_hz: Signal, bandwidths_hz: Signal, hz: Signal = HZ) -> Signal:
    """Gain of resonances one after another (Fant's all-pole tract); shapes (m, k); returns (m, len(hz))."""
    gain = np.ones((len(centres_hz), len(hz)))
    for centre, width in zip(centres_hz.T, bandwidths_hz.T, strict=True):
        gain *= resonance(centre, width, hz)
    return gain


def shaped(source: Signal, gains: NDArray[np.float64]) -> Signal:
    """Pass a sound, shape (n,), through gains, shape (m, len(HZ)), one each HOP; overlap-add, same length."""
    window = np.sin(np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    out = np.zeros((len(gains) - 1) * HOP + WINDOW)
    padded = np.zeros(len(out))
    padded[: min(len(source), len(out))] = source[: len(out)]
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    for start in range(0, len(gains), 2_000):
        some = np.fft.rfft(frames[start : start + 2_000] * window, axis=1)
        pieces = np.fft.irfft(some * gains[start : start + 2_000], WINDOW, axis=1) * window
        for index, piece in enumerate(pieces, start):
            out[index * HOP : index * HOP + WINDOW] += piece
    return out[: len(source)] / 2.0
