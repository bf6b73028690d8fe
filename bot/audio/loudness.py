"""Offline measuring of finished sound: loudness (ITU-R BS.1770-4), true peak, crest."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bot.audio.opus import SAMPLE_RATE

Sound = NDArray[np.float32] | NDArray[np.float64]
"""Shape (n, 2), 48 kHz, full scale 1.0."""

SILENCE_LUFS: Final = -70.0
"""The absolute gate: nothing below it counts, and silence measures as it."""
_STEP: Final = SAMPLE_RATE // 10

# BS.1770-4, tables 1 and 2: the head's high shelf, then the RLB high-pass, both given for 48 kHz.
_K_WEIGHTING: Final = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)


def integrated_lufs(pcm: Sound) -> float:
    """Gated loudness of the whole, LUFS; at least SILENCE_LUFS. Needs 0.4 s of sound."""
    power = _window_power(pcm, 4)
    power = power[_lufs(power) > SILENCE_LUFS]
    if not len(power):
        return SILENCE_LUFS
    loud = power[_lufs(power) > _lufs(power.mean()) - 10.0]
    return float(_lufs(loud.mean()))


def short_term_lufs(pcm: Sound) -> NDArray[np.float64]:
    """Loudness of every 3 s window, one a tenth of a second, LUFS. Needs 3 s of sound."""
    return np.maximum(_lufs(_window_power(pcm, 30)), SILENCE_LUFS)


def momentary_lufs(pcm: Sound) -> NDArray[np.float64]:
    """Loudness of every 0.4 s window, one a tenth of a second, LUFS. Needs 0.4 s of sound."""
    return np.maximum(_lufs(_window_power(pcm, 4)), SILENCE_LUFS)


def true_peak_dbtp(pcm: Sound) -> float:
    """Highest level between and at the samples, dBTP, from four times oversampling; -120 for silence."""
    peak = max(float(np.abs(signal.resample_poly(ear, 4, 1)).max()) for ear in np.asarray(pcm, np.float64).T)
    return float(20.0 * np.log10(max(peak, 1e-6)))


def crest_db(pcm: Sound) -> float:
    """Return true peak over RMS, dB."""
    power = max(float(np.mean(np.asarray(pcm, np.float64) ** 2)), 1e-12)
    return true_peak_dbtp(pcm) - float(10.0 * np.log10(power))


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    return -0.691 + 10.0 * np.log10(np.maximum(power, 1e-12))


def _window_power(pcm: Sound, steps: int) -> NDArray[np.float64]:
    """K-weighted power, both ears added, of windows of `steps` tenths of a second."""
    weighted = signal.sosfilt(_K_WEIGHTING, np.asarray(pcm, np.float64), axis=0)
    n = len(weighted) // _STEP
    if n < steps:
        raise ValueError(f"needs {steps / 10} s of sound, not {len(pcm) / SAMPLE_RATE:.2f} s")
    tenths = np.sum(weighted[: n * _STEP] ** 2, axis=1).reshape(n, _STEP).mean(axis=1)
    means: NDArray[np.float64] = np.convolve(tenths, np.ones(steps) / steps, "valid")
    return means
