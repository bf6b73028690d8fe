"""A whisper by rule: sounds in, breath out.

There is no voice in it: noise from the open glottis runs through the tract's moving resonances, and each
constriction adds its own hiss. Frames of 5 ms carry targets; what glides is smoothed as tongues are slow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal, value_at
from bot.audio.synth.phonemes import CONSONANTS, RAISED, VOWELS, Consonant, Vowel
from bot.audio.synth.tract import HOP, HZ, cascade, shaped

_PER_S = SAMPLE_RATE // HOP
_HIGHER_HZ = np.array([4050.0, 4950.0, 6400.0, 8300.0, 10600.0])
_WIDTHS_HZ = np.array([150.0, 160.0, 210.0, 300.0, 380.0, 600.0, 900.0, 1200.0])
"""Whispering opens the glottis to the chest below, which damps every resonance: twice the voiced widths."""


@dataclass(frozen=True)
class Mouth:
    """Who whispers and how: slow, close, without force."""

    pace: float = 0.72
    """1 is everyday speech; less is slower."""
    size: float = 1.0
    """Of the tract's resonances; over 1 is a smaller head."""
    glide_s: float = 0.065
    """How slowly the tongue moves between targets."""
    tilt_db_per_octave: float = -1.4
    last_longer: float = 1.45
    """How much the last syllable is drawn out."""
    uneven_db: float = 1.2


@dataclass
class Score:
    """Targets, one row a frame of 5 ms: formants (m, 3), breath (m,) and hiss (m, bins), both linear."""

    formants: list[tuple[float, float, float] | None] = field(default_factory=list)
    breath: list[float] = field(default_factory=list)
    hiss: list[Signal | None] = field(default_factory=list)

    def add(
        self,
        frames: int,
        formants: tuple[float, float, float] | None,
        breath_db: float | None,
        hiss: Signal | None = None,
    ) -> None:
        level = 0.0 if breath_db is None else 10.0 ** (breath_db / 20.0)
        self.formants += [formants] * frames
        self.breath += [level] * frames
        self.hiss += [hiss] * frames


def whisper(sounds: Sequence[str], mouth: Mouth, rng: np.random.Generator) -> Signal:
    """Return a whispered line, shape (n,), at the sounds' own levels. Raises KeyError for no such sound."""
    score = Score()
    score.add(round(0.03 * _PER_S), None, None)
    last_vowel = max((i for i, sound in enumerate(sounds) if sound.rstrip("1") in VOWELS), default=-1)
    for index, sound in enumerate(sounds):
        stretch = mouth.last_longer if index >= last_vowel else 1.0
        _write(score, sound, stretch * float(rng.normal(1.0, 0.05)) / mouth.pace, mouth, rng)
    score.add(round(0.12 * _PER_S), None, None)
    return _sounded(score, mouth, rng)


def formant_tracks(sounds: Sequence[str], mouth: Mouth, rng: np.random.Generator) -> Signal:
    """Return the first three formants of a line as they will be, shape (frames of 5 ms, 3), Hz."""
    score = Score()
    for sound in sounds:
        _write(score, sound, 1.0 / mouth.pace, mouth, rng)
    return _tracks(score, mouth)


def _write(score: Score, sound: str, stretch: float, mouth: Mouth, rng: np.random.Generator) -> None:
    name = sound.rstrip("1")
    uneven = float(rng.normal(0.0, mouth.uneven_db))
    if sound == "_":
        score.add(round(0.28 * stretch * _PER_S), None, None)
    elif name in VOWELS:
        _write_vowel(score, VOWELS[name], stretch * (1.0 if sound != name else 0.68), uneven, sound != name)
    else:
        _write_consonant(score, CONSONANTS[name], stretch, uneven)


def _write_vowel(score: Score, vowel: Vowel, stretch: float, uneven_db: float, stressed: bool) -> None:
    frames = max(4, round(vowel.seconds * stretch * _PER_S))
    level_db = vowel.level_db + uneven_db - (0.0 if stressed else 3.5)
    end = vowel.glides_to or vowel.formants
    for index in range(frames):
        share = np.clip((index / frames - 0.3) / 0.6, 0.0, 1.0)
        here = tuple(a + (b - a) * share for a, b in zip(vowel.formants, end, strict=True))
        score.add(1, (here[0], here[1], here[2]), level_db)


