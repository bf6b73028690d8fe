"""Warm bodies: a heartbeat through a chest, a cat that purrs, somebody breathing in sleep."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal, StereoNoise, drift, even_below, to_audio_rate
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place

_WAVER: Final[Curve] = even_below(1.0, ((0.2, 0.0), (4.0, -6.0)))
"""How a purr's pace wavers."""


@dataclass(frozen=True)
class Heart:
    """First sound (longer, lower) and second (shorter, a little higher), heard with an ear on the chest."""

    beats: int = 28
    first_hz: tuple[float, float] = (46.0, 62.0)
    second_hz: tuple[float, float] = (58.0, 78.0)
    apart_s: tuple[float, float] = (0.29, 0.34)
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-40.0, sleeve_db=-12.0))


@dataclass(frozen=True)
class Purr:
    """A larynx that opens and shuts some 25 times a second, on the in-breath and the out-breath."""

    seconds: float = 64.0
    pulses_per_s: float = 25.5
    breath_s: float = 2.9
    inhale_share: float = 0.46
    pulse_tone_db: Curve = (
        (40, -8), (90, 0), (200, 0), (350, -5), (700, -13), (1500, -21), (3500, -31), (9000, -48),
    )  # fmt: skip
    breath_tone_db: Curve = ((150, -14), (400, 0), (1200, -6), (3000, -14), (9000, -32))
    breath_db: float = -17.0


@dataclass(frozen=True)
class Breathing:
    """Slow breath through the nose of somebody at rest: in, a turn, longer out, a pause."""

    breaths: int = 20
    inhale_s: tuple[float, float] = (1.3, 1.8)
    exhale_s: tuple[float, float] = (1.9, 2.6)
    inhale_tone_db: Curve = (
        (120, -26),
        (400, -9),
        (900, 0),
        (1600, -2),
        (3000, -8),
        (6000, -20),
        (12000, -36),
    )
    exhale_tone_db: Curve = (
        (100, -22),
        (300, -5),
        (600, 0),
        (1300, -4),
        (2600, -12),
        (5000, -24),
        (12000, -42),
    )
    exhale_db: float = 2.0
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-46.0))


def render_heart(heart: Heart, rng: np.random.Generator) -> Rendering:
    return bank([_beat(heart, stream) for stream in rng.spawn(heart.beats)], render_floor(heart.quiet, rng))


def render_breathing(sleeper: Breathing, rng: np.random.Generator) -> Rendering:
    shots = [_breath(sleeper, stream) for stream in rng.spawn(sleeper.breaths)]
    return bank(shots, render_floor(sleeper.quiet, rng))


def render_purr(cat: Purr, rng: np.random.Generator) -> Rendering:
    """Fill the circle with a whole number of breaths."""
    breaths = round(cat.seconds / cat.breath_s)
    inhaled, level = _breath_course(cat, breaths, rng)
    pulses = _pulses(cat, inhaled, level, rng)
    breath = StereoNoise(rng, pulses.shape[1], cat.breath_tone_db, ((100, 0.8), (1000, 0.6))).whole()
    breath *= to_audio_rate(level**1.3 * np.where(inhaled, 1.0, 0.6))
    breath *= 10.0 ** (cat.breath_db / 20.0) * np.sqrt(np.mean(pulses**2) / np.mean(breath**2))
    return Rendering(pulses + breath)


def _beat(heart: Heart, rng: np.random.Generator) -> Signal:
    out = np.zeros(round(0.8 * SAMPLE_RATE))
    apart = round(float(rng.uniform(*heart.apart_s)) * SAMPLE_RATE)
    for at, hz, decay, gain in ((0, heart.first_hz, 0.034, 1.0), (apart, heart.second_hz, 0.022, 0.62)):
        # A valve closes and the chest rings: a soft attack, then two or three waves.
        thud = grains.ring(float(rng.uniform(*hz)), decay * float(rng.uniform(0.9, 1.1)))
        soft = np.convolve(thud, np.hanning(round(0.012 * SAMPLE_RATE)))
        place(out, soft, at, gain * float(rng.uniform(0.85, 1.0)) / np.abs(soft).max())
        flow = band_noise(rng, round(0.12 * SAMPLE_RATE), ((60, -6), (120, 0), (300, -12), (800, -30)))
        place(out, flow * np.hanning(len(flow)), at + round(0.01 * SAMPLE_RATE), 0.035 * gain)
    return finished(out, rng, 2.0)


