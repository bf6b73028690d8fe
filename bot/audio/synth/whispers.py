"""Banks of whispering: lines, numbers in their order, talk that means nothing, soft sounds."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, toned
from bot.audio.synth.speech import Mouth, whisper

SOFT: Final[Curve] = ((60, -14), (200, 0), (3500, 0), (5000, -3), (9000, -4), (13000, -8), (18000, -20))


@dataclass(frozen=True)
class Lines:
    """One one-shot for each line (its sounds); in a line, `|` is a rest of rest_s."""

    lines: tuple[tuple[str, ...], ...]
    rest_s: float = 1.0
    mouth: Mouth = field(default_factory=Mouth)
    tone_db: Curve = SOFT
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-50.0))


@dataclass(frozen=True)
class Nonsense:
    """Syllables as English builds them, in an order that says nothing: somebody whispers in the next room."""

    phrases: int = 30
    syllables: tuple[int, int] = (5, 11)
    mouth: Mouth = field(default_factory=lambda: Mouth(pace=0.86, uneven_db=1.8))
    tone_db: Curve = SOFT
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-50.0))


@dataclass(frozen=True)
class Clicks:
    """Groups of one soft sound, said again and again: sk sk sk, tk tk."""

    groups: int = 36
    sounds: tuple[tuple[str, ...], ...] = (
        ("S", "K"),
        ("T", "K"),
        ("S", "T"),
        ("K",),
        ("T", "S"),
        ("CH",),
        ("SH", "K"),
    )
    times: tuple[int, int] = (2, 5)
    gap_s: tuple[float, float] = (0.1, 0.26)
    mouth: Mouth = field(default_factory=lambda: Mouth(pace=1.0, last_longer=1.0, uneven_db=2.0))
    tone_db: Curve = ((60, -14), (300, 0), (3000, 0), (4500, -4), (6500, -5), (9000, -6), (16000, -18))
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-50.0))


_ONSETS: Final = (
    "S", "SH", "F", "TH", "HH", "P", "T", "K", "W", "L", "M", "N", "Y", "S L", "S P", "S T", "S W", "F L",
    "P L", "T W", "K L", "K W", "B L", "B", "D", "V", "",
)  # fmt: skip
_NUCLEI: Final = ("IY", "IH", "EH", "AE", "AA", "AO", "UH", "UW", "AH", "ER", "AX", "EY", "AY", "OW", "AW")
_CODAS: Final = ("", "", "", "S", "SH", "T", "K", "P", "L", "N", "M", "F", "S T", "TH", "NG", "L T")


def render_lines(said: Lines, rng: np.random.Generator) -> Rendering:
    shots = [
        _line(said, line, stream) for line, stream in zip(said.lines, rng.spawn(len(said.lines)), strict=True)
    ]
    return bank(shots, render_floor(said.quiet, rng))


def render_nonsense(talk: Nonsense, rng: np.random.Generator) -> Rendering:
    shots: list[Signal] = []
    for stream in rng.spawn(talk.phrases):
        sound = whisper(nonsense(talk.syllables, stream), talk.mouth, stream)
        shots.append(finished(toned(sound, talk.tone_db), stream, 3.0))
    return bank(shots, render_floor(talk.quiet, rng))


def render_clicks(soft: Clicks, rng: np.random.Generator) -> Rendering:
    shots = [_group(soft, index, stream) for index, stream in enumerate(rng.spawn(soft.groups))]
    return bank(shots, render_floor(soft.quiet, rng))


def nonsense(syllables: tuple[int, int], rng: np.random.Generator) -> tuple[str, ...]:
    """Draw the sounds of a phrase that has no words on purpose: stressed and unstressed syllables in turn."""
    sounds: list[str] = []
    first = int(rng.integers(2))
    for index in range(int(rng.integers(syllables[0], syllables[1] + 1))):
        stressed = index % 2 == first
        nucleus = f"{rng.choice(_NUCLEI)}1" if stressed else str(rng.choice(("AX", "IH", "ER", "IY")))
        coda = str(rng.choice(_CODAS)) if stressed else str(rng.choice(("", "", "N", "S")))
        sounds += [*str(rng.choice(_ONSETS)).split(), nucleus, *coda.split()]
        if rng.random() < 0.1:
            sounds.append("_")
    return tuple(sounds)


def _line(said: Lines, line: tuple[str, ...], rng: np.random.Generator) -> Signal:
    pieces: list[Signal] = []
    words: list[str] = []
    for sound in (*line, "|"):
        if sound == "|":
            pieces += [
                whisper(words, said.mouth, rng),
                np.zeros(round(said.rest_s * float(rng.uniform(0.85, 1.2)) * SAMPLE_RATE)),
            ]
            words = []
        else:
            words.append(sound)
    return finished(toned(np.concatenate(pieces[:-1]), said.tone_db), rng, 2.0)


def _group(soft: Clicks, index: int, rng: np.random.Generator) -> Signal:
    sounds = soft.sounds[index % len(soft.sounds)]
    pieces: list[Signal] = []
    for _ in range(int(rng.integers(soft.times[0], soft.times[1] + 1))):
        said = whisper(sounds, soft.mouth, rng)
        gap = np.zeros(round(float(rng.uniform(*soft.gap_s)) * SAMPLE_RATE))
        pieces += [said * float(rng.uniform(0.6, 1.0)), gap]
    return finished(toned(np.concatenate(pieces), soft.tone_db), rng, 4.0)
