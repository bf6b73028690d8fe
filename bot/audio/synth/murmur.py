"""A café across the room: tables of people talk, no word reaches the ear; cups, spoons and chairs between.

A talker is a source and a filter (pulses through five moving resonances, hiss at the constrictions) and says
syllables without meaning. At a table one speaks at a time, in turns of a few seconds; nearer tables stand
out, and the room's tail carries all the others.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.gusts import slow
from bot.audio.synth.noise import Curve, Signal, to_audio_rate, value_at
from bot.audio.synth.phonemes import CONSONANTS, VOWELS
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place, toned
from bot.audio.synth.texture import Texture, at_level, coloured
from bot.audio.synth.texture import render as render_scene
from bot.audio.synth.tract import HOP, HZ, cascade, shaped

_PER_S: Final = SAMPLE_RATE / HOP
_LIVELY: Final[Curve] = ((0.01, 0.0), (0.08, -3.0), (0.3, -16.0), (1.0, -30.0))
_HISSES: Final = ("S", "SH", "F", "T", "K", "P")
_WIDTHS_HZ: Final = np.array([80.0, 100.0, 140.0, 200.0, 300.0])
_HIGHER_HZ: Final = np.array([4050.0, 4950.0])


@dataclass(frozen=True)
class Cafe:
    """Levels in dB. hall: what hums and rolls behind. tail_s: until the room's answer fell by 60 dB."""

    hall: Texture
    seconds: float = 90.0
    tables: int = 11
    distance_m: tuple[float, float] = (1.5, 9.0)
    pitch_hz: tuple[float, float] = (95.0, 225.0)
    turn_s: float = 2.6
    pause_s: float = 0.9
    effort_db: float = 5.0
    """How differently loud turns are, standard deviation."""
    lively_db: float = 1.6
    """How a whole room grows livelier and quieter, standard deviation."""
    tail_s: float = 0.75
    tail_db: float = -9.0
    """The room's answer against the direct sound at one metre."""
    voices_db: float = -9.0
    clatter_per_s: float = 1.3
    clatter_db: float = -20.0
    tone_db: Curve = (
        (60, 0),
        (350, -2),
        (700, -3),
        (1100, 1),
        (1600, 5),
        (2500, 5),
        (4000, 2),
        (9000, 0),
        (14000, -30),
    )
    murmur_db: float = -18.5
    cups: int = 24
    cup_db: float = 0.0


def render(cafe: Cafe, rng: np.random.Generator) -> Rendering:
    murmur = at_level(render_scene(cafe.hall, rng), 0.0)
    room = _room(cafe, rng)
    guests = at_level(coloured(_voices(cafe, room, rng), cafe.tone_db), cafe.voices_db)
    guests += at_level(coloured(_clatter(cafe, room, rng), cafe.tone_db), cafe.clatter_db)
    murmur += guests * 10.0 ** (to_audio_rate(cafe.lively_db * slow(rng, cafe.seconds, _LIVELY)) / 20.0)
    cups = [_cup(cafe, stream) for stream in rng.spawn(cafe.cups)]
    return bank(cups, at_level(murmur, cafe.murmur_db))


def _voices(cafe: Cafe, room: Signal, rng: np.random.Generator) -> Signal:
    n = round(cafe.seconds * SAMPLE_RATE)
    direct, sent = np.zeros((2, n)), np.zeros(n)
    for stream, far in zip(rng.spawn(cafe.tables), _distances(cafe, cafe.tables), strict=True):
        voice = _table(cafe, n, stream)
        _beside(direct, voice / far, float(stream.uniform(-1.0, 1.0)))
        sent += voice
    return direct + _answered(sent, room)


def _distances(cafe: Cafe, count: int) -> Signal:
    """Tables spread evenly over the floor: their number grows with the square of the distance."""
    near, far = cafe.distance_m
    share = (np.arange(count) + 0.5) / count
    spread: Signal = np.sqrt(near**2 + share * (far**2 - near**2))
    return spread


def _beside(out: Signal, sound: Signal, side: float) -> None:
    for ear, sign in enumerate((-1.0, 1.0)):
        out[ear] += 10.0 ** (sign * side * 2.5 / 20.0) * np.roll(sound, round(max(0.0, -sign * side) * 6.0))


def _room(cafe: Cafe, rng: np.random.Generator) -> Signal:
    t = np.arange(round(cafe.tail_s * SAMPLE_RATE)) / SAMPLE_RATE
    shared, apart = rng.standard_normal(len(t)), rng.standard_normal((2, len(t)))
    tail = (0.7 * shared + 0.7 * apart) * 10.0 ** (-3.0 * t / cafe.tail_s)
    tail = signal.sosfilt(signal.butter(1, 5_000.0, fs=SAMPLE_RATE, output="sos"), tail, axis=-1)
    answer: Signal = tail * 10.0 ** (cafe.tail_db / 20.0) / np.sqrt(np.sum(tail**2, axis=-1, keepdims=True))
    return answer


