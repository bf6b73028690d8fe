"""Where a one-shot sits, and how it moves: two ears, the distance, and a small soft room around them.

The ears are `head`'s. A moving sound is filtered in windows of 21 ms that overlap, each with its own place,
and delayed by a line that bends smoothly: nothing steps. The room is a shoebox whose first reflections come
from its walls: hardly any for a sound at the ear, more the farther it is, as a room tells distance.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft
from scipy.signal import lfilter, oaconvolve

from bot.audio.head import SOUND_MPS, TAPS, ear_filters, step_of
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm

TAIL: Final = 1_600
"""Frames by which a placed sound is longer: the far ear, and the last reflection."""
_HOP: Final = 512
_WALLS: Final = (
    # azimuth in degrees, distance in metres: the listener sits off the middle of 3.4 x 2.8 x 2.4 m.
    (0.0, 1.9), (180.0, 1.5), (90.0, 1.25), (-90.0, 1.55), (35.0, 1.3), (-120.0, 1.15),
)  # fmt: skip
_REFLECTED: Final = 0.6
_OUTDOORS_M: Final = (1.8, 3.0)
"""Between these distances the room's walls vanish: what is farther is outside."""

Mono = NDArray[np.float32]


def spatialise(mono: Mono, place: Place, towards: Place | None = None) -> Pcm:
    """Place a mono one-shot, shape (n,), around the head; returns shape (n + TAIL, 2).

    With `towards` it moves there while it sounds. The power summed over both ears is that of the mono sound
    played straight ahead to both: a place never changes how loud it is.
    """
    direct = _still(mono, place) if towards is None else _moving(mono, place, towards)
    out = np.zeros((len(mono) + TAIL, 2))
    out[: len(direct)] = direct
    _reflect(out, mono, place)
    power = float(np.sum(out * out))
    if power > 0.0:
        out *= math.sqrt(2.0 * float(np.sum(mono.astype(np.float64) ** 2)) / power)
    return out.astype(np.float32)


def _still(mono: Mono, place: Place) -> NDArray[np.float64]:
    filters, *delays_s = ear_filters(round(place.azimuth_deg), step_of(place.distance_m))
    sound = mono.astype(np.float64)
    out = np.zeros((len(mono) + TAPS + 80, 2))
    for ear, (taps, delay_s) in enumerate(zip(filters, delays_s, strict=True)):
        whole, fraction = _delay_taps(delay_s * SAMPLE_RATE)
        heard = oaconvolve(sound, np.convolve(taps, fraction))
        out[whole : whole + len(heard), ear] = heard
    return out


def _delay_taps(delay: float) -> tuple[int, NDArray[np.float64]]:
    """Return whole frames, and four taps (third-order Lagrange) for the rest of a delay and a frame more."""
    whole = int(delay)
    f = delay - whole
    taps = [
        -f * (f - 1.0) * (f - 2.0) / 6.0,
        (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0,
        -(f + 1.0) * f * (f - 2.0) / 2.0,
        (f + 1.0) * f * (f - 1.0) / 6.0,
    ]
    return whole, np.array(taps)


def _moving(mono: Mono, place: Place, towards: Place) -> NDArray[np.float64]:
    n_windows = len(mono) // _HOP + 2
    window = np.sin(np.pi * (np.arange(2 * _HOP) + 0.5) / (2 * _HOP)) ** 2
    padded = np.zeros((n_windows + 1) * _HOP)
    padded[_HOP : _HOP + len(mono)] = mono
    size = 2 * _HOP + 2 * TAPS
    filters, delays = np.zeros((n_windows, 2, TAPS)), np.zeros((n_windows, 2))
    for index in range(n_windows):
        here = _between(place, towards, index * _HOP / max(len(mono), 1))
        filters[index], *delays[index] = ear_filters(round(here.azimuth_deg), step_of(here.distance_m))
    pieces = np.lib.stride_tricks.sliding_window_view(padded, 2 * _HOP)[::_HOP] * window
    heard = irfft(rfft(pieces, size)[:, None, :] * rfft(filters, size), size)
    ears = np.zeros(((n_windows + 3) * _HOP, 2))
    for index, both in enumerate(heard):
        ears[index * _HOP : index * _HOP + size] += both.T
    out = np.zeros((len(mono) + TAPS + 80, 2))
    for ear in range(2):
        sound = ears[_HOP:, ear][: len(out)]
        at = np.arange(len(sound)) + _HOP
        bend = np.interp(at, np.arange(1, n_windows + 1) * _HOP, delays[:, ear] * SAMPLE_RATE)
        out[: len(sound), ear] = _late(sound, bend)
    return out


def _between(place: Place, towards: Place, share: float) -> Place:
    """Go the shorter way round the head, the distance in proportion."""
    share = min(max(share, 0.0), 1.0)
    turn = (towards.azimuth_deg - place.azimuth_deg + 180.0) % 360.0 - 180.0
    azimuth = (place.azimuth_deg + share * turn + 180.0) % 360.0 - 180.0
    return Place(azimuth, place.distance_m * (towards.distance_m / place.distance_m) ** share)


def _late(x: NDArray[np.float64], delay: NDArray[np.float64]) -> NDArray[np.float64]:
    """Delay each frame by its own number of samples, by fractions too (third-order Lagrange), and by one."""
    source = np.arange(len(x)) - delay - 1.0
    whole = np.floor(source).astype(np.int64)
    f = source - whole
    padded = np.concatenate([np.zeros(80), x, np.zeros(3)])
    at = whole + 80
    late: NDArray[np.float64] = (
        padded[at - 1] * (-f * (f - 1.0) * (f - 2.0) / 6.0)
        + padded[at] * ((f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0)
        + padded[at + 1] * (-(f + 1.0) * f * (f - 2.0) / 2.0)
        + padded[at + 2] * ((f + 1.0) * f * (f - 1.0) / 6.0)
    )
    return late


def _reflect(out: NDArray[np.float64], mono: Mono, place: Place) -> None:
    """Add the walls' answers, each once, dark, from its own side."""
    near, far = _OUTDOORS_M
    indoors = min(max((far - place.distance_m) / (far - near), 0.0), 1.0)
    if indoors == 0.0:
        return
    soft = lfilter([0.33], [1.0, -0.67], mono.astype(np.float64))
    for azimuth_deg, wall_m in _WALLS:
        apart = math.radians(azimuth_deg - place.azimuth_deg)
        ahead = min(place.distance_m * math.cos(apart), 0.8 * wall_m)
        beside = place.distance_m * math.sin(apart)
        straight, path = math.hypot(ahead, beside), math.hypot(2.0 * wall_m - ahead, beside)
        level = indoors * _REFLECTED * straight / path
        at = round((path - straight) / SOUND_MPS * SAMPLE_RATE)
        lean = 0.5 * math.sin(math.radians(azimuth_deg))
        for ear, side in enumerate((-1.0, 1.0)):
            start = at + max(0, round(-side * lean * 28.0))
            end = max(start, min(start + len(soft), len(out)))
            out[start:end, ear] += level * math.sqrt(1.0 + side * lean) * soft[: end - start]
