"""Where a one-shot sits: time and level differences between the ears for a near source.

A rigid sphere of radius `a` stands for the head. Time difference: Woodworth & Schlosberg (1954), with the
9.4 cm radius that matches a KEMAR manikin. Shadow: the one-pole one-zero filter of Brown & Duda (1998, IEEE
Trans. Speech Audio Proc. 6:476). Nearness: the difference in path length to the two ears, which is what
makes a close source lopsided even at low frequencies (Duda & Martens 1998).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm

_HEAD_M = 0.094
_SOUND_MPS = 343.0
_NEAREST_EAR_M = 0.08
"""Nearer than this a source grows no louder: closeness must not startle."""


def spatialise(mono: NDArray[np.float32], place: Place) -> Pcm:
    """Place a mono one-shot, shape (n,), around the head; returns shape (n + 64, 2).

    The power summed over both ears is that of the mono sound played straight ahead to both: a change of
    place never changes how loud it is.
    """
    ears = [_ear(mono, place, side) for side in (-90.0, 90.0)]
    gains = _path_gains(place)
    out = np.stack([ear * gain for ear, gain in zip(ears, gains, strict=True)], axis=1)
    power = float(np.sum(out * out, dtype=np.float64))
    if power > 0.0:
        out *= math.sqrt(2.0 * float(np.sum(mono * mono, dtype=np.float64)) / power)
    return out.astype(np.float32)


def _angle_to_ear(place: Place, ear_deg: float) -> float:
    """Angle between source and ear axis, radians, 0..pi."""
    apart = abs(place.azimuth_deg - ear_deg) % 360.0
    return math.radians(min(apart, 360.0 - apart))


def _ear(mono: NDArray[np.float32], place: Place, ear_deg: float) -> NDArray[np.float64]:
    angle = _angle_to_ear(place, ear_deg)
    return _delayed(_shadowed(mono, angle), _delay_s(angle) * SAMPLE_RATE)


def _delay_s(angle: float) -> float:
    """Arrival later than the nearest point of the head: straight to a seen ear, around it to a hidden one."""
    if angle < math.pi / 2:
        return _HEAD_M / _SOUND_MPS * (1.0 - math.cos(angle))
    return _HEAD_M / _SOUND_MPS * (1.0 + angle - math.pi / 2)


def _shadowed(mono: NDArray[np.float32], angle: float) -> NDArray[np.float64]:
    w0 = _SOUND_MPS / _HEAD_M
    # 2 towards the source, near 0 in the shadow, least at 150 degrees as measured.
    alpha = 1.05 + 0.95 * math.cos(angle * 180.0 / 150.0)
    k = 2.0 * SAMPLE_RATE / (2.0 * w0)
    b = np.array([1.0 + alpha * k, 1.0 - alpha * k]) / (1.0 + k)
    a = np.array([1.0, (1.0 - k) / (1.0 + k)])
    return np.asarray(lfilter(b, a, mono.astype(np.float64)))


def _delayed(x: NDArray[np.float64], delay: float) -> NDArray[np.float64]:
    """Delay by a fraction of samples (third-order Lagrange), into 64 more samples."""
    whole = int(delay)
    f = delay - whole
    taps = np.array(
        [
            -f * (f - 1.0) * (f - 2.0) / 6.0,
            (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0,
            -(f + 1.0) * f * (f - 2.0) / 2.0,
            (f + 1.0) * f * (f - 1.0) / 6.0,
        ]
    )
    out = np.zeros(len(x) + 64)
    shaped = np.convolve(x, taps)
    out[whole : whole + len(shaped)] = shaped
    return out


def _path_gains(place: Place) -> tuple[float, float]:
    gains = []
    for ear_deg in (-90.0, 90.0):
        angle = _angle_to_ear(place, ear_deg)
        r = max(place.distance_m, _HEAD_M + 0.01)
        if r * math.cos(angle) >= _HEAD_M:
            path = math.sqrt(r * r + _HEAD_M * _HEAD_M - 2.0 * r * _HEAD_M * math.cos(angle))
        else:  # to the tangent point, then along the head
            path = math.sqrt(r * r - _HEAD_M * _HEAD_M) + _HEAD_M * (angle - math.acos(_HEAD_M / r))
        gains.append(1.0 / max(path, _NEAREST_EAR_M))
    return gains[0], gains[1]
