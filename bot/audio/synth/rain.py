"""Rain: a far, dense fall as noise, and every nearer drop as its own small impact."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Curve, Signal, StereoNoise, drift, to_audio_rate
from bot.audio.synth.rendering import Rendering


@dataclass(frozen=True)
class Rain:
    """One rainy hour outside an open window.

    Drops fall evenly over the ground and sound as 1 / distance, so nearer ones are rarer and stand out.
    Levels are against the far fall.
    """

    seconds: float = 80.0
    far_spectrum_db: Curve = (
        (40, -16), (125, -6), (250, -2), (1000, 0), (2000, -4), (4000, -11), (8000, -17), (16000, -28),
    )  # fmt: skip
    far_coherence: Curve = ((100, 0.78), (500, 0.74), (2000, 0.64), (5000, 0.4))
    far_drift_db: float = 0.6
    patter_per_s: float = 2600.0
    patter_distance_m: tuple[float, float] = (0.8, 9.0)
    patter_db: float = -2.0
    drips_per_s: float = 9.0
    drips_db: float = -10.0
    spray_per_drip: float = 16.0
    spray: float = 0.5
    """How strong a droplet of the spray is against its drop."""
    spray_s: float = 0.03
    wind: float = 0.12
    """How much the density of the drops follows the wind: standard deviation of its logarithm."""
    ears: grains.Ears = field(default_factory=lambda: grains.Ears(level_db=7.0, delay_s=0.00018))


WIND: Final[Curve] = ((0.016, 0.0), (0.1, -3.0), (0.5, -12.0), (6.0, -24.0))


def bed(rain: Rain, rng: np.random.Generator) -> Rendering:
    return Rendering(render(rain, rng))


def render(rain: Rain, rng: np.random.Generator) -> Signal:
    """Return shape (2, n), circular; the far fall has power 1."""
    gust = drift(rng, rain.seconds, WIND)
    far = _at_level(_far(rain, gust, rng), 0.0)
    patter = _at_level(_patter(rain, gust, rng), rain.patter_db)
    return far + patter + _at_level(_drips(rain, rng), rain.drips_db)


def _at_level(sound: Signal, level_db: float) -> Signal:
    gain: float = 10.0 ** (level_db / 20.0) / np.sqrt(np.mean(sound**2))
    return sound * gain


def _n_frames(rain: Rain) -> int:
    return round(rain.seconds * SAMPLE_RATE)


def _far(rain: Rain, gust: Signal, rng: np.random.Generator) -> Signal:
    """Three bands follow the gusts, and each ear a little its own way."""
    noise = StereoNoise(rng, _n_frames(rain), rain.far_spectrum_db, rain.far_coherence)
    out = np.zeros((2, _n_frames(rain)))
    for low_hz, high_hz in ((0.0, 900.0), (900.0, 3000.0), (3000.0, 24000.0)):
        own = np.stack([drift(rng, rain.seconds, WIND) for _ in range(2)])
        level_db = rain.far_drift_db * to_audio_rate(0.8 * gust + 0.6 * own)
        out += noise.band(low_hz, high_hz) * 10.0 ** (level_db / 20.0)
    return out


def _patter(rain: Rain, gust: Signal, rng: np.random.Generator) -> Signal:
    """Thousands of drops on leaves, soil and stone."""
    leaf = [
        grains.burst(rng, hz, 2.4, 0.003 * (1000.0 / hz) ** 0.5) for hz in np.geomspace(600.0, 3200.0, 22)
    ]
    stone = [0.8 * grains.burst(rng, hz, 3.2, 0.0009) for hz in np.geomspace(2500.0, 6500.0, 7)]
    puddle = [0.8 * grains.burst(rng, hz, 3.2, 0.006) for hz in np.geomspace(2700.0, 7000.0, 7)]
    soil = [grains.ring(hz, 0.004 * (600.0 / hz) ** 0.5) for hz in np.geomspace(300.0, 1100.0, 8)]
    bank = leaf + stone + puddle + soil
    at = grains.event_frames(rng, rain.patter_per_s * np.exp(rain.wind * gust))
    near_m, far_m = rain.patter_distance_m
    distance_m = np.sqrt(rng.uniform(near_m**2, far_m**2, len(at)))
    gain = np.exp(0.45 * rng.standard_normal(len(at))) / distance_m
    falls = grains.Falls(at, rng.integers(0, len(bank), len(at)), gain, rng.uniform(-1.0, 1.0, len(at)))
    return grains.scatter(_n_frames(rain), bank, falls, rain.ears)


def _drips(rain: Rain, rng: np.random.Generator) -> Signal:
    """Near drops from the eaves: a knock on a leaf or the ring of a bubble, then a crown of fine spray."""
    knocks = [grains.ring(hz, 0.007) for hz in np.geomspace(260.0, 900.0, 12)]
    knocks += [grains.bubble(radius_m, 0.05) for radius_m in rng.uniform(0.0009, 0.003, 12)]
    rate = rain.drips_per_s * np.exp(2.0 * rain.wind * drift(rng, rain.seconds, WIND))
    at = grains.event_frames(rng, rate)
    gain = np.exp(np.minimum(0.6 * rng.standard_normal(len(at)), 0.9))
    side = rng.uniform(-1.0, 1.0, len(at))
    drips = grains.Falls(at, rng.integers(0, len(knocks), len(at)), gain, side)
    return grains.scatter(_n_frames(rain), knocks, drips, rain.ears) + _spray(rain, drips, rng)


def _spray(rain: Rain, drips: grains.Falls, rng: np.random.Generator) -> Signal:
    bank = [grains.burst(rng, hz, 3.2, 0.0015) for hz in np.geomspace(1500.0, 6000.0, 16)]
    count = rng.poisson(rain.spray_per_drip, len(drips.at))
    after_s = rng.exponential(rain.spray_s, int(count.sum()))
    n = len(after_s)
    fading = np.exp(0.5 * rng.standard_normal(n) - after_s / (2.0 * rain.spray_s))
    droplets = grains.Falls(
        at=np.repeat(drips.at, count) + (after_s * SAMPLE_RATE).astype(np.int64),
        variant=rng.integers(0, len(bank), n),
        gain=rain.spray * np.repeat(drips.gain, count) * fading,
        side=np.clip(np.repeat(drips.side, count) + 0.2 * rng.standard_normal(n), -1.0, 1.0),
    )
    return grains.scatter(_n_frames(rain), bank, droplets, rain.ears)
