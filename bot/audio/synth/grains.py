"""Thousands of short sounds a second: when they fall, how they reach two ears, and adding them up fast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import CONTROL_RATE, Signal

_CHUNK: Final = 4_000_000
"""Samples scattered at a time, so that memory stays small."""


Bank = Sequence[Signal]
"""Short mono sounds, each of shape (k,); an event plays one of them."""


@dataclass(frozen=True)
class Falls:
    """What falls where: one row an event, all arrays of shape (events,).

    at: frame in the circle. variant: index of its grain. gain: linear, before the ears.
    side: -1 left..1 right.
    """

    at: NDArray[np.int64]
    variant: NDArray[np.int64]
    gain: Signal
    side: Signal


@dataclass(frozen=True)
class Ears:
    """How a sound from the side differs between the ears, kept mild so that the mono sum stays whole.

    level_db: level difference at the far side. delay_s: delay at the far side.
    """

    level_db: float
    delay_s: float


def event_frames(rng: np.random.Generator, rate_hz: Signal) -> NDArray[np.int64]:
    """Draw a Poisson process whose rate follows the control signal `rate_hz`; frames in order."""
    expected = np.concatenate([[0.0], np.cumsum(np.maximum(rate_hz, 0.0)) / CONTROL_RATE])
    count = rng.poisson(expected[-1])
    points = np.sort(rng.uniform(0.0, expected[-1], count))
    control = np.interp(points, expected, np.arange(len(expected)))
    frames: NDArray[np.int64] = (control * (SAMPLE_RATE // CONTROL_RATE)).astype(np.int64)
    last = len(rate_hz) * (SAMPLE_RATE // CONTROL_RATE) - 1
    return frames.clip(0, last)


def scatter(n_frames: int, bank: Bank, falls: Falls, ears: Ears, right: Bank | None = None) -> Signal:
    """Add every event's grain into a circle of n_frames; shape (2, n_frames).

    right: what the right ear hears of each grain, where that is not the same.
    """
    out = np.zeros((2, n_frames))
    half_db = falls.side * ears.level_db / 2.0
    half_delay = np.round(falls.side * ears.delay_s * SAMPLE_RATE / 2.0).astype(np.int64)
    for ear, sign in enumerate((-1.0, 1.0)):
        gain = falls.gain * 10.0 ** (sign * half_db / 20.0)
        at = falls.at - (half_delay if sign > 0.0 else -half_delay)
        for index, grain in enumerate(right if right is not None and sign > 0.0 else bank):
            mine = falls.variant == index
            _add(out[ear], grain, at[mine], gain[mine])
    return out


def _add(out: Signal, grain: Signal, at: NDArray[np.int64], gain: Signal) -> None:
    offsets = np.arange(len(grain))
    rows = max(1, _CHUNK // len(grain))
    for start in range(0, len(at), rows):
        frames = (at[start : start + rows, None] + offsets) % len(out)
        weights = gain[start : start + rows, None] * grain
        out += np.bincount(frames.ravel(), weights.ravel(), minlength=len(out))


def burst(rng: np.random.Generator, centre_hz: float, octaves: float, decay_s: float) -> Signal:
    """Make a puff of noise around a frequency: a quarter-decay attack, an exponential tail, unit energy."""
    n = int(7.0 * decay_s * SAMPLE_RATE) + 16
    hz = fft.rfftfreq(n, 1.0 / SAMPLE_RATE)
    away = np.log2(np.maximum(hz, 1.0) / centre_hz) / (octaves / 2.0)
    noise: Signal = fft.irfft(fft.rfft(rng.standard_normal(n)) * np.exp(-0.5 * away**2), n)
    return unit_energy(noise * _envelope(n, decay_s))


def ring(frequency_hz: float, decay_s: float, rise: float = 0.0) -> Signal:
    """Make a damped sine of unit energy; its pitch rises by the factor `rise` over a decay time.

    A bubble is one: radius r m rings at 3/r Hz and dies with a rate of 0.13/r + 0.0072 r^-1.5 a second
    (van den Doel, ACM TAP 2005).
    """
    n = int(7.0 * decay_s * SAMPLE_RATE) + 16
    t = np.arange(n) / SAMPLE_RATE
    phase = 2.0 * np.pi * frequency_hz * t * (1.0 + rise * t / (2.0 * decay_s))
    return unit_energy(np.sin(phase) * _envelope(n, decay_s))


def bubble(radius_m: float, rise: float) -> Signal:
    """Make the ring of an air bubble in water; see `ring`."""
    return ring(3.0 / radius_m, 1.0 / (0.13 / radius_m + 0.0072 * radius_m**-1.5), rise)


def scattered(grain: Signal, other: Signal, alike: float, from_hz: float) -> Signal:
    """Return what the farther ear has of a grain once ground and walls have scattered its high part.

    other: a grain like it, drawn anew. alike: coherence of the two ears, 0..1, an octave above from_hz.
    """
    n = min(len(grain), len(other))
    hz = fft.rfftfreq(n, 1.0 / SAMPLE_RATE)
    above = np.clip(np.log2(np.maximum(hz, 1.0) / from_hz), 0.0, 1.0)
    same = 1.0 - (1.0 - alike) * above
    mixed: Signal = fft.irfft(fft.rfft(grain[:n]) * same + fft.rfft(other[:n]) * np.sqrt(1.0 - same**2), n)
    return mixed


def unit_energy(samples: Signal) -> Signal:
    norm: float = np.sqrt(np.sum(samples**2))
    return samples / norm


def _envelope(n: int, decay_s: float) -> Signal:
    t = np.arange(n) / SAMPLE_RATE
    attack = np.minimum(t / (decay_s / 8.0), 1.0)
    release = np.minimum((n - np.arange(n)) / (n / 8.0), 1.0)
    ends: Signal = np.sin(np.pi / 2.0 * attack) ** 2 * np.sin(np.pi / 2.0 * release) ** 2
    return ends * np.exp(-t / decay_s)
