"""Where a one-shot sits, and how it moves: two ears, the distance, and a small soft room around them.

The ears are `head`'s. A moving sound is filtered in windows of 21 ms that overlap, each with its own place,
and delayed by a line that bends smoothly: nothing steps. The room is a shoebox whose first reflections come
from its walls: hardly any for a sound at the ear, more the farther it is, as a room tells distance.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, ifft

from bot.audio.head import SOUND_MPS, TAPS, ear_filters, step_of
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm

TAIL: Final = 1_600
"""Frames by which a placed sound is longer: the far ear, and the last reflection."""
_HOP: Final = 512
_SIZE: Final = 8_192
_LATEST: Final = 80
"""Frames by which the far ear may be later: a metre and a half of way, more than any head."""
_WALLS: Final = (
    # azimuth in degrees, distance in metres: the listener sits off the middle of 3.4 x 2.8 x 2.4 m.
    (0.0, 1.9), (180.0, 1.5), (90.0, 1.25), (-90.0, 1.55), (35.0, 1.3), (-120.0, 1.15),
)  # fmt: skip
_SOFT: Final = (0.33 * 0.67 ** np.arange(48)).astype(np.float32)
"""What a wall answers a click with: a one-pole low-pass, to where nothing is left of it."""
_REFLECTED: Final = 0.6
_OUTDOORS_M: Final = (1.8, 3.0)
"""Between these distances the room's walls vanish: what is farther is outside."""

Mono = NDArray[np.float32]
Ears = NDArray[np.complex64]
"""Both ears as one row of numbers, the left real and the right imaginary: one transform filters both."""


def spatialise(mono: Mono, place: Place, towards: Place | None = None) -> Pcm:
    """Place a mono one-shot, shape (n,), around the head; returns shape (n + TAIL, 2).

    With `towards` it moves there while it sounds. The power summed over both ears is that of the mono sound
    played straight ahead to both: a place never changes how loud it is.
    """
    answers = _room(place)
    if towards is None:
        direct = _direct(place)
        answers[: len(direct)] += direct
        heard = _filtered(mono, answers)
    else:
        heard = _filtered(mono, answers)
        moving = _moving(mono, place, towards)
        heard[: len(moving)] += moving
    out: Pcm = heard.view(np.float32).reshape(-1, 2)
    power = float(np.vdot(out, out))
    if power > 0.0:
        out *= np.float32(math.sqrt(2.0 * float(np.dot(mono, mono)) / power))
    return out


