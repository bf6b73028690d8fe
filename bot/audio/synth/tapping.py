"""Fingertips on things: a bank of taps, no two alike, and the quiet room they fall into."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.modal import Plate, Touch, strike
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import ONSET_S, Rendering, bank
from bot.audio.synth.shots import finished, place, toned


@dataclass(frozen=True)
class Tapped:
    """Something on a desk, close by, and the hand on it."""

    taps: int = 32
    tap_s: float = 0.5
    lid: Plate = field(default_factory=lambda: Plate(lowest_hz=185.0))
    wall: Plate = field(default_factory=lambda: Plate(lowest_hz=290.0, aspect=1.9, loss=0.02))
    wall_share: float = 0.3
    air_hz: float = 132.0
    """The air inside answers the lid with one low, short note."""
    air_s: float = 0.022
    air_db: float = -13.0
    pad_contact_s: tuple[float, float] = (0.0007, 0.0015)
    nail_contact_s: tuple[float, float] = (0.00035, 0.0007)
    nail_share: float = 0.45
    skin_db: float = -26.0
    """Peak of the skin's breath of noise against the tap's."""
    roll: tuple[int, int] = (1, 1)
    """Fingers that land one after another in one tap, fewest and most."""
    roll_gap_s: tuple[float, float] = (0.045, 0.11)
    tone_db: Curve = ((60, 0), (3000, 0), (5000, -3), (9000, -8), (16000, -18))
    spread_db: float = 4.0
    quiet: Quiet = field(default_factory=Quiet)


def render(thing: Tapped, rng: np.random.Generator) -> Rendering:
    return bank(render_taps(thing, rng), render_floor(thing.quiet, rng))


def render_taps(thing: Tapped, rng: np.random.Generator) -> list[Signal]:
    """Return the bank: each shape (n,), its loudest between -spread_db and 0 dB, silent at both ends.

    Every tap draws from its own stream, so the first taps of a shorter bank are the same.
    """
    return [_tap(thing, index, stream) for index, stream in enumerate(rng.spawn(thing.taps))]


def _tap(thing: Tapped, index: int, rng: np.random.Generator) -> Signal:
    fingers = int(rng.integers(thing.roll[0], thing.roll[1] + 1))
    out = np.zeros(round((thing.tap_s - ONSET_S + 0.11 * (fingers - 1)) * SAMPLE_RATE))
    at_s = 0.0
    for finger in range(fingers):
        gain = 1.0 if finger == 0 else float(rng.uniform(0.45, 0.95))
        place(out, _touch(thing, 5 * index + finger, rng), round(at_s * SAMPLE_RATE), gain)
        at_s += float(rng.uniform(*thing.roll_gap_s))
    return finished(toned(out, thing.tone_db), rng, thing.spread_db)


def _touch(thing: Tapped, index: int, rng: np.random.Generator) -> Signal:
    # Golden-ratio steps spread the places and the touches evenly over any number of taps.
    turn = [(index * step) % 1.0 for step in (0.6180, 0.7549, 0.5698, 0.3247)]
    plate = thing.wall if turn[2] < thing.wall_share else thing.lid
    shortest, longest = thing.nail_contact_s if turn[3] < thing.nail_share else thing.pad_contact_s
    contact_s = float(rng.uniform(shortest, longest))
    touch = Touch(0.08 + 0.42 * turn[0], 0.08 + 0.84 * turn[1], contact_s)
    dry = strike(plate, touch, thing.tap_s - ONSET_S)
    air = grains.ring(thing.air_hz, thing.air_s)
    air_db = thing.air_db - (0.0 if plate is thing.lid else 8.0)
    place(dry, air, round(contact_s * SAMPLE_RATE), 10.0 ** (air_db / 20.0) / np.abs(air).max())
    puff = grains.burst(rng, 1.6 / contact_s, 2.0, 3.0 * contact_s)
    place(dry, puff, 0, 10.0 ** (thing.skin_db / 20.0) / np.abs(puff).max())
    return dry
