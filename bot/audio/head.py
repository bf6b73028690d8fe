"""The head as a rigid sphere: what each ear gets of a source at any distance, near ones above all.

The exact series of Duda & Martens (1998, J. Acoust. Soc. Am. 104:3048) for a point source beside a sphere. It
gives what far-field measurements cannot: 20 dB between the ears at 300 Hz for a whisper at one of them.
"""

import math
from bisect import bisect_right
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from bot.audio.opus import SAMPLE_RATE

RADIUS_M: Final = 0.0875
_DELAY_RADIUS_M: Final = 0.094
"""What makes the delays of a sphere fit those of a KEMAR manikin."""
SOUND_MPS: Final = 343.0
TAPS: Final = 128
_NEAREST_M: Final = 0.1
_STEP: Final = 1.04
_DISTANCES_M: Final = (0.1, 0.115, 0.135, 0.17, 0.24, 0.38, 0.7, 1.5, 4.0)
_STEP_DEG: Final = 7.5
_ANGLES_DEG: Final = np.arange(0.0, 181.0, _STEP_DEG)
_N_FFT: Final = 512
_HZ: Final = np.fft.rfftfreq(_N_FFT, 1.0 / SAMPLE_RATE)
_TERMS: Final = 70
_FADE: Final = np.cos(np.pi / 2.0 * np.clip((np.arange(TAPS) - TAPS * 0.6) / (TAPS * 0.4), 0.0, 1.0)) ** 2
_LEAST_MONO: Final = 0.65
"""Power that both ears played by one loudspeaker keep, around any pitch, of the two powers' sum.

A whole octave, wherever it begins, then keeps half of it."""

Gain = NDArray[np.float64]
"""Magnitudes over frequency, 0 to 24 kHz: shape (257,), or rows of it."""


@lru_cache(maxsize=1)
def _table() -> NDArray[np.float64]:
    """Level at an ear, dB against no head at its centre: (distance, angle to the ear, frequency)."""
    hz = np.geomspace(60.0, 24_000.0, 72)
    mu = 2.0 * np.pi * hz / SOUND_MPS * RADIUS_M
    cosines = np.cos(np.radians(_ANGLES_DEG))
    order = np.arange(_TERMS)
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.stack(
            [spherical_jn(m, mu, True) - 1j * spherical_yn(m, mu, True) for m in order]  # h'_m, e^(jwt)
        )
        legendre = np.stack([(2 * m + 1) * eval_legendre(m, cosines) for m in order])
        levels = []
        for distance in _DISTANCES_M:
            rho = max(distance / RADIUS_M, 1.12)
            there = np.stack([spherical_jn(m, mu * rho) - 1j * spherical_yn(m, mu * rho) for m in order])
            ratio = np.nan_to_num(there / slope, nan=0.0, posinf=0.0, neginf=0.0)
            pressure = np.abs(rho / mu * np.einsum("ma,mf->af", legendre, ratio))
            levels.append([np.interp(_HZ, hz, row) for row in 20.0 * np.log10(np.maximum(pressure, 1e-4))])
    return np.array(levels)


def ear_level_db(angle_rad: float, distance_m: float) -> Gain:
    """Return what an ear gets, dB against the free field, from `angle_rad` off its axis (0..pi)."""
    i = min(max(bisect_right(_DISTANCES_M, distance_m), 1), len(_DISTANCES_M) - 1) - 1
    nearer, farther = _DISTANCES_M[i : i + 2]
    u = min(max(math.log(distance_m / nearer) / math.log(farther / nearer), 0.0), 1.0)
    turn = math.degrees(angle_rad) / _STEP_DEG
    j = min(int(turn), len(_ANGLES_DEG) - 2)
    v = turn - j
    table = _table()
    level: Gain = (1.0 - u) * ((1.0 - v) * table[i, j] + v * table[i, j + 1]) + u * (
        (1.0 - v) * table[i + 1, j] + v * table[i + 1, j + 1]
    )
    return level


def ear_delay_s(angle_rad: float, distance_m: float) -> float:
    """Return how much later than at the head's centre a sound is at an ear: straight, or around the head."""
    a, r = _DELAY_RADIUS_M, max(distance_m, _DELAY_RADIUS_M + 0.006)
    if r * math.cos(angle_rad) >= a:
        path = math.sqrt(r * r + a * a - 2.0 * r * a * math.cos(angle_rad))
    else:  # to the tangent point, then along the head
        path = math.sqrt(r * r - a * a) + a * (angle_rad - math.acos(a / r))
    return (path - r) / SOUND_MPS