def _write_consonant(score: Score, sound: Consonant, stretch: float, uneven_db: float) -> None:
    frames = max(3, round(sound.seconds * stretch * _PER_S))
    hiss = 10.0 ** (value_at(sound.hiss, HZ) / 20.0)
    hiss *= 10.0 ** ((sound.hiss_db + uneven_db) / 20.0) / np.sqrt(np.mean(hiss**2))
    if sound.manner in ("sonorant", "breath"):
        score.add(frames, sound.formants, sound.tract_db)
    elif sound.manner == "fricative":
        for index in range(frames):
            swell = np.sin(np.pi * (index + 0.5) / frames) ** 0.7
            score.add(1, sound.formants, sound.tract_db, hiss * swell)
    else:
        closed = round((0.06 if sound.manner == "stop" else 0.05) * min(stretch, 1.6) * _PER_S)
        score.add(closed, sound.formants, None)
        _write_release(score, sound, max(2, frames - closed), hiss)


def _write_release(score: Score, sound: Consonant, frames: int, hiss: Signal) -> None:
    """Write a burst that dies away, then breath into what follows; an affricate hisses on instead."""
    if sound.manner == "affricate":
        for index in range(frames):
            score.add(1, sound.formants, None, hiss * (1.0 - 0.6 * index / frames))
        return
    for level in (1.0, 0.7, 0.3):
        score.add(1, sound.formants, None, hiss * level)
    score.add(round(sound.breath_s * _PER_S), None, -13.0)


def _tracks(score: Score, mouth: Mouth) -> Signal:
    """Formants over time: targets joined where nothing is said, raised, and smoothed by the glide."""
    known = np.array([index for index, formants in enumerate(score.formants) if formants is not None])
    if not len(known):
        return np.tile(np.array([560.0, 1600.0, 2750.0]), (len(score.formants), 1))
    targets = np.array([score.formants[index] for index in known], np.float64) * np.array(RAISED) * mouth.size
    every = np.arange(len(score.formants))
    held = np.stack([np.interp(every, known, column) for column in targets.T], axis=1)
    kernel = np.hanning(max(3, round(mouth.glide_s * _PER_S)) + 2)
    kernel /= kernel.sum()
    padded = np.pad(held, ((len(kernel), len(kernel)), (0, 0)), "edge")
    smooth = np.stack([np.convolve(column, kernel, "same") for column in padded.T], axis=1)
    return smooth[len(kernel) : -len(kernel)]


def _sounded(score: Score, mouth: Mouth, rng: np.random.Generator) -> Signal:
    formants = _tracks(score, mouth)
    frames = len(formants)
    centres = np.hstack([formants, np.broadcast_to(_HIGHER_HZ * mouth.size, (frames, 5))])
    widths = np.broadcast_to(_WIDTHS_HZ, centres.shape)
    breath = _soften(np.array(score.breath), 5)
    tract = cascade(centres, widths) * _glottis(mouth)
    tract *= breath[:, None] / np.sqrt(np.mean(tract**2, axis=1, keepdims=True))
    silent = np.zeros(len(HZ))
    hiss = np.stack([silent if row is None else row for row in score.hiss])
    hiss = np.stack([_soften(column, 3) for column in hiss.T], axis=1)
    n = frames * HOP
    sound: Signal = shaped(rng.standard_normal(n), tract) + shaped(rng.standard_normal(n), hiss)
    return sound


def _glottis(mouth: Mouth) -> NDArray[np.float64]:
    """Spectrum of the breath: little below 400 Hz, falling softly to 12 kHz, then faster."""
    octaves = np.log2(np.maximum(HZ, 50.0) / 1000.0)
    level_db = mouth.tilt_db_per_octave * octaves - 12.0 * np.clip(
        np.log2(350.0 / np.maximum(HZ, 20.0)), 0.0, 4.0
    )
    level_db -= 10.0 * np.clip(np.log2(np.maximum(HZ, 1.0) / 12_000.0), 0.0, 1.0)
    gain: NDArray[np.float64] = 10.0 ** (level_db / 20.0)
    return gain


def _soften(levels: Signal, frames: int) -> Signal:
    kernel = np.hanning(frames + 2)[1:-1]
    soft: Signal = np.convolve(levels, kernel / kernel.sum(), "same")
    return soft
