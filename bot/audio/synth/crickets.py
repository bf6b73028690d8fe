"""A meadow at night: crickets of a few kinds, some near, most far, each with a pitch, a pace and a place."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Curve, Signal, drift, even_below, to_audio_rate
from bot.audio.synth.rendering import Rendering
from bot.audio.synth.shots import place
from bot.audio.synth.texture import Texture, at_level
from bot.audio.synth.texture import render as render_scene

_AIR: Final[Curve] = even_below(1.0, ((0.1, 0.0), (0.5, -4.0), (3.0, -14.0)))
"""How what air and grass let through comes and goes."""
_WANDER: Final[Curve] = even_below(1.0, ((0.05, 0.0), (1.0, -6.0)))
"""How a wing's pitch does."""


@dataclass(frozen=True)
class Kind:
    """One kind of cricket. Its wing closes `pulse_hz` times a second; each closing is a tone burst near `hz`.

    A chirp is `pulses` of them; a kind without chirps trills on and on. chirps_per_s and pulse_hz go with
    the warmth of the night, so all of a kind are close to each other. near_db: levels of those that can be
    told apart. far: how many more there are. duty: share of a pulse's period that sounds. overtone_db: at
    twice hz.
    """

    hz: tuple[float, float]
    pulse_hz: tuple[float, float]
    near_db: tuple[float, ...]
    far: int
    far_db: float
    pulses: tuple[int, int] | None = None
    chirps_per_s: tuple[float, float] = (1.0, 1.0)
    duty: float = 0.55
    overtone_db: float = -22.0
    rests: float = 0.03
    """Chance that it is silent for a while after a chirp or, trilling, after a second."""


@dataclass(frozen=True)
class Crickets:
    """Levels are against the loudest near one. night: wind and far land behind them."""

    kinds: tuple[Kind, ...]
    night: Texture
    seconds: float = 84.0
    night_db: float = -11.5
    side_db: float = 4.0
    """Between the ears, for one at the side."""


def render_crickets(meadow: Crickets, rng: np.random.Generator) -> Rendering:
    out = at_level(render_scene(meadow.night, rng), meadow.night_db)
    for kind in meadow.kinds:
        for level_db in kind.near_db:
            out += _heard(meadow, kind, level_db, rng)
        if kind.far:
            far = sum(_heard(meadow, kind, float(rng.uniform(-6.0, 0.0)), rng) for _ in range(kind.far))
            out += at_level(_scattered(np.asarray(far), rng), kind.far_db)
    return Rendering(out)


def _heard(meadow: Crickets, kind: Kind, level_db: float, rng: np.random.Generator) -> Signal:
    """One animal at both ears. Delays stay under a quarter of its wave, so that one loudspeaker keeps it."""
    n = round(meadow.seconds * SAMPLE_RATE)
    song = _song(kind, n, rng)
    air_db = 0.8 * to_audio_rate(drift(rng, meadow.seconds, _AIR))
    song *= 10.0 ** ((level_db + air_db) / 20.0)
    side = float(rng.uniform(-1.0, 1.0))
    gains = [10.0 ** (sign * side * meadow.side_db / 40.0) for sign in (-1.0, 1.0)]
    return np.stack(
        [gains[0] * np.roll(song, round(max(side, 0.0))), gains[1] * np.roll(song, round(max(-side, 0.0)))]
    )


def _song(kind: Kind, n: int, rng: np.random.Generator) -> Signal:
    hz, pulse_hz, pace = (float(rng.uniform(*span)) for span in (kind.hz, kind.pulse_hz, kind.chirps_per_s))
    starts, strengths = _pulses(kind, n / SAMPLE_RATE, pulse_hz, pace, rng)
    envelope = np.zeros(n)
    t = np.linspace(0.0, 1.0, round(kind.duty / pulse_hz * SAMPLE_RATE))
    pulse = np.sin(np.pi * t**0.8) ** 1.2
    for start, strength in zip(starts, strengths, strict=True):
        place(envelope, pulse, round(start * SAMPLE_RATE), strength)
    wander = 1.0 + 0.002 * to_audio_rate(drift(rng, n / SAMPLE_RATE, _WANDER))
    phase = 2.0 * np.pi * np.cumsum(hz * wander) / SAMPLE_RATE
    overtone = 10.0 ** (kind.overtone_db / 20.0)
    song: Signal = envelope * (np.sin(phase) + overtone * np.sin(2.0 * phase + 0.7))
    return song


def _pulses(
    kind: Kind, seconds: float, pulse_hz: float, pace: float, rng: np.random.Generator
) -> tuple[Signal, Signal]:
    """Draw when the wing closes and how strongly, within a circle of `seconds`."""
    starts: list[float] = []
    strengths: list[float] = []
    at = float(rng.uniform(0.0, 1.0 / pace))
    while True:
        count = (
            round(pulse_hz) if kind.pulses is None else int(rng.integers(kind.pulses[0], kind.pulses[1] + 1))
        )
        loud = float(rng.uniform(0.85, 1.0))
        late = np.cumsum(rng.normal(1.0, 0.03, count)) / pulse_hz
        if at + late[-1] + 1.0 / pulse_hz > seconds:
            break
        swell = 0.5 + 0.5 * np.sqrt((np.arange(count) + 1.0) / count) if kind.pulses else np.ones(count)
        starts += list(at + late)
        strengths += list(loud * swell * rng.uniform(0.85, 1.0, count))
        at += float(late[-1]) if kind.pulses is None else float(rng.normal(1.0, 0.07)) / pace
        if rng.random() < kind.rests:
            at += float(rng.exponential(2.5))
    return np.array(starts), np.array(strengths)


def _scattered(far: Signal, rng: np.random.Generator) -> Signal:
    """Smear what comes from far: stalks and ground scatter it, to each ear by itself."""
    t = np.arange(round(0.2 * SAMPLE_RATE)) / SAMPLE_RATE
    shared, apart = rng.standard_normal(len(t)), rng.standard_normal((2, len(t)))
    tail = (0.7 * shared + 0.7 * apart) * np.exp(-t / 0.03)
    tail /= np.sqrt(np.sum(tail**2, axis=-1, keepdims=True))
    tail[:, 0] += 1.0
    n = far.shape[-1]
    smeared: Signal = np.fft.irfft(np.fft.rfft(far, axis=-1) * np.fft.rfft(tail, n, axis=-1), n, axis=-1)
    return smeared