def _answered(sent: Signal, room: Signal) -> Signal:
    n = len(sent)
    heard: Signal = np.fft.irfft(np.fft.rfft(sent) * np.fft.rfft(room, n, axis=-1), n, axis=-1)
    return heard


def _table(cafe: Cafe, n: int, rng: np.random.Generator) -> Signal:
    """Two to four people take turns; shape (n,), a circle."""
    out = np.zeros(n)
    people = [Talker.drawn(cafe, rng) for _ in range(int(rng.integers(2, 5)))]
    at_s, last = float(rng.uniform(0.0, 2.0)), 0
    while True:
        length_s = min(max(0.5, cafe.turn_s * float(rng.lognormal(0.0, 0.6))), 8.0)
        if at_s + length_s > n / SAMPLE_RATE:
            return np.roll(out, int(rng.integers(n)))
        last = (last + int(rng.integers(1, len(people)))) % len(people)
        effort: float = 10.0 ** (cafe.effort_db * float(rng.normal()) / 20.0)
        place(out, people[last].turn(length_s, rng), round(at_s * SAMPLE_RATE), effort)
        at_s += length_s + cafe.pause_s * float(rng.exponential())


@dataclass(frozen=True)
class Talker:
    """pitch_hz: in the middle. size: of the tract's resonances, 1 for a woman's."""

    pitch_hz: float
    size: float
    syllables_per_s: float

    @classmethod
    def drawn(cls, cafe: Cafe, rng: np.random.Generator) -> "Talker":
        pitch = float(np.exp(rng.uniform(*np.log(cafe.pitch_hz))))
        size = 0.86 + 0.14 * float(np.clip(np.log2(pitch / 110.0), 0.0, 1.0)) + float(rng.normal(0.0, 0.02))
        return cls(pitch, size, float(rng.uniform(3.8, 5.4)))

    def turn(self, seconds: float, rng: np.random.Generator) -> Signal:
        """Speak for so long; vowels have a power around 1."""
        frames = round(seconds * _PER_S)
        voiced, formants, hisses = self._syllables(frames, rng)
        glide = np.hanning(13) / np.hanning(13).sum()
        held = np.pad(formants, ((12, 12), (0, 0)), "edge")
        smooth = np.stack([np.convolve(row, glide, "same") for row in held.T], axis=1)[12:-12]
        higher = np.broadcast_to(_HIGHER_HZ, (frames, 2))
        centres = np.hstack([smooth, higher]) * self.size
        tract = cascade(centres, np.broadcast_to(_WIDTHS_HZ, centres.shape))
        loud = np.convolve(voiced, np.hanning(7)[1:-1] / np.hanning(7).sum(), "same")
        n = frames * HOP
        voice = shaped(self._pulses(n, frames, rng), tract * loud[:, None])
        hiss = np.zeros((frames, len(HZ)))
        for name, level in hisses.items():
            hiss += np.convolve(level, np.hanning(5)[1:-1] / 2.0, "same")[:, None] * _hiss(name)
        return voice + shaped(rng.standard_normal(n), hiss)

    def _syllables(self, frames: int, rng: np.random.Generator) -> tuple[Signal, Signal, dict[str, Signal]]:
        vowels = list(VOWELS.values())
        voiced, formants = np.zeros(frames), np.zeros((frames, 3))
        formants[:] = vowels[0].formants
        hisses = {name: np.zeros(frames) for name in _HISSES}
        at = 0
        while at < frames:
            length = max(10, round(float(rng.gamma(9.0, 1.0 / 9.0)) / self.syllables_per_s * _PER_S))
            vowel, end = vowels[int(rng.integers(len(vowels)))], min(at + length, frames)
            stress = float(rng.lognormal(0.0, 0.35)) * (1.0 - 0.35 * at / frames)
            onset, kind = round(0.3 * length), float(rng.random())
            formants[at:end] = vowel.formants
            voiced[at:end] = stress * np.sin(np.pi * np.clip(np.arange(end - at) / length, 0.0, 1.0)) ** 0.4
            if kind < 0.4:  # a nasal or a liquid: voice, but less of it
                voiced[at : at + onset] *= 0.3
            else:
                voiced[at : at + onset] *= 0.02
                name = _HISSES[int(rng.integers(0, 3)) if kind < 0.65 else int(rng.integers(3, 6))]
                first = at if kind < 0.65 else at + onset // 2
                hisses[name][first : at + onset] += 0.5 + 0.3 * stress
            at = end
        return voiced, formants, hisses

    def _pulses(self, n: int, frames: int, rng: np.random.Generator) -> Signal:
        """Pulses whose pitch falls through a sentence; a relaxed voice's tilt, and breath in it."""
        knots = np.arange(0, frames + 40, 40)
        bends = np.interp(np.arange(frames), knots, rng.normal(0.0, 0.07, len(knots)))
        fall = np.linspace(0.12, -0.12, frames) + bends
        contour = np.interp(np.arange(n) / HOP, np.arange(frames), self.pitch_hz * np.exp(fall))
        saw = 2.0 * (np.cumsum(contour) / SAMPLE_RATE % 1.0) - 1.0
        soft = signal.butter(1, 2_600.0, fs=SAMPLE_RATE, output="sos")
        pulses: Signal = signal.sosfilt(soft, saw + 0.05 * rng.standard_normal(n))
        return pulses


