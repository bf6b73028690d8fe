"""Fingertips on a wooden box: a bank of taps, no two alike, and the quiet room they fall into."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.modal import Plate, Touch, strike
from bot.audio.synth.noise import CONTROL_RATE, Curve, Signal, StereoNoise, drift, to_audio_rate
from bot.audio.synth.room import Room


@dataclass(frozen=True)
class WoodTapping:
    """A box on a desk, close by."""

    taps: int = 32
    tap_s: float = 0.5
    onset_s: float = 0.01
    lid: Plate = field(default_factory=lambda: Plate(lowest_hz=185.0))
    wall: Plate = field(default_factory=lambda: Plate(lowest_hz=290.0, aspect=1.9, loss=0.02))
    air_hz: float = 132.0
    """The air in the box answers the lid with one low, short note."""
    air_db: float = -13.0
    pad_contact_s: tuple[float, float] = (0.0007, 0.0015)
    nail_contact_s: tuple[float, float] = (0.00035, 0.0007)
    nail_share: float = 0.45
    room: Room = field(default_factory=Room)
    floor_s: float = 20.0
    floor_db: float = -50.0
    """Power of the quiet room against a tap's peak."""
    sleeve_db: float = -2.0
    """Power of the sleeves' brushing, on average, against the quiet room's."""
    sleeve_every_s: float = 1.7


ROOM_TONE: Final[Curve] = ((40, 0), (100, 0), (400, -9), (1500, -19), (5000, -33), (16000, -52))
CLOTH: Final[Curve] = ((100, -30), (400, -6), (900, 0), (2500, -4), (5000, -14), (12000, -34))
STEREO: Final[Curve] = ((100, 0.8), (600, 0.6), (3000, 0.35))
TREMBLE: Final[Curve] = ((2.0, 0.0), (8.0, 0.0), (30.0, -9.0))


def render_taps(wood: WoodTapping, rng: np.random.Generator) -> list[Signal]:
    """Return the bank: each shape (2, n), its loudest between -3 and 0 dB, silent at both ends.

    Every tap draws from its own stream, so the first taps of a shorter bank are the same.
    """
    return [_tap(wood, index, stream) for index, stream in enumerate(rng.spawn(wood.taps))]


def _tap(wood: WoodTapping, index: int, rng: np.random.Generator) -> Signal:
    # Golden-ratio steps spread the places and the touches evenly over any number of taps.
    turn = [(index * step) % 1.0 for step in (0.6180, 0.7549, 0.5698, 0.3247)]
    plate = wood.wall if turn[2] < 0.3 else wood.lid
    shortest, longest = wood.nail_contact_s if turn[3] < wood.nail_share else wood.pad_contact_s
    contact_s = float(rng.uniform(shortest, longest))
    touch = Touch(0.08 + 0.42 * turn[0], 0.08 + 0.84 * turn[1], contact_s)
    dry = strike(plate, touch, wood.tap_s - wood.onset_s)
    dry = dry + _air(wood, len(dry), contact_s) * (1.0 if plate is wood.lid else 0.4)
    dry = dry + _skin(rng, len(dry), contact_s)
    wet = np.stack([signal.fftconvolve(dry, ear)[: len(dry)] for ear in wood.room.response(rng)])
    tap = np.concatenate([np.zeros((2, round(wood.onset_s * SAMPLE_RATE))), wet], axis=-1)
    level = 10.0 ** (float(rng.uniform(-3.0, 0.0)) / 20.0)
    clean = _faded(_without_rumble(tap))
    clean *= level / np.abs(clean).max()
    return clean


def _air(wood: WoodTapping, n: int, contact_s: float) -> Signal:
    note = np.zeros(n)
    ring = grains.ring(wood.air_hz, 0.022)
    start = round(contact_s * SAMPLE_RATE)
    note[start : start + len(ring)] = ring[: n - start]
    note *= 10.0 ** (wood.air_db / 20.0) / np.abs(note).max()
    return note


def _skin(rng: np.random.Generator, n: int, contact_s: float) -> Signal:
    """Skin settling on the wood: a breath of noise, softer the longer the contact."""
    noise = np.zeros(n)
    puff = grains.burst(rng, 1.6 / contact_s, 2.0, 3.0 * contact_s)
    noise[: len(puff)] = puff
    noise *= 0.05 / np.abs(noise).max()
    return noise


def _without_rumble(tap: Signal) -> Signal:
    high_pass = signal.butter(2, 45.0, "highpass", fs=SAMPLE_RATE, output="sos")
    clean: Signal = signal.sosfilt(high_pass, tap, axis=-1)
    return clean


def _faded(tap: Signal) -> Signal:
    n = tap.shape[-1] // 4
    fade = np.cos(np.pi / 2.0 * np.arange(1, n + 1) / n) ** 2
    tap[:, -n:] *= fade
    return tap


def render_floor(wood: WoodTapping, rng: np.random.Generator) -> Signal:
    """Return the quiet room, shape (2, n), circular, at its level against the taps."""
    n = round(wood.floor_s * SAMPLE_RATE)
    tone = StereoNoise(rng, n, ROOM_TONE, STEREO).whole()
    cloth = StereoNoise(rng, n, CLOTH, STEREO).whole() * to_audio_rate(_sleeves(wood, rng))
    tone *= 10.0 ** (wood.floor_db / 20.0) / np.sqrt(np.mean(tone**2))
    cloth *= 10.0 ** ((wood.floor_db + wood.sleeve_db) / 20.0) / np.sqrt(np.mean(cloth**2))
    return tone + cloth


def _sleeves(wood: WoodTapping, rng: np.random.Generator) -> Signal:
    """Level of the sleeve's brushing at each ear, shape (2, control points)."""
    now = np.arange(round(wood.floor_s * CONTROL_RATE)) / CONTROL_RATE
    level = np.zeros((2, len(now)))
    gaps_s = wood.sleeve_every_s * rng.uniform(0.4, 1.6, round(wood.floor_s / wood.sleeve_every_s))
    for at in np.cumsum(gaps_s):
        length, side, strength = rng.uniform(0.25, 0.8), rng.uniform(-0.4, 0.4), rng.uniform(0.4, 1.0)
        t = np.clip(((now - at) % wood.floor_s) / length, 0.0, 1.0)
        level += np.sin(np.pi * t) ** 2 * strength * np.array([[1.0 - side], [1.0 + side]])
    return level * np.exp(0.3 * drift(rng, wood.floor_s, TREMBLE))
