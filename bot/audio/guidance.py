"""Bells and breaths as sound: soft, synthesised here, rendered at any moment of the night.

Bell: partials of a small bowl, all below 2 kHz, with a raised-cosine attack of 160 ms. Breath: bands of
noise whose centre rises while breathing in and falls while breathing out, so that it can be followed with
closed eyes. Both are set against a bed at house level (-30 LUFS): bells peak 2 dB over it, breaths 3 dB.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.score import Bell, Breaths, Score

_BELL_S = 9.0
_BELL_ATTACK_S = 0.16
_BELL_AMPLITUDE = 0.034
_PARTIALS = ((216.0, 1.0, 2.6), (216.5, 0.6, 2.6), (587.0, 0.42, 1.5), (1092.0, 0.12, 0.8))
"""Frequency in Hz, amplitude, and the time in which it falls to 1/e, seconds."""

_BANDS_HZ = (260.0, 390.0, 590.0, 880.0)
_BAND_WIDTH = 0.28
"""Standard deviation of a band, in octaves."""
_NOISE_S = 8
_BREATH_AMPLITUDE = 0.030
_OUT_LEVEL = 0.85
_BRIM = 0.3
"""What stays of the swell while the breath is held."""
_EASE_S = 0.6


class ScoreSource:
    """Everything a score asks for. Implements `bot.audio.sources.Source`; keeps no state."""

    thins = False
    level_lufs: float | None = None

    def __init__(self, score: Score) -> None:
        self._bells = [round(part.at_s * SAMPLE_RATE) for part in score if isinstance(part, Bell)]
        self._breaths = [part for part in score if isinstance(part, Breaths)]
        prepare()

    def render(self, start: int, frames: int) -> Pcm:
        out = np.zeros((frames, 2), np.float32)
        bell = _bell()
        for at in self._bells:
            first, last = max(start, at), min(start + frames, at + len(bell))
            if first < last:
                out[first - start : last - start] += bell[first - at : last - at]
        for breaths in self._breaths:
            begin = round(breaths.begin_s * SAMPLE_RATE)
            end = begin + round(breaths.n_breaths * breaths.length_s * SAMPLE_RATE)
            if start < end and start + frames > begin:
                out += _swell(breaths, start, frames)
        return out


def prepare() -> None:
    """Synthesise what every score needs, once a process; about a tenth of a second of work."""
    _bell()
    _noise()


@cache
def _bell() -> Pcm:
    at = np.arange(round(_BELL_S * SAMPLE_RATE)) / SAMPLE_RATE
    attack = 0.5 - 0.5 * np.cos(np.pi * np.minimum(at / _BELL_ATTACK_S, 1.0))
    release = np.clip((_BELL_S - at) / 1.0, 0.0, 1.0)
    ears = [np.zeros(len(at)), np.zeros(len(at))]
    for ear, phase in enumerate((0.0, 0.5)):
        for frequency, amplitude, decay_s in _PARTIALS:
            ears[ear] += amplitude * np.exp(-at / decay_s) * np.sin(2 * np.pi * frequency * at + phase)
    sound: Pcm = (np.stack(ears, axis=1) * (attack * release)[:, None] * _BELL_AMPLITUDE).astype(np.float32)
    sound.flags.writeable = False
    return sound


@cache
def _noise() -> NDArray[np.float32]:
    """Noise that loops without a seam, one row a band, unit power each."""
    n = _NOISE_S * SAMPLE_RATE
    frequency = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE)[1:]
    dice = np.random.default_rng(20)
    bands = np.empty((len(_BANDS_HZ), n), np.float32)
    for row, centre_hz in enumerate(_BANDS_HZ):
        shape = np.exp(-0.5 * (np.log2(frequency / centre_hz) / _BAND_WIDTH) ** 2)
        spectrum = shape * np.exp(2j * np.pi * dice.random(len(frequency)))
        wave = np.fft.irfft(np.concatenate(([0.0], spectrum)), n)
        bands[row] = wave / math.sqrt(float(np.mean(wave * wave)))
    bands.flags.writeable = False
    return bands


def _swell(breaths: Breaths, start: int, frames: int) -> Pcm:
    at_s = (np.arange(start, start + frames) / SAMPLE_RATE) - breaths.begin_s
    inside = (at_s >= 0.0) & (at_s < breaths.n_breaths * breaths.length_s)
    level, height = _breath_shape(breaths, np.mod(at_s, breaths.length_s))
    bands = _noise()
    loop = bands.shape[1]
    left = np.arange(start, start + frames) % loop
    right = (left + loop // 2) % loop  # far apart in the same noise: wide, and as one sound
    out = np.zeros((frames, 2), np.float64)
    for row in range(len(bands)):
        weight = np.exp(-0.5 * (height * (len(bands) - 1) - row) ** 2 / 0.5)
        out[:, 0] += weight * (0.8 * bands[row, left] + 0.6 * bands[row, right])
        out[:, 1] += weight * (0.8 * bands[row, left] - 0.6 * bands[row, right])
    return (out * (level * inside * _BREATH_AMPLITUDE)[:, None]).astype(np.float32)


def _breath_shape(
    breaths: Breaths, phase_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how loud (0..1) and how high (0..1) the swell is at each moment of a breath."""
    full_s = breaths.inhale_s + breaths.top_s
    out_s = full_s + breaths.hold_s
    # Points the level passes through, eased between; every breath begins and ends in silence.
    if breaths.top_s:
        dip = breaths.inhale_s
        inhale = [(0.0, 0.0), (dip * 0.85, 0.75), (dip, 0.4), (full_s, 1.0)]
    else:
        inhale = [(0.0, 0.0), (full_s, 1.0)]
    held = [(full_s + min(_EASE_S, breaths.hold_s / 2), _BRIM), (out_s, _BRIM)] if breaths.hold_s else []
    exhale = [(out_s + min(_EASE_S, breaths.exhale_s / 4), _OUT_LEVEL), (out_s + breaths.exhale_s, 0.0)]
    silent = [(breaths.length_s, 0.0)] if breaths.rest_s else []
    times, levels = zip(*inhale, *held, *exhale, *silent, strict=True)
    level = np.interp(phase_s, times, levels)
    level = np.sin(np.pi / 2 * level) ** 2 if not breaths.hold_s else level * level * (3.0 - 2.0 * level)
    height = np.interp(phase_s, [0.0, full_s, out_s, out_s + breaths.exhale_s], [0.1, 1.0, 0.95, 0.0])
    return level, height
