"""Wind that comes and goes: a scene whose strength follows slow gusts, at each pitch by as much as it should.

Gusts are slower than a scene's own sways: most of the wind's power lies between ten seconds and a minute.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from scipy import fft

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Curve, Signal, drift, to_audio_rate, value_at
from bot.audio.synth.rendering import Rendering
from bot.audio.synth.texture import Texture
from bot.audio.synth.texture import render as render_scene

_BANDS_HZ: Final = (0.0, 200.0, 450.0, 1_000.0, 2_200.0, 5_000.0, 24_000.0)


@dataclass(frozen=True)
class Gusty:
    """A scene in gusts.

    rhythm: how they are spread over frequency in time, Hz and dB. strength_db: what one standard deviation
    of them adds, over pitch. ears_alike: 0..1, whether a gust reaches both ears together.
    """

    scene: Texture
    rhythm: Curve
    strength_db: Curve
    ears_alike: float = 0.9


def bed(windy: Gusty, rng: np.random.Generator) -> Rendering:
    return Rendering(render(windy, rng))


def render(windy: Gusty, rng: np.random.Generator) -> Signal:
    """Return shape (2, n), circular."""
    sound = render_scene(windy.scene, rng)
    shared = slow(rng, windy.scene.seconds, windy.rhythm)
    own = np.stack([slow(rng, windy.scene.seconds, windy.rhythm) for _ in range(2)])
    gust = np.sqrt(windy.ears_alike) * shared + np.sqrt(1.0 - windy.ears_alike) * own
    spectrum, hz = fft.rfft(sound, axis=-1), fft.rfftfreq(sound.shape[1], 1.0 / SAMPLE_RATE)
    out = np.zeros_like(sound)
    for low_hz, high_hz in pairwise(_BANDS_HZ):
        window = _above(hz, low_hz) - (_above(hz, high_hz) if high_hz < _BANDS_HZ[-1] else 0.0)
        middle = np.sqrt(max(low_hz, 100.0) * min(high_hz, 10_000.0))
        level_db = value_at(windy.strength_db, np.array([middle]))[0] * gust
        out += fft.irfft(spectrum * window, sound.shape[1], axis=-1) * 10.0 ** (
            to_audio_rate(level_db) / 20.0
        )
    return out


def slow(rng: np.random.Generator, seconds: float, rhythm: Curve) -> Signal:
    """Draw a control signal as `noise.drift` does; no gust over 2.2 of it."""
    return np.asarray(2.2 * np.tanh(drift(rng, seconds, rhythm) / 2.2))


def _above(hz: Signal, edge_hz: float) -> Signal:
    """Rise from 0 to 1 over an octave around the edge; 1 everywhere for an edge of 0."""
    if edge_hz <= 0.0:
        return np.ones_like(hz)
    octaves = np.log2(np.maximum(hz, 1.0) / edge_hz)
    rising: Signal = np.sin(np.pi / 2.0 * np.clip(octaves + 0.5, 0.0, 1.0)) ** 2
    return rising