def _filtered(mono: Mono, taps: Ears) -> Ears:
    """Convolve shape (n,) with shape (m,): overlap and add; returns shape (n + m - 1,)."""
    out = np.zeros(len(mono) + len(taps) - 1, np.complex64)  # first, below what is needed only for a moment
    hop = _SIZE - len(taps) + 1
    n_pieces = -(-len(mono) // hop)
    pieces = np.zeros((n_pieces, hop), np.float32)
    pieces.ravel()[: len(mono)] = mono
    heard = fft(pieces, _SIZE)
    heard *= fft(taps, _SIZE)
    for at, piece in zip(range(0, n_pieces * hop, hop), ifft(heard, overwrite_x=True), strict=True):
        whole = out[at : at + _SIZE]
        whole += piece[: len(whole)]
    return out


def _direct(place: Place) -> Ears:
    """Return what the ears get straight from a place."""
    filters, *delays_s = ear_filters(round(place.azimuth_deg), step_of(place.distance_m))
    taps = np.zeros(TAPS + _LATEST, np.complex64)
    for ear, (row, delay_s) in enumerate(zip(filters, delays_s, strict=True)):
        whole, fraction = _delay_taps(delay_s * SAMPLE_RATE)
        heard = np.convolve(row, fraction)
        taps.view(np.float32)[2 * whole + ear : 2 * (whole + len(heard)) : 2] = heard
    return taps


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


def _moving(mono: Mono, place: Place, towards: Place) -> Ears:
    n_windows = len(mono) // _HOP + 2
    window = (np.sin(np.pi * (np.arange(2 * _HOP) + 0.5) / (2 * _HOP)) ** 2).astype(np.float32)
    padded = np.zeros((n_windows + 1) * _HOP, np.float32)
    padded[_HOP : _HOP + len(mono)] = mono
    size = 2 * _HOP + TAPS
    filters, delays = np.zeros((n_windows, TAPS, 2), np.float32), np.zeros((n_windows, 2))
    for index in range(n_windows):
        here = _between(place, towards, index * _HOP / max(len(mono), 1))
        both, *delays[index] = ear_filters(round(here.azimuth_deg), step_of(here.distance_m))
        filters[index] = both.T
    pieces = np.lib.stride_tricks.sliding_window_view(padded, 2 * _HOP)[::_HOP] * window
    heard = ifft(fft(pieces, size) * fft(filters.view(np.complex64)[:, :, 0], size), overwrite_x=True)
    ears = np.zeros((n_windows + 3) * _HOP, np.complex64)
    for index, piece in enumerate(heard):
        ears[index * _HOP : index * _HOP + size] += piece
    sound = ears[_HOP:][: len(mono) + TAPS + _LATEST].view(np.float32).reshape(-1, 2)
    out = np.empty_like(sound)
    at = np.arange(_HOP, _HOP + len(sound))
    for ear in range(2):
        bend = np.interp(at, np.arange(1, n_windows + 1) * _HOP, delays[:, ear] * SAMPLE_RATE)
        out[:, ear] = _late(sound[:, ear], bend)
    moved: Ears = out.view(np.complex64)[:, 0]
    return moved


def _between(place: Place, towards: Place, share: float) -> Place:
    """Go the shorter way round the head, the distance in proportion."""
    share = min(max(share, 0.0), 1.0)
    turn = (towards.azimuth_deg - place.azimuth_deg + 180.0) % 360.0 - 180.0
    azimuth = (place.azimuth_deg + share * turn + 180.0) % 360.0 - 180.0
    return Place(azimuth, place.distance_m * (towards.distance_m / place.distance_m) ** share)


def _late(x: NDArray[np.float32], delay: NDArray[np.float64]) -> NDArray[np.float32]:
    """Delay each frame by its own number of samples, by fractions too (third-order Lagrange), and by one."""
    source = np.arange(len(x)) - delay - 1.0
    whole = np.floor(source)
    f = (source - whole).astype(np.float32)
    padded = np.concatenate([np.zeros(_LATEST, np.float32), x, np.zeros(3, np.float32)])
    at = whole.astype(np.int64) + _LATEST
    before, after = f + 1.0, f - 1.0
    further, product = f - 2.0, f * after
    late: NDArray[np.float32] = padded.take(at - 1) * (product * further * np.float32(-1.0 / 6.0))
    late += padded.take(at) * (before * after * further * np.float32(0.5))
    late += padded[1:].take(at) * (before * f * further * np.float32(-0.5))
    late += padded[2:].take(at) * (before * product * np.float32(1.0 / 6.0))
    return late


def _room(place: Place) -> Ears:
    """Return the walls' answers, each once, dark, from its own side; shape (TAIL + 1,)."""
    taps = np.zeros((TAIL + 1, 2), np.float32)
    near, far = _OUTDOORS_M
    indoors = min(max((far - place.distance_m) / (far - near), 0.0), 1.0)
    for azimuth_deg, wall_m in _WALLS if indoors else ():
        apart = math.radians(azimuth_deg - place.azimuth_deg)
        ahead = min(place.distance_m * math.cos(apart), 0.8 * wall_m)
        beside = place.distance_m * math.sin(apart)
        straight, path = math.hypot(ahead, beside), math.hypot(2.0 * wall_m - ahead, beside)
        level = indoors * _REFLECTED * straight / path
        at = round((path - straight) / SOUND_MPS * SAMPLE_RATE)
        lean = 0.5 * math.sin(math.radians(azimuth_deg))
        for ear, side in enumerate((-1.0, 1.0)):
            start = at + max(0, round(-side * lean * 28.0))
            answer = taps[start : start + len(_SOFT), ear]
            answer += np.float32(level * math.sqrt(1.0 + side * lean)) * _SOFT[: len(answer)]
    both: Ears = taps.view(np.complex64)[:, 0]
    return both
