"""Ocean waves: the sea's surges shape one noise around the head, band by band, and its foam fizzes."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal, StereoNoise, drift, to_audio_rate, value_at
from bot.audio.synth.rendering import Rendering
from bot.audio.synth.swells import Sea, draw_swells, draw_wavelets, power_at_ears


@dataclass(frozen=True)
class Waves:
    """One evening at the water's edge, a few steps back. Levels are powers against a breaker's."""

    sea: Sea = field(default_factory=Sea)
    wavelet_db: float = -9.5
    wash_db: float = -10.0
    backwash_db: float = -12.0
    far_db: float = -10.5
    flutter: float = 0.45
    """How much bursting foam roughens the noise: standard deviation of its log power."""
    flutter_from_hz: float = 900.0
    fizz_db: float = -16.0
    """Bursting bubbles, against their foam."""
    fizz_per_s: float = 900.0
    coherence: Curve = ((100, 0.64), (500, 0.72), (2000, 0.74), (5000, 0.68), (10000, 0.6))
    ears: grains.Ears = field(default_factory=lambda: grains.Ears(level_db=5.0, delay_s=0.0001))


BANDS_HZ: Final = (0.0, 120.0, 240.0, 480.0, 960.0, 1900.0, 3800.0, 7500.0, 24000.0)
# Colours: power density over frequency, dB.
FAR: Final[Curve] = ((50, -6), (100, 0), (250, -2), (500, -8), (1000, -16), (3000, -32), (12000, -60))
BODY: Final[Curve] = (
    (60, -22), (150, -8), (300, 0), (1000, 0), (2000, -6), (4000, -14), (8000, -26), (16000, -44),
)  # fmt: skip
SPRAY: Final[Curve] = ((200, -33), (600, -17), (1500, -6), (3000, -4), (5000, -11), (8000, -20), (16000, -37))
WASH: Final[Curve] = ((150, -24), (400, -10), (1000, -2), (2500, -3), (5000, -10), (9000, -20), (16000, -34))
BACKWASH: Final[Curve] = ((100, -14), (300, -2), (700, 0), (1500, -4), (3000, -12), (8000, -28), (16000, -50))
BACKGROUND: Final[Curve] = ((0.03, 0.0), (0.3, -6.0), (2.0, -16.0))
CLUMPS: Final[Curve] = ((4.0, -3.0), (8.0, 0.0), (20.0, 0.0), (50.0, -6.0))

Layer = tuple[Curve, Signal]
"""A colour, and the power it has at each ear over time, shape (2, control points)."""


def bed(waves: Waves, rng: np.random.Generator) -> Rendering:
    return Rendering(render(waves, rng))


def render(waves: Waves, rng: np.random.Generator) -> Signal:
    """Return shape (2, n), circular; a breaker of height 1 peaks around power 1."""
    swells = draw_swells(waves.sea, rng)
    seconds, lean_db = waves.sea.seconds, waves.ears.level_db
    breaking = power_at_ears([surge for swell in swells for surge in swell.breaking], seconds, lean_db)
    foam = power_at_ears([surge for swell in swells for surge in swell.wash], seconds, lean_db)
    backwash = power_at_ears([swell.backwash for swell in swells], seconds, lean_db)
    wavelets = power_at_ears(draw_wavelets(waves.sea, rng), seconds, lean_db)
    body = breaking + _power(waves.wavelet_db) * wavelets
    layers = [
        (FAR, _power(waves.far_db) * _far(seconds, rng)),
        (BODY, body),
        (SPRAY, body**1.3),  # the higher a wave breaks, the brighter
        (WASH, _power(waves.wash_db) * foam),
        (BACKWASH, _power(waves.backwash_db) * backwash),
    ]
    return _water(waves, layers, rng) + _fizz(waves, foam, rng)


def _power(level_db: float) -> float:
    return float(10.0 ** (level_db / 10.0))


def _far(seconds: float, rng: np.random.Generator) -> Signal:
    """Wander slowly by about a decibel, each ear by itself."""
    wander: Signal = np.exp(0.2 * np.stack([drift(rng, seconds, BACKGROUND) for _ in range(2)]))
    return wander


def _water(waves: Waves, layers: list[Layer], rng: np.random.Generator) -> Signal:
    n_frames = round(waves.sea.seconds * SAMPLE_RATE)
    noise = StereoNoise(rng, n_frames, BODY, waves.coherence)
    out = np.zeros((2, n_frames))
    for low_hz, high_hz in pairwise(BANDS_HZ):
        power = _band_power(layers, float(np.sqrt(max(low_hz, 30.0) * min(high_hz, 16_000.0))))
        if low_hz >= waves.flutter_from_hz:
            power *= np.exp(waves.flutter * _flutter(waves.sea.seconds, rng))
        out += noise.band(low_hz, high_hz) * to_audio_rate(np.sqrt(power))
    rms = np.sqrt(np.mean(noise.whole() ** 2))
    out /= rms
    return out


def _band_power(layers: list[Layer], centre_hz: float) -> Signal:
    """Add up what the layers ask of one band, against the noise's own colour."""
    at = np.array([centre_hz])
    asked = [
        _power(float((value_at(colour, at) - value_at(BODY, at))[0])) * power for colour, power in layers
    ]
    total: Signal = np.sum(asked, axis=0)
    return total


def _flutter(seconds: float, rng: np.random.Generator) -> Signal:
    shared = drift(rng, seconds, CLUMPS)
    ears: Signal = np.stack([0.8 * shared + 0.6 * drift(rng, seconds, CLUMPS) for _ in range(2)])
    return ears


def _fizz(waves: Waves, foam: Signal, rng: np.random.Generator) -> Signal:
    """Bubbles of the foam bursting, in clumps."""
    bank = [grains.burst(rng, hz, 2.2, 0.0008) for hz in np.geomspace(1800.0, 6500.0, 14)]
    bank += [0.7 * grains.ring(hz, 0.003) for hz in np.geomspace(1500.0, 4500.0, 10)]
    both = foam.mean(axis=0)
    clumps = np.exp(0.7 * drift(rng, waves.sea.seconds, CLUMPS))
    at = grains.event_frames(rng, waves.fizz_per_s * np.sqrt(both / both.max()) * clumps)
    loud = np.sqrt(both[at // (SAMPLE_RATE // CONTROL_RATE)])
    gain = loud * np.exp(np.minimum(0.7 * rng.standard_normal(len(at)), 1.4))
    falls = grains.Falls(at, rng.integers(0, len(bank), len(at)), gain, rng.uniform(-1.0, 1.0, len(at)))
    fizz = grains.scatter(round(waves.sea.seconds * SAMPLE_RATE), bank, falls, waves.ears)
    level: float = np.sqrt(_power(waves.fizz_db) * both.mean() / np.mean(fizz**2))
    return fizz * level