def both_ears(azimuth_deg: float, distance_m: float) -> tuple[Gain, Gain, float, float]:
    """Return the gains of the left and the right ear and their delays in seconds, 0 for the nearer.

    Gains are linear and keep the two ears' power at 2 over white noise. Where both ears through one
    loudspeaker would cancel, the farther ear is turned down further: no octave of the sum falls over 3 dB
    below the two powers' sum.
    """
    angles = [_off_axis(azimuth_deg, ear_deg) for ear_deg in (-90.0, 90.0)]
    levels = [ear_level_db(angle, distance_m) for angle in angles]
    delays = [ear_delay_s(angle, distance_m) for angle in angles]
    first = min(delays)
    left_s, right_s = (delay - first for delay in delays)
    left, right = (10.0 ** (level / 20.0) for level in levels)
    left, right = _mono_safe(left, right, left_s - right_s)
    scale = math.sqrt(2.0 / float(np.mean(left**2 + right**2)))
    return left * scale, right * scale, left_s, right_s


def ear_filters(azimuth_deg: int, distance_step: int) -> tuple[NDArray[np.float32], float, float]:
    """Return the filters of both ears, shape (2, TAPS), and their delays, for a place on the grid.

    distance_step: see `step_of`. Whole degrees and steps of 4 % are finer than ears tell apart.
    """
    filters, left_s, right_s = _filters_on_the_right(abs(azimuth_deg), distance_step)
    return (filters[::-1], right_s, left_s) if azimuth_deg < 0 else (filters, left_s, right_s)


@lru_cache(maxsize=2_048)
def _filters_on_the_right(azimuth_deg: int, distance_step: int) -> tuple[NDArray[np.float32], float, float]:
    left, right, left_s, right_s = both_ears(float(azimuth_deg), _NEAREST_M * _STEP**distance_step)
    filters = minimum_phase(np.stack([left, right])).astype(np.float32)
    filters.flags.writeable = False
    return filters, left_s, right_s


def step_of(distance_m: float) -> int:
    """Return the nearest step of the distance grid, 0 at the ear."""
    return max(0, round(math.log(distance_m / _NEAREST_M) / math.log(_STEP)))


def _off_axis(azimuth_deg: float, ear_deg: float) -> float:
    apart = abs(azimuth_deg - ear_deg) % 360.0
    return math.radians(min(apart, 360.0 - apart))


def _mono_safe(left: Gain, right: Gain, apart_s: float) -> tuple[Gain, Gain]:
    """Turn the later ear down, octave by octave, until the mono sum keeps its power."""
    cosine = np.cos(2.0 * np.pi * _HZ * apart_s)
    early, late = (right, left) if apart_s > 0.0 else (left, right)
    smooth, back = _octave_mean()
    for _ in range(6):
        powers, cross = smooth @ (early**2 + late**2), smooth @ (2.0 * early * late * cosine)
        too_much = np.clip(1.0 + (1.0 - _LEAST_MONO) * powers / np.minimum(cross, -1e-9), 0.0, 1.0)
        if not (too_much > 0.02).any():
            break
        late = late * (1.0 - np.clip(1.5 * back @ too_much, 0.0, 0.8))
    return (late, early) if apart_s > 0.0 else (early, late)


@lru_cache(maxsize=1)
def _octave_mean() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what averages bins over octaves half an octave apart, shape (bands, 257), and the way back."""
    centres = 200.0 * 2.0 ** np.arange(0.0, 6.6, 0.5)
    away = np.abs(np.log2(np.maximum(_HZ, 20.0)[None, :] / centres[:, None]))
    rows = np.clip(1.5 - 2.0 * away, 0.0, 1.0) + 1e-6
    mean = rows / rows.sum(axis=1, keepdims=True)
    return mean, mean.T / mean.T.sum(axis=1, keepdims=True)


def minimum_phase(gains: Gain) -> NDArray[np.float64]:
    """Return the shortest filters of magnitudes, rows TAPS long: nothing rings before the sound."""
    cepstra = irfft(np.log(np.maximum(gains, 1e-4)), _N_FFT)
    cepstra[..., 1 : _N_FFT // 2] *= 2.0
    cepstra[..., _N_FFT // 2 + 1 :] = 0.0
    taps: NDArray[np.float64] = irfft(np.exp(rfft(cepstra)), _N_FFT)[..., :TAPS] * _FADE
    return taps
