"""A scene of steady nature or machinery: noises that breathe and thousands of small sounds that fall.

A scene is data: hisses (noise with a colour, swaying in time), falls (point processes of grains) and hums
(tones that drift), all moved by one slow gust, so that what belongs together rises together.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np
from scipy import fft

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import (
    CONTROL_RATE,
    Curve,
    Signal,
    StereoNoise,
    drift,
    even_below,
    to_audio_rate,
    value_at,
)
from bot.audio.synth.rendering import Rendering

_SCATTERED_HZ: Final = 1_000.0
WIND: Final[Curve] = ((0.016, 0.0), (0.1, -3.0), (0.5, -12.0), (6.0, -24.0))
"""How gusts are spread over frequency in time, Hz and dB."""


@dataclass(frozen=True)
class Sway:
    """A wandering of level in time, apart in bands of sound, log-normal.

    depth_db: standard deviation. bands_hz: edges between bands. bands_alike, ears_alike: 0..1, how much
    neighbouring bands, and the two ears, wander together.
    """

    depth_db: float
    rhythm: Curve
    bands_alike: float = 0.5
    ears_alike: float = 0.8
    tilt_db_per_octave: float = 0.0
    """How much deeper it is an octave higher, from 1 kHz on."""


@dataclass(frozen=True)
class Hiss:
    """A noise around the head.

    level_db: its power. gust_db: what the gust adds at one standard deviation, gust_tilt_db more for each
    octave above 1 kHz.
    """

    level_db: float
    spectrum_db: Curve
    coherence: Curve
    sways: tuple[Sway, ...] = ()
    gust_db: float = 0.0
    gust_tilt_db: float = 0.0
    bands_hz: tuple[float, ...] = (0.0, 350.0, 900.0, 2200.0, 5000.0, 24_000.0)


@dataclass(frozen=True)
class Grit:
    """One kind of small sound: bursts of noise, rings, or bubbles.

    hz: lowest and highest. decay_s: at the lowest; it shortens as frequency to the power `shorter`.
    octaves: width of a burst. share: of all events. gain: against other kinds.
    """

    kind: Literal["burst", "ring", "bubble"]
    hz: tuple[float, float]
    decay_s: float = 0.003
    shorter: float = 0.5
    octaves: float = 2.4
    rise: float = 0.0
    share: float = 1.0
    gain: float = 1.0
    variants: int = 14

    def bank(self, rng: np.random.Generator) -> list[Signal]:
        pitches = np.geomspace(*self.hz, self.variants)
        decays = self.decay_s * (self.hz[0] / pitches) ** self.shorter
        if self.kind == "burst":
            made = [grains.burst(rng, hz, self.octaves, s) for hz, s in zip(pitches, decays, strict=True)]
        elif self.kind == "ring":
            made = [grains.ring(hz, s, self.rise) for hz, s in zip(pitches, decays, strict=True)]
        else:
            made = [grains.bubble(3.0 / hz, self.rise) for hz in pitches]
        return [self.gain * grain for grain in made]


@dataclass(frozen=True)
class Fall:
    """Grains that fall by a Poisson process whose rate wanders (a Cox process).

    spread: standard deviation of the logarithm of an event's amplitude, cut at `loudest` of it; or, with
    `tail`, a power law: P(amplitude > x) = x^-tail, cut at e^loudest. near_m: nearest and farthest, heard as
    1/distance over a plane. clump: standard deviation of the rate's logarithm.
    """

    rate_per_s: float
    level_db: float
    grits: tuple[Grit, ...]
    spread: float = 0.45
    tail: float | None = None
    loudest: float = 1.5
    near_m: tuple[float, float] | None = None
    clump: float = 0.0
    clump_rhythm: Curve = WIND
    gust: float = 0.0
    """How the rate follows the gust: logarithm at one standard deviation."""
    gust_db: float = 0.0
    """What the gust adds to each event's level."""
    width: float = 1.0
    ears: grains.Ears = field(default_factory=lambda: grains.Ears(level_db=7.0, delay_s=0.00018))
    ears_alike: float = 1.0
    """Coherence of one grain between the ears above 2 kHz: less than 1 where ground and walls scatter it."""


