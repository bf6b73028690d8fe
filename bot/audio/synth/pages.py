"""Turning pages: a thumb lifts a corner, the sheet swings over, and settles on the others."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned


@dataclass(frozen=True)
class Pages:
    pages: int = 26
    lift_s: tuple[float, float] = (0.12, 0.35)
    swing_s: tuple[float, float] = (0.35, 0.75)
    rub_tone_db: Curve = ((200, -20), (800, -6), (1800, 0), (4000, -5), (9000, -14), (16000, -26))
    air_tone_db: Curve = ((100, -14), (300, 0), (900, -2), (2500, -9), (8000, -24))
    crackles_per_s: float = 90.0
    flap_hz: float = 210.0
    tone_db: Curve = ((60, -12), (200, 0), (3000, 0), (5000, -4), (9000, -8), (16000, -18))
    spread_db: float = 4.0
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-48.0))


def render(book: Pages, rng: np.random.Generator) -> Rendering:
    shots = [_turn(book, stream) for stream in rng.spawn(book.pages)]
    return bank(shots, render_floor(book.quiet, rng))


def _turn(book: Pages, rng: np.random.Generator) -> Signal:
    lift = round(float(rng.uniform(*book.lift_s)) * SAMPLE_RATE)
    swing = round(float(rng.uniform(*book.swing_s)) * SAMPLE_RATE)
    out = np.zeros(lift + swing + round(0.45 * SAMPLE_RATE))
    thumb = band_noise(rng, lift, book.rub_tone_db) * _hump(lift, 0.6)
    place(out, thumb, 0, 0.05 * float(rng.uniform(0.6, 1.2)))
    air = band_noise(rng, swing, book.air_tone_db) * _hump(swing, 1.5)
    rub = band_noise(rng, swing, book.rub_tone_db) * _hump(swing, 1.0) ** 2
    place(out, 0.045 * air + 0.03 * rub, lift)
    _crackle(book, out, lift, swing, rng)
    _settle(book, out, lift + swing - round(0.03 * SAMPLE_RATE), rng)
    return finished(toned(out, book.tone_db), rng, book.spread_db)


def _hump(n: int, late: float) -> Signal:
    """Swell and die over n samples; `late` over 1 puts the peak past the middle."""
    hump: Signal = np.sin(np.pi * (np.arange(n) / n) ** late) ** 2
    return hump


def _crackle(book: Pages, out: Signal, start: int, length: int, rng: np.random.Generator) -> None:
    # The sheet buckles as it bends: clicks with power-law energies, most where it bends fastest.
    kinds = [grains.burst(rng, hz, 2.6, 0.0018 * (1000.0 / hz) ** 0.4) for hz in np.geomspace(1100, 6500, 16)]
    for _ in range(rng.poisson(book.crackles_per_s * length / SAMPLE_RATE)):
        at = start + round(float(rng.beta(2.2, 1.7)) * length)
        strength = min(float(rng.uniform(1e-6, 1.0)) ** (-1.0 / 1.5), 14.0)
        place(out, kinds[int(rng.integers(len(kinds)))], at, 0.09 * strength)


def _settle(book: Pages, out: Signal, at: int, rng: np.random.Generator) -> None:
    # A soft flap, sheet on sheets: air pressed out, then one or two touches.
    puff = grains.burst(rng, book.flap_hz * float(rng.uniform(0.85, 1.2)), 2.4, 0.02)
    place(out, puff, at, 0.9 * float(rng.uniform(0.5, 1.0)))
    for _ in range(int(rng.integers(1, 4))):
        touch = grains.burst(rng, float(rng.uniform(700.0, 2200.0)), 3.0, 0.006)
        place(
            out, touch, at + round(float(rng.uniform(0.0, 0.09)) * SAMPLE_RATE), float(rng.uniform(0.2, 0.7))
        )
