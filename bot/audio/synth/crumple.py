"""Things that crackle when they are bent: paper, foil, a packet, dry leaves, snow.

A sheet under stress lets go in clicks whose energies follow a power law over decades (Houle & Sethna 1996),
in avalanches: one click sets off others soon after it. A gesture of the hand drives them.
"""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import band_noise, finished, place, toned


@dataclass(frozen=True)
class Crumple:
    """A bank of gestures. click_hz: from the largest facet to the smallest."""

    gestures: int = 28
    length_s: tuple[float, float] = (0.5, 1.6)
    pushes: tuple[int, int] = (1, 4)
    """How many times the hand presses in a gesture."""
    push_rise_s: tuple[float, float] = (0.03, 0.12)
    push_fall_s: tuple[float, float] = (0.1, 0.4)
    clicks_per_s: float = 260.0
    energy_tail: float = 0.7
    """P(energy > x) = x^-energy_tail: an exponent of 1.7 for the density."""
    decades: float = 3.5
    aftershocks: float = 0.5
    """How many clicks each sets off, on average, within aftershock_s."""
    aftershock_s: float = 0.012
    click_hz: tuple[float, float] = (700.0, 7500.0)
    click_decay_s: float = 0.0035
    click_octaves: float = 3.0
    ring: float = 0.0
    """Share of each click that rings, as a thin sheet of metal does."""
    ring_decay_s: float = 0.006
    rustle_db: float = -14.0
    """Power of the smooth rustle under the clicks, against theirs."""
    rustle_tone_db: Curve = ((200, -20), (800, -6), (2000, 0), (5000, -4), (12000, -16))
    thump_db: float = -60.0
    """Peak of a dull low push (a foot, a hand on the table) against the clicks' peak."""
    thump_hz: tuple[float, float] = (70.0, 110.0)
    tone_db: Curve = ((60, -10), (300, 0), (3000, 0), (5000, -4), (9000, -6), (16000, -18))
    spread_db: float = 5.0
    quiet: Quiet = field(default_factory=Quiet)


def render(sheet: Crumple, rng: np.random.Generator) -> Rendering:
    shots = [_gesture(sheet, stream) for stream in rng.spawn(sheet.gestures)]
    return bank(shots, render_floor(sheet.quiet, rng))


def _gesture(sheet: Crumple, rng: np.random.Generator) -> Signal:
    stress, pushes = _stress(sheet, rng)
    n = len(stress) * (SAMPLE_RATE // CONTROL_RATE)
    clicks = _clicks(sheet, stress, n, rng)
    fine = np.interp(np.arange(n) / (SAMPLE_RATE // CONTROL_RATE), np.arange(len(stress)), stress)
    rustle = band_noise(rng, n, sheet.rustle_tone_db) * fine**1.5
    level = 10.0 ** (sheet.rustle_db / 20.0) * np.sqrt(np.mean(clicks**2) / np.mean(rustle**2))
    sound = toned(clicks + level * rustle, sheet.tone_db)
    if sheet.thump_db > -50.0:
        for at, strength in pushes:
            ring = grains.ring(float(rng.uniform(*sheet.thump_hz)), 0.018)
            # A sole presses, it does not hit.
            thump = np.convolve(ring, np.hanning(round(0.014 * SAMPLE_RATE)))
            gain = 10.0 ** (sheet.thump_db / 20.0) * strength * np.abs(sound).max() / np.abs(thump).max()
            place(sound, thump, round(at * SAMPLE_RATE), gain)
    return finished(sound, rng, sheet.spread_db)


def _stress(sheet: Crumple, rng: np.random.Generator) -> tuple[Signal, list[tuple[float, float]]]:
    """How fast the sheet is bent, peak about 1, at the control rate; and when it was pushed, how hard."""
    length_s = float(rng.uniform(*sheet.length_s))
    t = np.arange(round((length_s + 0.12) * CONTROL_RATE)) / CONTROL_RATE
    stress = np.zeros(len(t))
    count = int(rng.integers(sheet.pushes[0], sheet.pushes[1] + 1))
    latest_s = max(length_s - sheet.push_fall_s[1] - sheet.push_rise_s[0], 0.0)
    first = [0.0, *np.sort(rng.uniform(0.15 * latest_s, latest_s, count - 1))]
    pushes = [(float(at), 1.0 if i == 0 else float(rng.uniform(0.3, 1.0))) for i, at in enumerate(first)]
    for at, strength in pushes:
        rise, fall = float(rng.uniform(*sheet.push_rise_s)), float(rng.uniform(*sheet.push_fall_s))
        since = t - at
        up = np.sin(np.pi / 2.0 * np.clip(since / rise, 0.0, 1.0)) ** 2
        stress = np.maximum(stress, strength * up * np.exp(-np.maximum(since - rise, 0.0) / fall * 1.6))
    stress *= np.minimum((t[-1] - t) / 0.1, 1.0)
    return stress, pushes


def _clicks(sheet: Crumple, stress: Signal, n: int, rng: np.random.Generator) -> Signal:
    at, energy = _avalanches(sheet, stress, n, rng)
    out = np.zeros(n + SAMPLE_RATE // 5)
    pitches = np.geomspace(*sheet.click_hz, 18)
    shorter = (pitches[0] / pitches) ** 0.6
    clicks = [
        grains.burst(rng, hz, sheet.click_octaves, sheet.click_decay_s * s)
        for hz, s in zip(pitches, shorter, strict=True)
    ]
    rings = [
        grains.ring(hz * float(rng.uniform(0.9, 1.1)), sheet.ring_decay_s * s)
        for hz, s in zip(pitches, shorter, strict=True)
    ]
    # The bigger the facet that snaps, the lower and louder it is, loosely.
    size = np.clip(np.log10(energy) / sheet.decades + 0.25 * rng.standard_normal(len(energy)), 0.0, 1.0)
    index = np.round((1.0 - size) * (len(pitches) - 1)).astype(int)
    for frame, power, which in zip(at, energy, index, strict=True):
        place(out, clicks[which], int(frame), float(np.sqrt(power)) * (1.0 - sheet.ring))
        if sheet.ring > 0.0:
            place(out, rings[which], int(frame), float(np.sqrt(power)) * sheet.ring)
    return out[:n]


def _avalanches(sheet: Crumple, stress: Signal, n: int, rng: np.random.Generator) -> tuple[Signal, Signal]:
    """Return the clicks' frames and energies (1 and more), first causes and all that they set off."""
    causes = grains.event_frames(rng, sheet.clicks_per_s * stress).astype(np.float64)
    if not len(causes):
        causes = np.array([0.0])
    frames, wave = [causes], causes
    while len(wave) and len(frames) < 6:
        count = rng.poisson(sheet.aftershocks, len(wave))
        delay = rng.exponential(sheet.aftershock_s * SAMPLE_RATE, int(count.sum()))
        wave = np.repeat(wave, count) + delay
        frames.append(wave)
    at = np.concatenate(frames)
    at = at[at < n - SAMPLE_RATE // 20]
    largest = 10.0**sheet.decades
    energy = np.minimum(rng.uniform(1e-9, 1.0, len(at)) ** (-1.0 / sheet.energy_tail), largest)
    now = np.interp(at / (SAMPLE_RATE // CONTROL_RATE), np.arange(len(stress)), stress)
    return at, np.maximum(energy * (0.15 + 0.85 * now), 1e-3)
