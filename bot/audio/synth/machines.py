"""Machines with a beat: a night train on its rails, a washing machine at work, over the noise they make."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.gusts import slow
from bot.audio.synth.noise import Curve, Signal, to_audio_rate
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned
from bot.audio.synth.texture import Texture, at_level
from bot.audio.synth.texture import render as render_scene

_PACE: Final[Curve] = ((0.01, 0.0), (0.06, -2.0), (0.3, -16.0), (1.0, -30.0))


@dataclass(frozen=True)
class Train:
    """Heard from a bunk: two bogies cross a joint, two axles each; steel is far, the floor is near."""

    rolling: Texture
    joints: int = 28
    axles_s: float = 0.118
    bogies_s: tuple[float, float] = (0.3, 0.36)
    thud_hz: tuple[float, float] = (62.0, 118.0)
    rail_hz: tuple[float, ...] = (240.0, 395.0, 620.0)
    rolling_db: float = -25.0
    pace_db: float = 1.5
    """How the ride swells and calms, curve after curve, standard deviation."""
    tone_db: Curve = ((40, 0), (200, 0), (700, -8), (2000, -20), (8000, -40))


@dataclass(frozen=True)
class Washer:
    """A drum turns: laundry is lifted, falls, and water goes with it."""

    humming: Texture
    turns: int = 28
    fall_hz: tuple[float, float] = (75.0, 140.0)
    water_tone_db: Curve = ((80, -14), (250, -2), (600, 0), (1200, -6), (3000, -17), (8000, -36))
    humming_db: float = -22.0
    tone_db: Curve = ((40, 0), (400, 0), (1500, -6), (5000, -20), (12000, -36))


def render_train(train: Train, rng: np.random.Generator) -> Rendering:
    shots = [_joint(train, stream) for stream in rng.spawn(train.joints)]
    rolling = render_scene(train.rolling, rng)
    pace_db = train.pace_db * slow(rng, train.rolling.seconds, _PACE)
    return bank(shots, at_level(rolling * 10.0 ** (to_audio_rate(pace_db) / 20.0), train.rolling_db))


def render_washer(washer: Washer, rng: np.random.Generator) -> Rendering:
    shots = [_turn(washer, stream) for stream in rng.spawn(washer.turns)]
    return bank(shots, at_level(render_scene(washer.humming, rng), washer.humming_db))


def _joint(train: Train, rng: np.random.Generator) -> Signal:
    out = np.zeros(round(1.15 * SAMPLE_RATE))
    bogie_s = float(rng.uniform(*train.bogies_s))
    for at_s, gain in (
        (0.0, 1.0),
        (train.axles_s, 0.8),
        (bogie_s, 0.6),
        (bogie_s + train.axles_s, 0.5),
    ):
        at = round((at_s + float(rng.normal(0.0, 0.002))) * SAMPLE_RATE)
        loud = gain * float(rng.uniform(0.75, 1.0))
        thud = grains.ring(float(rng.uniform(*train.thud_hz)), 0.028)
        place(out, np.convolve(thud, np.hanning(240)), at, loud / 120.0 / np.abs(thud).max())
        for hz in train.rail_hz:
            ring = grains.ring(hz * float(rng.uniform(0.95, 1.05)), 0.016)
            place(out, ring, at, 0.22 * loud * float(rng.uniform(0.3, 1.0)) / np.abs(ring).max())
        grit = grains.burst(rng, 480.0, 2.2, 0.018)
        place(out, grit, at, 0.3 * loud / np.abs(grit).max())
    return finished(toned(out, train.tone_db), rng, 5.0)


def _turn(washer: Washer, rng: np.random.Generator) -> Signal:
    n = round(1.3 * SAMPLE_RATE)
    out = np.zeros(n)
    t = np.arange(n) / n
    slosh = np.sin(np.pi * t ** float(rng.uniform(0.6, 0.8))) ** 2
    slosh = slosh * np.exp(0.5 * band_noise(rng, n, ((2, 0), (9, 0), (40, -14), (90, -40)), from_hz=2.0))
    place(out, band_noise(rng, n, washer.water_tone_db) * slosh, 0, 0.16 * float(rng.uniform(0.6, 1.0)))
    for _ in range(int(rng.integers(1, 4))):
        fall = grains.burst(rng, float(rng.uniform(*washer.fall_hz)), 1.6, 0.05)
        soft = np.convolve(fall, np.hanning(480))
        at = round(float(rng.uniform(0.25, 0.6)) * SAMPLE_RATE)
        place(out, soft, at, float(rng.uniform(0.4, 1.0)) / np.abs(soft).max())
    kinds = [grains.bubble(3.0 / hz, 0.05) for hz in np.geomspace(420.0, 1500.0, 12)]
    for _ in range(rng.poisson(14.0)):
        at = round(float(rng.beta(2.5, 2.0)) * n * 0.9)
        place(out, kinds[int(rng.integers(12))], at, 0.06 * float(rng.lognormal(0.0, 0.7)))
    return finished(toned(out, washer.tone_db), rng, 4.0)
