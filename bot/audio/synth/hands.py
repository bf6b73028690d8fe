"""Hands in the air by the ears: slow passes, and fingers that flutter."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned


@dataclass(frozen=True)
class Whooshes:
    """A palm passes: the air it moves is low, brightens as it comes near, and darkens again."""

    passes: int = 24
    pass_s: tuple[float, float] = (1.4, 2.8)
    tone_db: Curve = ((40, -10), (90, 0), (220, -2), (500, -9), (1200, -20), (4000, -40))
    near_tone_db: Curve = ((60, -14), (200, -3), (500, 0), (1100, -7), (2500, -18), (8000, -40))
    gusty: float = 0.3
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-44.0))


@dataclass(frozen=True)
class Flutters:
    """Fingers ripple one after another, each a soft brush of skin on skin."""

    ripples: int = 28
    fingers_per_s: tuple[float, float] = (7.0, 13.0)
    ripple_s: tuple[float, float] = (0.7, 1.7)
    skin_tone_db: Curve = ((120, -20), (400, -4), (1000, 0), (2200, -4), (5000, -16), (12000, -34))
    finger_s: tuple[float, float] = (0.035, 0.075)
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-46.0))


def render_whooshes(hand: Whooshes, rng: np.random.Generator) -> Rendering:
    return bank([_pass(hand, stream) for stream in rng.spawn(hand.passes)], render_floor(hand.quiet, rng))


def render_flutters(hand: Flutters, rng: np.random.Generator) -> Rendering:
    return bank([_ripple(hand, stream) for stream in rng.spawn(hand.ripples)], render_floor(hand.quiet, rng))


def _pass(hand: Whooshes, rng: np.random.Generator) -> Signal:
    n = round(float(rng.uniform(*hand.pass_s)) * SAMPLE_RATE)
    t = np.arange(n) / n
    nearness = np.sin(np.pi * t ** float(rng.uniform(0.75, 1.0))) ** 2
    gusts = np.exp(hand.gusty * band_noise(rng, n, ((3, 0), (8, 0), (25, -12), (60, -40)), from_hz=3.0))
    far = band_noise(rng, n, hand.tone_db) * nearness
    near = band_noise(rng, n, hand.near_tone_db) * nearness**2.5
    return finished((far + 0.8 * near) * gusts, rng, 5.0)


def _ripple(hand: Flutters, rng: np.random.Generator) -> Signal:
    length_s, rate = float(rng.uniform(*hand.ripple_s)), float(rng.uniform(*hand.fingers_per_s))
    out = np.zeros(round((length_s + 0.3) * SAMPLE_RATE))
    at_s, finger = 0.0, 0
    while at_s < length_s:
        swell = np.sin(np.pi * (at_s + 0.08) / (length_s + 0.16)) ** 0.7
        n = round(float(rng.uniform(*hand.finger_s)) * SAMPLE_RATE)
        brush = band_noise(rng, n, hand.skin_tone_db) * np.sin(np.pi * (np.arange(n) / n) ** 0.6) ** 2
        place(out, brush, round(at_s * SAMPLE_RATE), swell * float(rng.lognormal(0.0, 0.35)))
        # Five fingers, then a longer way back to the first.
        finger = (finger + 1) % 5
        at_s += float(rng.gamma(6.0, 1.0 / 6.0)) / rate * (1.7 if finger == 0 else 1.0)
    return finished(toned(out, ((60, -8), (200, 0), (16000, 0))), rng, 4.0)