def _hiss(name: str) -> Signal:
    sound = CONSONANTS[name]
    gain = 10.0 ** (value_at(sound.hiss, HZ) / 20.0)
    level: Signal = gain * 10.0 ** ((sound.hiss_db - 6.0) / 20.0) / np.sqrt(np.mean(gain**2))
    return level


def _clatter(cafe: Cafe, room: Signal, rng: np.random.Generator) -> Signal:
    """Cups, spoons, glasses, a chair: in little groups, near ones rarely; loudness by a power law."""
    n = round(cafe.seconds * SAMPLE_RATE)
    direct, sent = np.zeros((2, n)), np.zeros(n)
    near, far = cafe.distance_m
    for _ in range(rng.poisson(cafe.clatter_per_s * cafe.seconds)):
        at, hit = int(rng.integers(n)), _HITS[int(rng.integers(len(_HITS)))]
        loud = min(float(rng.uniform(1e-3, 1.0)) ** (-1.0 / 1.6), 12.0)
        distance = float(np.sqrt(rng.uniform(near**2, far**2)))
        side = float(rng.uniform(-1.0, 1.0))
        for _ in range(1 + int(rng.geometric(0.45))):
            sound = np.zeros(round(0.4 * SAMPLE_RATE))
            place(sound, hit(rng), 0, loud * float(rng.uniform(0.3, 1.0)))
            where = (at + np.arange(len(sound))) % n
            sent[where] += sound
            here = np.zeros((2, len(sound)))
            _beside(here, sound / distance, side)
            direct[:, where] += here
            at += round(float(rng.gamma(2.0, 0.06)) * SAMPLE_RATE)
    return direct + _answered(sent, room)


def _rings(
    rng: np.random.Generator, hz: tuple[float, float], ratios: tuple[float, ...], decay_s: float
) -> Signal:
    base = float(np.exp(rng.uniform(*np.log(hz))))
    out = np.zeros(round(0.35 * SAMPLE_RATE))
    for ratio in ratios:
        ring = grains.ring(base * ratio * float(rng.uniform(0.98, 1.02)), decay_s * ratio**-0.7)
        place(out, ring, 0, float(rng.uniform(0.3, 1.0)) / ratio**0.5)
    knock = grains.burst(rng, 2.0 * base, 3.0, 0.0015)
    place(out, knock, 0, float(rng.uniform(0.3, 0.9)))
    return out


def _china(rng: np.random.Generator) -> Signal:
    return _rings(rng, (1300.0, 2700.0), (1.0, 1.62, 2.31, 3.4), 0.016)


def _spoon(rng: np.random.Generator) -> Signal:
    return _rings(rng, (2300.0, 4200.0), (1.0, 1.48, 2.1, 2.76), 0.03)


def _glass(rng: np.random.Generator) -> Signal:
    return _rings(rng, (1800.0, 3200.0), (1.0, 2.32, 4.25), 0.05)


def _wood(rng: np.random.Generator) -> Signal:
    return grains.burst(rng, float(rng.uniform(180.0, 700.0)), 2.6, float(rng.uniform(0.006, 0.02)))


_HITS: Final = (_china, _china, _spoon, _glass, _wood, _wood)


def _cup(cafe: Cafe, rng: np.random.Generator) -> Signal:
    """China on china, far away: two or three short rings, or a spoon."""
    out = np.zeros(round(0.7 * SAMPLE_RATE))
    at_s = 0.0
    for _ in range(int(rng.integers(1, 4))):
        place(out, _china(rng), round(at_s * SAMPLE_RATE), float(rng.uniform(0.4, 1.0)))
        at_s += float(rng.uniform(0.05, 0.22))
    t = np.arange(round(0.3 * SAMPLE_RATE))
    tail = rng.standard_normal(len(t)) * np.exp(-t / 2600.0)
    wet = 0.3 * out + signal.oaconvolve(out, tail / np.sqrt(np.sum(tail**2)))[: len(out)]
    soft = toned(wet, ((200, 0), (1500, 0), (3000, -6), (6000, -16), (12000, -30)))
    gain: float = 10.0 ** (cafe.cup_db / 20.0)
    return gain * finished(soft, rng, 10.0)
