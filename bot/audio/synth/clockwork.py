"""A clock on the wall: an escapement that catches a wheel, tick and tock, in a wooden case."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.modal import Plate, Touch, strike
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place, toned


@dataclass(frozen=True)
class Clock:
    """One one-shot holds a tick and, beat_s later, a tock, so that they never change places."""

    pairs: int = 24
    beat_s: float = 1.0
    case: Plate = field(
        default_factory=lambda: Plate(lowest_hz=310.0, aspect=1.4, loss=0.03, loss_per_khz=0.01)
    )
    pallet_hz: tuple[float, ...] = (1420.0, 2350.0, 3650.0)
    tone_db: Curve = ((60, -6), (200, 0), (2500, 0), (5000, -7), (9000, -12), (16000, -22))
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-44.0, sleeve_db=-14.0))


def render(clock: Clock, rng: np.random.Generator) -> Rendering:
    shots = [_pair(clock, stream) for stream in rng.spawn(clock.pairs)]
    return bank(shots, render_floor(clock.quiet, rng))


def _pair(clock: Clock, rng: np.random.Generator) -> Signal:
    out = np.zeros(round((clock.beat_s + 0.45) * SAMPLE_RATE))
    place(out, _catch(clock, 1.0, rng), 0)
    # A beat is never quite even: the escapement hangs a hair out of true, and the teeth differ.
    at_s = clock.beat_s * 1.012 + float(rng.normal(0.0, 0.0012))
    place(out, _catch(clock, 0.86, rng), round(at_s * SAMPLE_RATE), 0.82)
    return finished(toned(out, clock.tone_db), rng, 1.5)


def _catch(clock: Clock, pitch: float, rng: np.random.Generator) -> Signal:
    # The pallet drops onto a tooth, slides, and locks: three clicks within 12 ms, and the case answers.
    out = np.zeros(round(0.4 * SAMPLE_RATE))
    at_s = 0.0
    for gain in (0.45, 1.0, 0.3):
        for hz in clock.pallet_hz:
            ring = grains.ring(hz * pitch * float(rng.uniform(0.985, 1.015)), 0.0035)
            place(
                out, ring, round(at_s * SAMPLE_RATE), gain * float(rng.normal(0.5, 0.12)) / np.abs(ring).max()
            )
        touch = Touch(0.3, 0.31 + 0.02 * float(rng.uniform()), 0.0009)
        place(out, strike(clock.case, touch, 0.35), round(at_s * SAMPLE_RATE), 0.5 * gain)
        at_s += float(rng.normal(0.0055, 0.0004))
    return out