@dataclass(frozen=True)
class Hum:
    """A tone with harmonics, as of a motor: (times the lowest, dB) each, all drifting together.

    wander: standard deviation of the pitch, share of itself; flutter_db: of every partial's level by itself.
    """

    level_db: float
    hz: float
    partials: tuple[tuple[float, float], ...]
    wander: float = 0.002
    flutter_db: float = 1.5
    rhythm: Curve = ((0.05, 0.0), (0.4, -6.0), (3.0, -24.0))


@dataclass(frozen=True)
class Texture:
    """A whole scene. Levels are against 0 dB, at any absolute scale."""

    seconds: float
    hisses: tuple[Hiss, ...] = ()
    falls: tuple[Fall, ...] = ()
    hums: tuple[Hum, ...] = ()
    gust_rhythm: Curve = WIND
    tone_db: Curve | None = None
    """What the place adds to all of it: distance, a window, a tent."""


def without_slow_swells(scene: Texture) -> Texture:
    """Return a scene whose rhythms are below 1 Hz no stronger than there: as loud one minute as the next."""

    def even(rhythm: Curve) -> Curve:
        return even_below(1.0, rhythm)

    def even_hiss(hiss: Hiss) -> Hiss:
        return replace(hiss, sways=tuple(replace(sway, rhythm=even(sway.rhythm)) for sway in hiss.sways))

    return replace(
        scene,
        hisses=tuple(even_hiss(hiss) for hiss in scene.hisses),
        falls=tuple(replace(fall, clump_rhythm=even(fall.clump_rhythm)) for fall in scene.falls),
        hums=tuple(replace(hum, rhythm=even(hum.rhythm)) for hum in scene.hums),
        gust_rhythm=even(scene.gust_rhythm),
    )


def render(scene: Texture, rng: np.random.Generator) -> Signal:
    """Return shape (2, n), circular."""
    gust = drift(rng, scene.seconds, scene.gust_rhythm)
    out = np.zeros((2, round(scene.seconds * SAMPLE_RATE)))
    for hiss in scene.hisses:
        out += at_level(_hiss(hiss, gust, rng), hiss.level_db)
    for fall in scene.falls:
        out += at_level(_fall(fall, gust, out.shape[1], rng), fall.level_db)
    for hum in scene.hums:
        out += at_level(_hum(hum, scene.seconds, rng), hum.level_db)
    return out if scene.tone_db is None else coloured(out, scene.tone_db)


def coloured(sound: Signal, tone_db: Curve) -> Signal:
    """Shape the spectrum of a circular sound by a curve, without moving anything in time."""
    n = sound.shape[-1]
    gain = 10.0 ** (value_at(tone_db, fft.rfftfreq(n, 1.0 / SAMPLE_RATE)) / 20.0)
    shaped: Signal = fft.irfft(fft.rfft(sound, axis=-1) * gain, n, axis=-1)
    return shaped


def at_level(sound: Signal, level_db: float) -> Signal:
    gain: float = 10.0 ** (level_db / 20.0) / np.sqrt(np.mean(sound**2))
    return sound * gain


def _hiss(hiss: Hiss, gust: Signal, rng: np.random.Generator) -> Signal:
    seconds = len(gust) / CONTROL_RATE
    n_frames = round(seconds * SAMPLE_RATE)
    noise = StereoNoise(rng, n_frames, hiss.spectrum_db, hiss.coherence)
    if not hiss.sways and hiss.gust_db == 0.0 == hiss.gust_tilt_db:
        return noise.whole()
    common = [_ears(sway, seconds, rng) for sway in hiss.sways]
    out = np.zeros((2, n_frames))
    for low_hz, high_hz in pairwise(hiss.bands_hz):
        octaves = float(np.log2(np.sqrt(max(low_hz, 60.0) * min(high_hz, 16_000.0)) / 1000.0))
        level_db = (hiss.gust_db + hiss.gust_tilt_db * octaves) * np.stack([gust, gust])
        for sway, shared in zip(hiss.sways, common, strict=True):
            own = _ears(sway, seconds, rng)
            depth = sway.depth_db + sway.tilt_db_per_octave * octaves
            mixed = np.sqrt(sway.bands_alike) * shared + np.sqrt(1.0 - sway.bands_alike) * own
            level_db = level_db + max(depth, 0.0) * mixed
        out += noise.band(low_hz, high_hz) * 10.0 ** (to_audio_rate(level_db) / 20.0)
    return out


