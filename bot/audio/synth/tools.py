"""Small tools near the head: scissors, a comb, a spray bottle."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned

_SOFT: Curve = ((60, -12), (200, 0), (3000, 0), (5000, -5), (9000, -9), (16000, -20))


@dataclass(frozen=True)
class Scissors:
    """Two blades slide along each other, then meet; sometimes hair is between them."""

    snips: int = 32
    close_s: tuple[float, float] = (0.1, 0.24)
    open_s: tuple[float, float] = (0.12, 0.3)
    blade_hz: tuple[float, ...] = (1850.0, 2980.0, 4310.0, 6150.0)
    blade_decay_s: float = 0.03
    slide_tone_db: Curve = ((500, -24), (1500, -8), (3200, 0), (6000, -6), (12000, -18))
    hair_share: float = 0.6
    tone_db: Curve = _SOFT
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-48.0))


@dataclass(frozen=True)
class Comb:
    """Teeth slip through hair, one after another, as fast as the hand moves."""

    strokes: int = 28
    stroke_s: tuple[float, float] = (0.8, 1.7)
    teeth_per_s: float = 38.0
    tooth_hz: tuple[float, float] = (1100.0, 3400.0)
    tooth_decay_s: float = 0.004
    hair_tone_db: Curve = ((150, -22), (500, -4), (1400, 0), (3500, -6), (8000, -18))
    hair_db: float = -3.0
    tone_db: Curve = _SOFT
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-48.0))


@dataclass(frozen=True)
class Spray:
    """A trigger is pulled: a small click, air and water through a nozzle, drops that land."""

    puffs: int = 26
    puff_s: tuple[float, float] = (0.16, 0.34)
    mist_tone_db: Curve = ((300, -26), (1000, -8), (2500, 0), (5000, -3), (9000, -9), (16000, -20))
    drops: float = 26.0
    tone_db: Curve = ((60, -12), (200, 0), (3000, 0), (5000, -6), (9000, -10), (16000, -20))
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-48.0))


def render_scissors(tool: Scissors, rng: np.random.Generator) -> Rendering:
    return bank([_snip(tool, stream) for stream in rng.spawn(tool.snips)], render_floor(tool.quiet, rng))


def render_comb(tool: Comb, rng: np.random.Generator) -> Rendering:
    return bank([_combing(tool, stream) for stream in rng.spawn(tool.strokes)], render_floor(tool.quiet, rng))


def render_spray(tool: Spray, rng: np.random.Generator) -> Rendering:
    return bank([_puff(tool, stream) for stream in rng.spawn(tool.puffs)], render_floor(tool.quiet, rng))


def _snip(tool: Scissors, rng: np.random.Generator) -> Signal:
    closing, opening = (round(float(rng.uniform(*s)) * SAMPLE_RATE) for s in (tool.close_s, tool.open_s))
    out = np.zeros(closing + opening + round(0.35 * SAMPLE_RATE))
    place(out, _slide(tool, closing, 1.0, rng), 0, 0.16)
    if rng.random() < tool.hair_share:
        _cut_hair(out, closing, rng)
    place(out, _meeting(tool, rng), closing, 1.0)
    wait = round(float(rng.uniform(0.03, 0.1)) * SAMPLE_RATE)
    place(out, _slide(tool, opening, -1.0, rng), closing + wait, 0.07)
    return finished(toned(out, tool.tone_db), rng, 5.0)


def _slide(tool: Scissors, n: int, direction: float, rng: np.random.Generator) -> Signal:
    """Steel on steel: a scrape whose pitch moves as the free length of the blades does."""
    t = np.arange(n) / n
    envelope = np.sin(np.pi * t**0.8) ** 1.5
    scrape = band_noise(rng, n, tool.slide_tone_db)
    glide = np.zeros(n)
    for hz in tool.blade_hz:
        sweep = hz * float(rng.uniform(0.92, 1.08)) * (1.0 + direction * 0.28 * (t - 0.5))
        rough = band_noise(rng, n, ((20, 0), (120, 0), (400, -30)))
        glide += (
            np.sin(2.0 * np.pi * np.cumsum(sweep) / SAMPLE_RATE) * rough * (hz / tool.blade_hz[0]) ** -0.7
        )
    sliding: Signal = envelope * (0.6 * scrape + 0.35 * glide)
    return sliding


def _cut_hair(out: Signal, end: int, rng: np.random.Generator) -> None:
    # A strand is many hairs: a crisp little crackle that ends as the blades meet.
    kinds = [grains.burst(rng, hz, 2.0, 0.0012) for hz in np.geomspace(1400.0, 5200.0, 12)]
    for _ in range(int(rng.integers(18, 60))):
        at = end - round(float(rng.uniform(0.0, 0.9)) * end * float(rng.uniform(0.3, 1.0)))
        place(out, kinds[int(rng.integers(12))], at, 0.25 * float(rng.uniform(0.05, 1.0)) ** 1.5)


def _meeting(tool: Scissors, rng: np.random.Generator) -> Signal:
    n = round(0.3 * SAMPLE_RATE)
    out = np.zeros(n)
    for hz in (*tool.blade_hz, *(hz * 1.37 for hz in tool.blade_hz[:3])):
        ring = grains.ring(
            hz * float(rng.uniform(0.97, 1.03)), tool.blade_decay_s * float(rng.uniform(0.5, 1.2))
        )
        place(out, ring, int(rng.integers(0, 60)), float(rng.normal(0.0, 0.4)) / np.abs(ring).max())
    click = grains.burst(rng, 2300.0, 3.0, 0.003)
    place(out, click, 0, 0.9 / np.abs(click).max())
    thud = grains.burst(rng, 420.0, 2.0, 0.008)
    place(out, thud, 0, 0.4 / np.abs(thud).max())
    out *= 0.8 / np.abs(out).max()
    return out


def _combing(tool: Comb, rng: np.random.Generator) -> Signal:
    n = round(float(rng.uniform(*tool.stroke_s)) * SAMPLE_RATE)
    t = np.arange(n) / n
    speed = np.sin(np.pi * t ** float(rng.uniform(0.7, 0.95))) ** 1.4
    speed *= 1.0 + 0.25 * band_noise(rng, n, ((3, 0), (9, 0), (30, -30)))
    out = np.zeros(n + SAMPLE_RATE // 8)
    hair = band_noise(rng, n, tool.hair_tone_db) * np.maximum(speed, 0.0) ** 1.5
    teeth = np.zeros(len(out))
    kinds = [
        grains.ring(hz, tool.tooth_decay_s * (1100.0 / hz) ** 0.5) for hz in np.geomspace(*tool.tooth_hz, 14)
    ]
    kinds += [grains.burst(rng, hz, 2.2, 0.0022) for hz in np.geomspace(*tool.tooth_hz, 14)]
    at = 0.0
    while at < n - 1:
        pace = max(float(speed[int(at)]), 0.05)
        at += SAMPLE_RATE / tool.teeth_per_s / pace * float(rng.gamma(4.0, 0.25))
        strength = min(float(rng.uniform(1e-6, 1.0)) ** (-1.0 / 1.8), 8.0)
        place(teeth, kinds[int(rng.integers(len(kinds)))], int(at), pace * strength)
    level = 10.0 ** (tool.hair_db / 20.0) * np.sqrt(np.mean(teeth**2) / np.mean(hair**2))
    out[:n] += level * hair
    return finished(toned(out + teeth, tool.tone_db), rng, 4.0)


def _puff(tool: Spray, rng: np.random.Generator) -> Signal:
    n = round(float(rng.uniform(*tool.puff_s)) * SAMPLE_RATE)
    out = np.zeros(n + round(0.5 * SAMPLE_RATE))
    pull = grains.burst(rng, float(rng.uniform(900.0, 1500.0)), 2.0, 0.004)
    place(out, pull, 0, 0.8 * float(rng.uniform(0.5, 1.0)))
    start = round(float(rng.uniform(0.025, 0.05)) * SAMPLE_RATE)
    t = np.arange(n) / n
    envelope = np.minimum(t / 0.12, 1.0) ** 1.5 * np.exp(-2.2 * t) * np.minimum((1.0 - t) / 0.2, 1.0)
    sputter = 1.0 + 0.35 * band_noise(rng, n, ((20, 0), (90, 0), (300, -30)))
    place(out, band_noise(rng, n, tool.mist_tone_db) * envelope * sputter, start, 0.22)
    kinds = [grains.burst(rng, hz, 2.4, 0.002) for hz in np.geomspace(900.0, 5000.0, 12)]
    for _ in range(rng.poisson(tool.drops)):
        at = start + n // 2 + round(float(rng.gamma(1.6, 0.07)) * SAMPLE_RATE)
        place(out, kinds[int(rng.integers(12))], at, 0.14 * float(rng.lognormal(0.0, 0.6)))
    back = grains.burst(rng, float(rng.uniform(1300.0, 2100.0)), 2.0, 0.004)
    place(out, back, start + n + round(0.04 * SAMPLE_RATE), 0.35 * float(rng.uniform(0.4, 1.0)))
    return finished(toned(out, tool.tone_db), rng, 4.0)
