"""Things that stroke things: bristles, fingertips, cloth, chalk. A hand moves, and its speed is the sound.

Each stroke has a speed that swells and dies as a hand's does (a minimum-jerk reach, Flash & Hogan 1985) with
a tremor of 5 to 12 Hz; the rubbing noise grows and brightens with speed, and single bristles or grains catch
at a rate that follows it, with strengths that follow a power law.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned


@dataclass(frozen=True)
class Friction:
    """A bank of strokes. Levels are powers against the rubbing noise's."""

    strokes: int = 28
    length_s: tuple[float, float] = (0.7, 1.6)
    reaches: tuple[int, int] = (1, 2)
    """Fewest and most reaches in a stroke: there, and back, and there again."""
    rub_tone_db: Curve = ((100, -20), (400, -4), (1000, 0), (2500, -4), (5000, -14), (12000, -30))
    brightening_db: float = 5.0
    """What full speed adds an octave above 1 kHz against half speed."""
    loudness_of_speed: float = 1.2
    tremor: float = 0.25
    roughness: float = 0.35
    """Fine irregularity of the surface: standard deviation of the level's logarithm, 15 to 80 Hz."""
    catch_per_s: float = 120.0
    catch_db: float = -3.0
    catch_hz: tuple[float, float] = (900.0, 4500.0)
    catch_decay_s: float = 0.0022
    catch_octaves: float = 2.2
    catch_tail: float = 1.6
    rings: bool = False
    """Whether what catches rings, as teeth and springs do, instead of crackling."""
    body_hz: tuple[float, ...] = ()
    """Resonances of what is stroked; damped, each lends a little colour."""
    tone_db: Curve = ((60, -6), (200, 0), (3000, 0), (5000, -4), (9000, -8), (16000, -18))
    spread_db: float = 4.0
    quiet: Quiet = field(default_factory=Quiet)


def render(friction: Friction, rng: np.random.Generator) -> Rendering:
    shots = [_stroke(friction, stream) for stream in rng.spawn(friction.strokes)]
    return bank(shots, render_floor(friction.quiet, rng))


def _stroke(friction: Friction, rng: np.random.Generator) -> Signal:
    speed = hand_speed(friction, rng)
    n = len(speed) * (SAMPLE_RATE // CONTROL_RATE)
    fine = np.interp(np.arange(n) / (SAMPLE_RATE // CONTROL_RATE), np.arange(len(speed)), speed)
    sound = _rubbing(friction, fine, rng)
    if friction.catch_per_s > 0.0:
        catches = _catches(friction, speed, n, rng)
        power = float(np.mean(catches**2))
        if power > 0.0:
            level = 10.0 ** (friction.catch_db / 20.0) * np.sqrt(np.mean(sound**2) / power)
            sound = sound + catches * level
    for hz in friction.body_hz:
        ring = grains.ring(hz * float(rng.uniform(0.94, 1.06)), 0.008)
        sound = sound + 0.5 * signal.oaconvolve(sound, ring / np.abs(ring).sum())[:n]
    return finished(toned(sound, friction.tone_db), rng, friction.spread_db)


def hand_speed(friction: Friction, rng: np.random.Generator) -> Signal:
    """Return the hand's speed, 0..about 1, at the control rate."""
    pieces: list[Signal] = []
    for index in range(int(rng.integers(friction.reaches[0], friction.reaches[1] + 1))):
        n = round(float(rng.uniform(*friction.length_s)) * CONTROL_RATE)
        # An early peak: hands start faster than they stop.
        t = (np.arange(n) / n) ** float(rng.uniform(0.72, 0.95))
        reach = 16.0 * t**2 * (1.0 - t) ** 2 * (1.0 if index == 0 else float(rng.uniform(0.6, 0.95)))
        pieces.append(reach)
    speed = np.concatenate(pieces)
    seconds = np.arange(len(speed)) / CONTROL_RATE
    shake = sum(
        np.sin(2.0 * np.pi * (hz * seconds + rng.uniform())) * strength
        for hz, strength in zip(rng.uniform(5.0, 12.0, 4), rng.uniform(0.2, 1.0, 4), strict=True)
    )
    trembling: Signal = np.maximum(speed * (1.0 + friction.tremor * shake / 1.6), 0.0)
    return trembling


def _rubbing(friction: Friction, speed: Signal, rng: np.random.Generator) -> Signal:
    """Two noises, dull and bright, the bright one growing faster with speed, both over an uneven surface."""
    n = len(speed)
    dull = band_noise(rng, n, friction.rub_tone_db)
    tilt = friction.brightening_db
    bright_tone = tuple((hz, db + tilt * np.log2(max(hz, 250.0) / 1000.0)) for hz, db in friction.rub_tone_db)
    bright = band_noise(rng, n, bright_tone)
    uneven = band_noise(rng, n, ((10, 0), (15, 0), (80, -2), (160, -40)))
    level = speed**friction.loudness_of_speed * np.exp(friction.roughness * uneven)
    rubbing: Signal = level * (dull * (1.0 - 0.5 * speed) + 0.6 * bright * speed)
    return rubbing


def _catches(friction: Friction, speed: Signal, n: int, rng: np.random.Generator) -> Signal:
    out = np.zeros(n + SAMPLE_RATE // 10)
    rate = friction.catch_per_s * speed * np.exp(0.5 * rng.standard_normal())
    pitches = np.geomspace(*friction.catch_hz, 16)
    if friction.rings:
        kinds = [grains.ring(hz, friction.catch_decay_s * (pitches[0] / hz) ** 0.5) for hz in pitches]
    else:
        kinds = [
            grains.burst(rng, hz, friction.catch_octaves, friction.catch_decay_s * (pitches[0] / hz) ** 0.5)
            for hz in pitches
        ]
    for at in grains.event_frames(rng, rate):
        strength = min(float(rng.uniform(1e-6, 1.0)) ** (-1.0 / friction.catch_tail), 12.0)
        pace = float(speed[min(int(at) // (SAMPLE_RATE // CONTROL_RATE), len(speed) - 1)])
        place(out, kinds[int(rng.integers(len(kinds)))], int(at), strength * (0.3 + 0.7 * pace))
    return out[:n]