def _ears(sway: Sway, seconds: float, rng: np.random.Generator) -> Signal:
    shared = drift(rng, seconds, sway.rhythm)
    apart = [drift(rng, seconds, sway.rhythm) for _ in range(2)]
    return np.stack(
        [np.sqrt(sway.ears_alike) * shared + np.sqrt(1.0 - sway.ears_alike) * own for own in apart]
    )


def _fall(fall: Fall, gust: Signal, n_frames: int, rng: np.random.Generator) -> Signal:
    bank, chances = _bank(fall, rng)
    right = None
    if fall.ears_alike < 1.0:
        again, _ = _bank(fall, rng)
        right = [
            grains.scattered(grain, other, fall.ears_alike, _SCATTERED_HZ)
            for grain, other in zip(bank, again, strict=True)
        ]
    log_rate = fall.gust * gust
    if fall.clump > 0.0:
        log_rate = log_rate + fall.clump * drift(rng, len(gust) / CONTROL_RATE, fall.clump_rhythm)
    rate = np.exp(np.minimum(log_rate, 3.0))
    at = grains.event_frames(rng, fall.rate_per_s * rate / rate.mean())
    gain = _gains(fall, len(at), rng)
    if fall.gust_db:
        gain *= 10.0 ** (fall.gust_db * gust[at // (SAMPLE_RATE // CONTROL_RATE)] / 20.0)
    side = fall.width * rng.uniform(-1.0, 1.0, len(at))
    falls = grains.Falls(at, rng.choice(len(bank), len(at), p=chances), gain, side)
    return grains.scatter(n_frames, bank, falls, fall.ears, right)


def _bank(fall: Fall, rng: np.random.Generator) -> tuple[list[Signal], Signal]:
    banks = [grit.bank(rng) for grit in fall.grits]
    chances = np.concatenate(
        [np.full(len(b), grit.share / len(b)) for grit, b in zip(fall.grits, banks, strict=True)]
    )
    return [grain for bank in banks for grain in bank], chances / chances.sum()


def _gains(fall: Fall, n: int, rng: np.random.Generator) -> Signal:
    if fall.tail is not None:
        return np.asarray(np.minimum(rng.uniform(1e-9, 1.0, n) ** (-1.0 / fall.tail), np.exp(fall.loudest)))
    gain: Signal = np.exp(np.minimum(fall.spread * rng.standard_normal(n), fall.loudest))
    if fall.near_m is not None:
        near, far = fall.near_m
        gain /= np.sqrt(rng.uniform(near**2, far**2, n))
    return gain


def _hum(hum: Hum, seconds: float, rng: np.random.Generator) -> Signal:
    """Phase closes its circle: whole turns only."""
    pitch = 1.0 + hum.wander * to_audio_rate(drift(rng, seconds, hum.rhythm))
    out = np.zeros((2, len(pitch)))
    for times, level_db in hum.partials:
        turns = np.cumsum(pitch) * hum.hz * times / SAMPLE_RATE
        turns *= np.round(turns[-1]) / turns[-1]
        level = [level_db + hum.flutter_db * drift(rng, seconds, hum.rhythm) for _ in range(2)]
        phase = 2.0 * np.pi * (turns + rng.uniform())
        apart = rng.uniform(-0.6, 0.6)
        for ear, sign in enumerate((-0.5, 0.5)):
            out[ear] += 10.0 ** (to_audio_rate(level[ear]) / 20.0) * np.sin(phase + sign * apart)
    return out


def bed(scene: Texture, rng: np.random.Generator) -> Rendering:
    """Render a scene as a bed."""
    return Rendering(render(scene, rng))
