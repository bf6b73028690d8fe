"""A café across the room: many people talk, no word reaches the ear; now and then a cup meets its saucer."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place, toned
from bot.audio.synth.texture import Hiss, Sway, Texture, at_level, coloured
from bot.audio.synth.texture import render as render_scene
from bot.audio.synth.tract import HOP, cascade, shaped

VOWELS: Final = np.array(
    [[730, 1090, 2440], [530, 1840, 2480], [390, 1990, 2550], [270, 2290, 3010], [570, 840, 2410],
     [440, 1020, 2240], [300, 870, 2240], [640, 1190, 2390], [490, 1350, 1690]], float,
)  # fmt: skip
"""First three formants of American vowels, Hz (Peterson & Barney 1952, men)."""


@dataclass(frozen=True)
class Cafe:
    seconds: float = 60.0
    talkers: int = 22
    pitch_hz: tuple[float, float] = (95.0, 215.0)
    syllables_per_s: tuple[float, float] = (3.6, 5.2)
    tail_s: float = 0.55
    """How long the room holds a voice: decay to a 1/e amplitude is a seventh of it."""
    direct: float = 0.35
    voices_db: float = -4.0
    nearest: float = 2.2
    """How many dB the nearest tables stand out, standard deviation of level."""
    hall: Texture = field(
        default_factory=lambda: Texture(
            60.0,
            hisses=(
                Hiss(
                    0.0,
                    (
                        (40, -3),
                        (90, 0),
                        (125, -1),
                        (236, -8),
                        (400, -15),
                        (1000, -24),
                        (4000, -40),
                        (12000, -60),
                    ),
                    ((100, 0.85), (500, 0.7), (2000, 0.5), (6000, 0.3)),
                    (Sway(1.0, ((0.1, 0.0), (1.0, -6.0), (5.0, -14.0)), 0.3),),
                ),
            ),
        )
    )
    tone_db: Curve = ((60, 0), (300, 0), (800, -2), (1600, -5), (3000, -10), (6000, -18), (12000, -30))
    murmur_db: float = -23.0
    cups: int = 24
    cup_db: float = 0.0


def render(cafe: Cafe, rng: np.random.Generator) -> Rendering:
    hall = at_level(render_scene(cafe.hall, rng), 0.0)
    voices = at_level(_voices(cafe, rng), cafe.voices_db)
    cups = [_cup(cafe, stream) for stream in rng.spawn(cafe.cups)]
    return bank(cups, at_level(hall + voices, cafe.murmur_db))


def _voices(cafe: Cafe, rng: np.random.Generator) -> Signal:
    n = round(cafe.seconds * SAMPLE_RATE)
    room = _room(cafe, rng)
    out = np.zeros((2, n))
    for stream in rng.spawn(cafe.talkers):
        voice = _talker(cafe, n, stream)
        gain = 10.0 ** (cafe.nearest * float(stream.standard_normal()) / 20.0)
        side, turn = float(stream.uniform(-1.0, 1.0)), int(stream.integers(n))
        for ear, sign in enumerate((-1.0, 1.0)):
            out[ear] += (
                np.roll(voice, turn + round(sign * side * 8)) * gain * 10.0 ** (sign * side * 2.0 / 20.0)
            )
    spectrum = np.fft.rfft(out, axis=-1) * np.fft.rfft(room, n, axis=-1)
    return coloured(np.fft.irfft(spectrum, n, axis=-1), cafe.tone_db)


def _room(cafe: Cafe, rng: np.random.Generator) -> Signal:
    t = np.arange(round(cafe.tail_s * 1.6 * SAMPLE_RATE)) / SAMPLE_RATE
    shared, apart = rng.standard_normal(len(t)), rng.standard_normal((2, len(t)))
    tail = (0.6 * shared + 0.8 * apart) * np.exp(-7.0 * t / cafe.tail_s)
    tail /= np.sqrt(np.sum(tail**2, axis=-1, keepdims=True))
    tail[:, 0] += cafe.direct
    return tail


def _talker(cafe: Cafe, n: int, rng: np.random.Generator) -> Signal:
    """Somebody talks in sentences with rests between, in syllables that mean nothing; unit power."""
    frames = n // HOP
    loud, vowel = np.zeros(frames), np.zeros((frames, 3))
    rate, at = float(rng.uniform(*cafe.syllables_per_s)), 0
    vowel[:] = VOWELS[0]
    while at < frames:
        for _ in range(int(rng.integers(5, 22))):
            length = round(float(rng.gamma(9.0, 1.0 / 9.0)) / rate * SAMPLE_RATE / HOP)
            end = min(at + length, frames)
            t = (np.arange(at, end) - at) / max(length, 1)
            loud[at:end] = np.sin(np.pi * np.clip(t / 0.85, 0.0, 1.0)) ** 0.8 * float(rng.lognormal(0.0, 0.3))
            vowel[at:end] = VOWELS[int(rng.integers(len(VOWELS)))]
            at = end
        at += round(float(rng.exponential(1.6)) * SAMPLE_RATE / HOP)
    glide = np.hanning(15) / np.hanning(15).sum()
    stretch = float(rng.uniform(0.98, 1.2))
    centres = np.stack([np.convolve(row, glide, "same") for row in vowel.T], axis=1) * stretch
    centres = np.maximum(centres, 150.0)
    widths = np.broadcast_to(np.array([70.0, 90.0, 130.0]), centres.shape)
    voice = shaped(_glottis(cafe, n, frames, rng), cascade(centres, widths) * loud[:, None])
    voice /= np.sqrt(np.mean(voice**2))
    return voice


def _glottis(cafe: Cafe, n: int, frames: int, rng: np.random.Generator) -> Signal:
    """Pulses at a pitch that falls through a sentence and starts again, with a -12 dB an octave tilt."""
    pitch = float(np.exp(rng.uniform(*np.log(cafe.pitch_hz))))
    knots = np.arange(0, frames + 60, 60)
    steps = np.interp(np.arange(frames), knots, rng.normal(0.0, 0.1, len(knots)))
    contour = np.interp(np.arange(n) / HOP, np.arange(frames), pitch * np.exp(steps))
    saw = 2.0 * (np.cumsum(contour) / SAMPLE_RATE % 1.0) - 1.0
    soft = signal.butter(1, 500.0, fs=SAMPLE_RATE, output="sos")
    breath = 0.04 * rng.standard_normal(n)
    pulses: Signal = signal.sosfilt(soft, saw + breath)
    return pulses


def _cup(cafe: Cafe, rng: np.random.Generator) -> Signal:
    """China on china, far away: two or three short rings, or a spoon."""
    out = np.zeros(round(0.7 * SAMPLE_RATE))
    base, at_s = float(rng.uniform(1500.0, 2700.0)), 0.0
    for _ in range(int(rng.integers(1, 4))):
        for ratio in (1.0, 1.62, 2.31):
            ring = grains.ring(base * ratio * float(rng.uniform(0.98, 1.02)), 0.02 * ratio**-0.7)
            place(
                out, ring, round(at_s * SAMPLE_RATE), float(rng.normal(0.5, 0.2)) / ratio / np.abs(ring).max()
            )
        knock = grains.burst(rng, 700.0, 2.0, 0.006)
        place(out, knock, round(at_s * SAMPLE_RATE), 0.5 / np.abs(knock).max())
        at_s += float(rng.uniform(0.05, 0.22))
    tail = rng.standard_normal(round(0.3 * SAMPLE_RATE)) * np.exp(
        -np.arange(round(0.3 * SAMPLE_RATE)) / 2600.0
    )
    wet = 0.3 * out + signal.oaconvolve(out, tail / np.sqrt(np.sum(tail**2)))[: len(out)]
    soft = toned(wet, ((200, 0), (1500, 0), (3000, -6), (6000, -16), (12000, -30)))
    gain: float = 10.0 ** (cafe.cup_db / 20.0)
    return gain * finished(soft, rng, 10.0)
