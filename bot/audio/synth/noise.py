"""Noise with a shape: a spectrum, a coherence between the ears, a slow drift. All of it circular."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bot.audio.opus import SAMPLE_RATE

Signal = NDArray[np.float64]
"""Shape (n,) mono or (2, n) stereo, 48 kHz."""
Curve = Sequence[tuple[float, float]]
"""Points (frequency in Hz, value), rising in frequency; read by straight lines over log frequency."""

CONTROL_RATE: Final = 240
"""Control signals (levels, rates) have this many points a second; it divides 48 kHz."""
_LOWEST_HZ: Final = 1e-6
"""Stands for 0 Hz, which has no logarithm; rhythms reach down to a hundredth of a hertz."""


def value_at(curve: Curve, frequency_hz: Signal) -> Signal:
    """Read a curve at each frequency; beyond its ends it stays at its end values."""
    hz, values = zip(*curve, strict=True)
    read: Signal = np.interp(np.log(np.maximum(frequency_hz, _LOWEST_HZ)), np.log(hz), values)
    return read


def even_below(edge_hz: float, curve: Curve) -> Curve:
    """Return a curve that begins and ends where `curve` does, and is up to the edge what it is there."""
    if curve[0][0] >= edge_hz:
        return curve
    level = float(value_at(curve, np.array([edge_hz]))[0])
    above = [(hz, value) for hz, value in curve if hz > edge_hz]
    return ((curve[0][0], level), (min(edge_hz, curve[-1][0]), level), *above)


def _spectrum(rng: np.random.Generator, n_bins: int) -> NDArray[np.complex64]:
    parts = rng.standard_normal((2, n_bins), dtype=np.float32)
    bins: NDArray[np.complex64] = parts[0] + np.complex64(1j) * parts[1]
    return bins


class StereoNoise:
    """Gaussian noise around the head, kept as spectra so that any band of it can be taken out.

    n_frames: length of one circle. level_db: power density over frequency. coherence: 0..1 over frequency,
    how alike the two ears are; it is never negative, so the mono sum loses at most 3 dB anywhere.
    """

    def __init__(self, rng: np.random.Generator, n_frames: int, level_db: Curve, coherence: Curve) -> None:
        self._n = n_frames
        self._hz = fft.rfftfreq(n_frames, 1.0 / SAMPLE_RATE)
        level = 10.0 ** (value_at(level_db, self._hz) / 20.0)
        level[self._hz < 20.0] = 0.0
        alike = np.clip(value_at(coherence, self._hz), 0.0, 1.0)
        shared = _spectrum(rng, len(self._hz)) * np.sqrt(alike)
        apart = np.sqrt(1.0 - alike)
        scale = level * np.sqrt(SAMPLE_RATE * n_frames / 4.0)
        self._ears = [
            ((shared + _spectrum(rng, len(self._hz)) * apart) * scale).astype(np.complex64) for _ in range(2)
        ]

    def whole(self) -> Signal:
        """Shape (2, n_frames). At 0 dB the power is 1 per Hz."""
        return np.stack([fft.irfft(ear, self._n) for ear in self._ears]).astype(np.float64)

    def band(self, low_hz: float, high_hz: float) -> Signal:
        """Take one band; neighbouring bands overlap by half an octave and add up to the whole again."""
        window = (_slope(self._hz, low_hz) - _slope(self._hz, high_hz)).astype(np.float32)
        return np.stack([fft.irfft(ear * window, self._n) for ear in self._ears]).astype(np.float64)


def _slope(hz: Signal, centre_hz: float) -> Signal:
    """Rise from 0 to 1 over half an octave around the centre; always 1 where the centre is 0."""
    if centre_hz <= 0.0:
        return np.ones_like(hz)
    octaves = np.log2(np.maximum(hz, _LOWEST_HZ) / centre_hz)
    rising: Signal = np.sin(np.pi / 2.0 * np.clip(octaves / 0.5 + 0.5, 0.0, 1.0)) ** 2
    return rising


def drift(rng: np.random.Generator, seconds: float, density_db: Curve) -> Signal:
    """Draw a slow random control signal: zero mean, unit variance, shape (seconds * CONTROL_RATE,).

    density_db: the shape of its power density over frequency (Hz); nothing is left beyond its ends.
    """
    n = round(seconds * CONTROL_RATE)
    hz = fft.rfftfreq(n, 1.0 / CONTROL_RATE)
    level = 10.0 ** (value_at(density_db, hz) / 20.0)
    level[(hz < density_db[0][0]) | (hz > density_db[-1][0])] = 0.0
    curve: Signal = fft.irfft(level * (rng.standard_normal(len(hz)) + 1j * rng.standard_normal(len(hz))), n)
    curve /= curve.std()
    return curve


def to_audio_rate(control: Signal) -> Signal:
    """Bring control signals, shape (..., n), to 48 kHz by straight lines around the circle."""
    step = SAMPLE_RATE // CONTROL_RATE
    ahead = np.roll(control, -1, axis=-1)
    ramp = np.arange(step) / step
    lines = control[..., None] + (ahead - control)[..., None] * ramp
    return lines.reshape(*control.shape[:-1], -1)
