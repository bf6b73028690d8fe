"""Water close by: single drips in a still place, and water poured into a glass."""

from dataclasses import dataclass, field

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.room import Room
from bot.audio.synth.shots import band_noise, finished, place, toned


@dataclass(frozen=True)
class Drips:
    """A drop falls into still water.

    A tick as it lands, then the bubble it leaves, which rings (van den Doel 2005) and rises in pitch as it
    nears the surface; often a second, smaller one.
    """

    drips: int = 36
    radius_m: tuple[float, float] = (0.0016, 0.0052)
    rise: tuple[float, float] = (0.02, 0.1)
    bubble_after_s: tuple[float, float] = (0.012, 0.045)
    tick_db: float = -13.0
    longer: float = 3.5
    """A real bubble just under the surface rings longer than one in the deep."""
    tone_db: Curve = ((60, -10), (200, 0), (3000, 0), (5000, -4), (9000, -10), (16000, -20))
    cave: Room = field(
        default_factory=lambda: Room(
            first_s=0.006, last_s=0.045, reflections=12, reflections_db=-15.0, tail_db=-43.0, decay_s=0.16
        )
    )
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-50.0, sleeve_db=-40.0))


@dataclass(frozen=True)
class Pouring:
    """Water into a vessel: a dense stream of bubbles under a column of air.

    The column shortens as the vessel fills, f = c / 4 (L + 0.6 r), so that its note rises.
    """

    pours: int = 16
    pour_s: tuple[float, float] = (3.0, 4.4)
    depth_m: tuple[float, float] = (0.13, 0.03)
    """Of the air above the water, at the start and when full."""
    mouth_m: float = 0.032
    bubbles_per_s: float = 420.0
    bubble_hz: tuple[float, float] = (480.0, 3600.0)
    splash_tone_db: Curve = ((200, -26), (700, -8), (1800, 0), (4000, -7), (9000, -16), (16000, -30))
    splash_db: float = -7.0
    column_db: float = -2.0
    tone_db: Curve = ((60, -12), (200, 0), (3000, 0), (5000, -4), (9000, -8), (16000, -18))
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-46.0))


def render_drips(water: Drips, rng: np.random.Generator) -> Rendering:
    return bank([_drip(water, stream) for stream in rng.spawn(water.drips)], render_floor(water.quiet, rng))


def render_pouring(water: Pouring, rng: np.random.Generator) -> Rendering:
    return bank([_pour(water, stream) for stream in rng.spawn(water.pours)], render_floor(water.quiet, rng))


def _drip(water: Drips, rng: np.random.Generator) -> Signal:
    out = np.zeros(round(0.95 * SAMPLE_RATE))
    tick = grains.burst(rng, float(rng.uniform(2200.0, 4200.0)), 2.4, 0.0015)
    place(out, tick, 0, 10.0 ** (water.tick_db / 20.0) / np.abs(tick).max())
    after_s = float(rng.uniform(*water.bubble_after_s))
    radius = float(np.exp(rng.uniform(*np.log(water.radius_m))))
    for index in range(int(rng.choice((1, 1, 2, 3)))):
        decay = water.longer / (0.13 / radius + 0.0072 * radius**-1.5)
        bubble = grains.ring(3.0 / radius, decay, float(rng.uniform(*water.rise)) * water.longer)
        place(out, bubble, round(after_s * SAMPLE_RATE), 0.45**index / np.abs(bubble).max())
        after_s += float(rng.uniform(0.03, 0.11))
        radius *= float(rng.uniform(0.55, 0.85))
    wet = signal.oaconvolve(out, water.cave.response(rng).mean(axis=0))[: len(out)]
    return finished(toned(wet, water.tone_db), rng, 6.0)


def _pour(water: Pouring, rng: np.random.Generator) -> Signal:
    seconds = float(rng.uniform(*water.pour_s))
    control = np.arange(round(seconds * CONTROL_RATE)) / (seconds * CONTROL_RATE)
    flow = np.minimum(control / 0.06, 1.0) * np.minimum((1.0 - control) / 0.12, 1.0)
    wobble = np.interp(control, np.linspace(0.0, 1.0, 24), rng.normal(0.0, 0.18, 24))
    flow = np.maximum(flow * (1.0 + wobble), 0.0)
    n = len(control) * (SAMPLE_RATE // CONTROL_RATE)
    fine = np.interp(np.arange(n) / (SAMPLE_RATE // CONTROL_RATE), np.arange(len(flow)), flow)
    stream = _bubbles(water, flow, n, rng)
    splash = band_noise(rng, n, water.splash_tone_db) * fine**1.2
    splash *= 10.0 ** (water.splash_db / 20.0) * np.sqrt(np.mean(stream**2) / np.mean(splash**2))
    column = _column(water, stream + splash, fine)
    column *= 10.0 ** (water.column_db / 20.0) * np.sqrt(np.mean(stream**2) / np.mean(column**2))
    return finished(toned(stream + splash + column, water.tone_db), rng, 3.0)


def _bubbles(water: Pouring, flow: Signal, n: int, rng: np.random.Generator) -> Signal:
    out = np.zeros(n + SAMPLE_RATE // 4)
    bank_hz = np.geomspace(*water.bubble_hz, 28)
    kinds = [grains.bubble(3.0 / hz, float(rng.uniform(0.02, 0.1))) for hz in bank_hz]
    for at in grains.event_frames(rng, water.bubbles_per_s * flow):
        place(out, kinds[int(rng.integers(28))], int(at), float(rng.lognormal(0.0, 0.7)))
    return out[:n]


def _column(water: Pouring, source: Signal, flow: Signal) -> Signal:
    # A resonance moves from the empty vessel's note to the full one's (a state-variable filter).
    filled = np.cumsum(flow) / np.sum(flow)
    depth = water.depth_m[0] + (water.depth_m[1] - water.depth_m[0]) * filled
    turn = 2.0 * np.sin(np.pi * 343.0 / (4.0 * (depth + 0.6 * water.mouth_m)) / SAMPLE_RATE)
    out = np.empty(len(source))
    low = band = 0.0
    for i, (x, f) in enumerate(zip(source.tolist(), turn.tolist(), strict=True)):
        low += f * band
        band += f * (x - low - 0.09 * band)
        out[i] = band
    return out
