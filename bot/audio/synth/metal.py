"""Struck metal that rings for seconds: a singing bowl, chimes in a light wind."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.modal import contact_force
from bot.audio.synth.noise import Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place
from bot.audio.synth.texture import Hiss, Sway, Texture, at_level, without_slow_swells
from bot.audio.synth.texture import render as render_scene


@dataclass(frozen=True)
class Bowl:
    """A bronze bowl struck with a padded mallet.

    Its modes bend the rim into 2, 3, 4... waves, at ratios near n^2 of a ring's, less for the curved wall;
    each comes as a pair a fraction of a hertz apart, which beats slowly.
    """

    strikes: int = 12
    strike_s: float = 14.0
    lowest_hz: float = 148.0
    ratios: tuple[float, ...] = (1.0, 2.72, 5.08, 7.95, 11.3)
    levels_db: tuple[float, ...] = (0.0, -5.0, -15.0, -27.0, -40.0)
    decays_s: tuple[float, ...] = (5.2, 3.0, 1.5, 0.8, 0.4)
    beat_hz: tuple[float, float] = (0.25, 0.9)
    contact_s: tuple[float, float] = (0.006, 0.011)
    swell_s: float = 0.09
    """The rim takes time to answer: no strike starts sharply."""
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-52.0, sleeve_db=-30.0))


@dataclass(frozen=True)
class Chimes:
    """Aluminium tubes, free at both ends, so in a free beam's ratios; a wooden clapper, light gusts."""

    chords: int = 22
    tubes_hz: tuple[float, ...] = (440.0, 523.3, 587.3, 659.3, 784.0, 880.0)
    ratios: tuple[float, ...] = (1.0, 2.757, 5.404, 8.933)
    levels_db: tuple[float, ...] = (0.0, -7.0, -17.0, -28.0)
    decays_s: tuple[float, ...] = (1.9, 1.1, 0.5, 0.25)
    touches: tuple[int, int] = (1, 4)
    wind: Texture = field(
        default_factory=lambda: Texture(
            24.0,
            hisses=(
                Hiss(
                    0.0,
                    ((40, -6), (150, 0), (500, -8), (1500, -18), (4000, -28), (12000, -44)),
                    ((100, 0.7), (500, 0.6), (3000, 0.3)),
                    (Sway(1.5, ((0.05, 0.0), (0.5, -6.0), (2.0, -16.0))),),
                    gust_db=2.0,
                ),
            ),
        )
    )
    wind_db: float = -38.0


def render_bowl(bowl: Bowl, rng: np.random.Generator) -> Rendering:
    return bank([_strike(bowl, stream) for stream in rng.spawn(bowl.strikes)], render_floor(bowl.quiet, rng))


def render_chimes(chimes: Chimes, rng: np.random.Generator) -> Rendering:
    shots = [_chord(chimes, stream) for stream in rng.spawn(chimes.chords)]
    return bank(shots, at_level(render_scene(without_slow_swells(chimes.wind), rng), chimes.wind_db))


def _strike(bowl: Bowl, rng: np.random.Generator) -> Signal:
    t = np.arange(round(bowl.strike_s * SAMPLE_RATE)) / SAMPLE_RATE
    out = np.zeros(len(t))
    for ratio, level_db, decay_s in zip(bowl.ratios, bowl.levels_db, bowl.decays_s, strict=True):
        gain = 10.0 ** ((level_db + rng.normal(0.0, 2.0)) / 20.0)
        hz, apart = bowl.lowest_hz * ratio, float(rng.uniform(*bowl.beat_hz))
        share = float(rng.uniform(0.25, 0.6))
        for offset, part in ((-apart / 2.0, 1.0 - share), (apart / 2.0, share)):
            phase = 2.0 * np.pi * ((hz + offset) * t + rng.uniform())
            out += gain * part * np.sin(phase) * np.exp(-t / decay_s)
    out *= np.sin(np.pi / 2.0 * np.minimum(t / bowl.swell_s, 1.0)) ** 2
    pad = grains.burst(rng, 260.0, 2.0, 0.012)
    force = contact_force(float(rng.uniform(*bowl.contact_s)))
    place(out, np.convolve(pad, force), 0, 0.9)
    # From 9 s on it fades to silence, so that the room takes over.
    out *= np.cos(np.pi / 2.0 * np.clip((t - bowl.strike_s + 5.0) / 5.0, 0.0, 1.0)) ** 2
    return finished(out, rng, 3.0)


def _chord(chimes: Chimes, rng: np.random.Generator) -> Signal:
    count = int(rng.integers(chimes.touches[0], chimes.touches[1] + 1))
    out = np.zeros(round(4.8 * SAMPLE_RATE))
    at_s = 0.0
    for hz in rng.choice(chimes.tubes_hz, count, replace=False):
        place(out, _tube(chimes, float(hz), rng), round(at_s * SAMPLE_RATE), float(rng.lognormal(-0.2, 0.5)))
        at_s += float(rng.exponential(0.24)) + 0.03
    return finished(out, rng, 7.0)


def _tube(chimes: Chimes, hz: float, rng: np.random.Generator) -> Signal:
    t = np.arange(round(4.2 * SAMPLE_RATE)) / SAMPLE_RATE
    ring = np.zeros(len(t))
    for ratio, level_db, decay_s in zip(chimes.ratios, chimes.levels_db, chimes.decays_s, strict=True):
        if hz * ratio < 9_000.0:
            gain = 10.0 ** ((level_db + rng.normal(0.0, 2.5)) / 20.0)
            phase = 2.0 * np.pi * (hz * ratio * (1.0 + rng.normal(0.0, 0.0006)) * t + rng.uniform())
            ring += gain * np.sin(phase) * np.exp(-t / (decay_s * (440.0 / hz) ** 0.5))
    clap = contact_force(float(rng.uniform(0.0012, 0.0025)))
    struck: Signal = np.convolve(ring, clap)[: len(t)]
    return struck
