"""The quiet room behind close sounds: its tone, and now and then a sleeve. Never digital silence."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal, StereoNoise, drift, to_audio_rate


@dataclass(frozen=True)
class Quiet:
    """level_db: power of the room against the loudest one-shot's peak of 1."""

    seconds: float = 20.0
    level_db: float = -50.0
    sleeve_db: float = -2.0
    """Power of the sleeves' brushing, on average, against the room's."""
    sleeve_every_s: float = 1.7


ROOM_TONE: Final[Curve] = ((40, 0), (100, 0), (400, -9), (1500, -19), (5000, -33), (16000, -52))
CLOTH: Final[Curve] = ((100, -30), (400, -6), (900, 0), (2500, -4), (5000, -14), (12000, -34))
STEREO: Final[Curve] = ((100, 0.8), (600, 0.6), (3000, 0.35))
TREMBLE: Final[Curve] = ((2.0, 0.0), (8.0, 0.0), (30.0, -9.0))


def render_floor(quiet: Quiet, rng: np.random.Generator) -> Signal:
    """Return the quiet room, shape (2, n), circular, at its level against the one-shots."""
    n = round(quiet.seconds * SAMPLE_RATE)
    tone = StereoNoise(rng, n, ROOM_TONE, STEREO).whole()
    cloth = StereoNoise(rng, n, CLOTH, STEREO).whole() * to_audio_rate(_sleeves(quiet, rng))
    tone *= 10.0 ** (quiet.level_db / 20.0) / np.sqrt(np.mean(tone**2))
    cloth *= 10.0 ** ((quiet.level_db + quiet.sleeve_db) / 20.0) / np.sqrt(np.mean(cloth**2))
    return tone + cloth


def _sleeves(quiet: Quiet, rng: np.random.Generator) -> Signal:
    """Level of the sleeve's brushing at each ear, shape (2, control points)."""
    now = np.arange(round(quiet.seconds * CONTROL_RATE)) / CONTROL_RATE
    level = np.zeros((2, len(now)))
    gaps_s = quiet.sleeve_every_s * rng.uniform(0.4, 1.6, round(quiet.seconds / quiet.sleeve_every_s))
    for at in np.cumsum(gaps_s):
        length, side, strength = rng.uniform(0.25, 0.8), rng.uniform(-0.4, 0.4), rng.uniform(0.4, 1.0)
        t = np.clip(((now - at) % quiet.seconds) / length, 0.0, 1.0)
        level += np.sin(np.pi * t) ** 2 * strength * np.array([[1.0 - side], [1.0 + side]])
    return level * np.exp(0.3 * drift(rng, quiet.seconds, TREMBLE))