def _breath(sleeper: Breathing, rng: np.random.Generator) -> Signal:
    pieces: list[Signal] = []
    for seconds, tone, gain in (
        (float(rng.uniform(*sleeper.inhale_s)), sleeper.inhale_tone_db, 1.0),
        (float(rng.uniform(*sleeper.exhale_s)), sleeper.exhale_tone_db, 10.0 ** (sleeper.exhale_db / 20.0)),
    ):
        n = round(seconds * SAMPLE_RATE)
        t = np.arange(n) / n
        out = gain > 1.0
        swell = np.sin(np.pi * t ** (0.55 if out else 0.85)) ** 1.5
        turbulent = np.exp(0.16 * band_noise(rng, n, ((2, 0), (10, 0), (60, -12), (120, -40)), from_hz=2.0))
        pieces += [gain * swell * turbulent * band_noise(rng, n, tone), np.zeros(round(0.22 * SAMPLE_RATE))]
    return finished(np.concatenate(pieces), rng, 3.0)


def _breath_course(cat: Purr, breaths: int, rng: np.random.Generator) -> tuple[Signal, Signal]:
    """Return, at the control rate, whether the cat breathes in, and how strongly it breathes, 0..1."""
    n = round(cat.seconds * CONTROL_RATE)
    weights = rng.uniform(0.88, 1.12, breaths)
    edges = np.concatenate([[0.0], np.cumsum(weights / weights.sum())]) * n
    inhaled, level = np.zeros(n, bool), np.zeros(n)
    for start, end in zip(edges[:-1].round().astype(int), edges[1:].round().astype(int), strict=True):
        turn = start + round((end - start) * cat.inhale_share)
        for low, high, loud in ((start, turn, 1.0), (turn, end, 0.78)):
            t = (np.arange(low, high) - low) / max(high - low, 1)
            level[low:high] = loud * np.sin(np.pi * t) ** 0.55 * float(np.exp(rng.normal(0.0, 0.08)))
        inhaled[start:turn] = True
    return inhaled, level


def _pulses(cat: Purr, inhaled: Signal, level: Signal, rng: np.random.Generator) -> Signal:
    n = len(level) * (SAMPLE_RATE // CONTROL_RATE)
    rate = cat.pulses_per_s * np.where(inhaled, 1.04, 0.97) * (1.0 + 0.012 * drift(rng, cat.seconds, _WAVER))
    turns = np.cumsum(rate) / CONTROL_RATE
    whole = int(turns[-1])
    at = np.interp(np.arange(whole) * turns[-1] / whole, turns, np.arange(len(turns)))
    frames = (
        np.round(at * (SAMPLE_RATE // CONTROL_RATE) + rng.normal(0.0, 0.0011 * SAMPLE_RATE, whole)).astype(
            np.int64
        )
        % n
    )
    kinds = [_pulse(cat, rng) for _ in range(24)]
    gain = level[np.minimum(at.astype(int), len(level) - 1)] * rng.lognormal(0.0, 0.22, whole)
    falls = grains.Falls(frames, rng.integers(0, 24, whole), gain, 0.2 * rng.standard_normal(whole))
    return grains.scatter(n, kinds, falls, grains.Ears(3.0, 0.00008))


def _pulse(cat: Purr, rng: np.random.Generator) -> Signal:
    n = round(0.034 * SAMPLE_RATE)
    t = np.arange(n) / n
    shape = np.minimum(t / 0.16, 1.0) ** 1.5 * np.exp(-3.6 * t) * np.minimum((1.0 - t) / 0.2, 1.0)
    return grains.unit_energy(band_noise(rng, n, cat.pulse_tone_db) * shape)
