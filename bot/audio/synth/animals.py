"""Birds before sunrise."""

from dataclasses import dataclass, field

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.room import Room
from bot.audio.synth.shots import finished, place
from bot.audio.synth.texture import Hiss, Sway, Texture, at_level
from bot.audio.synth.texture import render as render_scene

_GARDEN = Texture(
    40.0,
    hisses=(
        Hiss(
            0.0,
            ((40, -4), (150, 0), (500, -7), (1500, -14), (4000, -22), (12000, -36)),
            ((100, 0.8), (500, 0.6), (3000, 0.3)),
            (Sway(1.0, ((0.05, 0.0), (0.5, -6.0), (2.0, -16.0))),),
            gust_db=1.5,
        ),
    ),
)


@dataclass(frozen=True)
class Birds:
    """A few kinds, each with its own song; every song is sung anew.

    hz: range of its notes. note_s: their length. notes: how many. glide: octaves a note bends at most.
    trill_hz: how fast it warbles inside a note, 0 for none. level_db: against the loudest kind.
    """

    @dataclass(frozen=True)
    class Kind:
        hz: tuple[float, float]
        note_s: tuple[float, float]
        gap_s: tuple[float, float]
        notes: tuple[int, int]
        glide: float
        trill_hz: tuple[float, float] = (0.0, 0.0)
        trill_octaves: float = 0.0
        level_db: float = 0.0

    songs: int = 36
    kinds: tuple[Kind, ...] = (
        Kind((1700, 2900), (0.12, 0.34), (0.05, 0.16), (4, 8), 0.45, level_db=0.0),  # blackbird's flute
        Kind((2600, 4000), (0.05, 0.12), (0.03, 0.07), (5, 12), 0.6, level_db=-4.5),  # tit's two-note saw
        Kind((2300, 3900), (0.2, 0.5), (0.08, 0.2), (2, 5), 0.3, (22.0, 34.0), 0.12, -6.5),  # robin's ripple
        Kind((3200, 5600), (0.025, 0.05), (0.02, 0.04), (10, 22), 0.5, level_db=-4.5),  # wren's rattle
    )
    garden: Texture = _GARDEN
    garden_db: float = -54.0
    chorus: int = 60
    """How many songs come from far off, over the garden's circle of time, all the while."""
    chorus_db: float = -26.0
    """Power of all of them, against a near song's peak."""
    distance: Room = field(
        default_factory=lambda: Room(
            first_s=0.02, last_s=0.11, reflections=14, reflections_db=-14.0, tail_db=-40.0, decay_s=0.22
        )
    )


def render_birds(dawn: Birds, rng: np.random.Generator) -> Rendering:
    shots = [_song(dawn, dawn.kinds[i % len(dawn.kinds)], s) for i, s in enumerate(rng.spawn(dawn.songs))]
    floor = at_level(render_scene(dawn.garden, rng), dawn.garden_db)
    floor += at_level(_chorus(dawn, floor.shape[1], rng), dawn.chorus_db)
    return bank(shots, floor)


def _chorus(dawn: Birds, n_frames: int, rng: np.random.Generator) -> Signal:
    """Sing from other gardens, on a circle: the farther off, the softer, and the less is left of the top."""
    out = np.zeros((2, n_frames))
    for index, stream in enumerate(rng.spawn(dawn.chorus)):
        dry = _song(dawn, dawn.kinds[index % len(dawn.kinds)], stream)
        heard = signal.oaconvolve(dry[None, :], dawn.distance.response(stream), axes=-1)
        away = float(stream.uniform(1.0, 4.0))
        soft = signal.butter(1, 9_000.0 / away, fs=SAMPLE_RATE, output="sos")
        lean = float(stream.uniform(-0.4, 0.4))
        heard = signal.sosfilt(soft, heard, axis=-1) / away * np.array([[1.0 - lean], [1.0 + lean]])
        turns = -(-heard.shape[1] // n_frames)
        circle = np.pad(heard, ((0, 0), (0, turns * n_frames - heard.shape[1]))).reshape(2, turns, n_frames)
        out += np.roll(circle.sum(axis=1), int(stream.integers(n_frames)), axis=1)
    return out


def _song(dawn: Birds, kind: Birds.Kind, rng: np.random.Generator) -> Signal:
    notes = int(rng.integers(kind.notes[0], kind.notes[1] + 1))
    motif = [(float(rng.uniform()), float(rng.uniform())) for _ in range(int(rng.integers(2, 4)))]
    out = np.zeros(round(4.0 * SAMPLE_RATE))
    at_s = 0.0
    for index in range(notes):
        height, bend = motif[index % len(motif)]
        note = _note(kind, height + float(rng.normal(0.0, 0.05)), bend, rng)
        fading = 1.0 - 0.4 * index / notes
        place(out, note, round(at_s * SAMPLE_RATE), fading * float(rng.uniform(0.6, 1.0)))
        at_s += len(note) / SAMPLE_RATE + float(rng.uniform(*kind.gap_s))
    out = out[: round(min(at_s + 0.9, 4.0) * SAMPLE_RATE)]
    far = signal.oaconvolve(out, dawn.distance.response(rng).mean(axis=0))[: len(out)]
    gain: float = 10.0 ** (kind.level_db / 20.0)
    return gain * finished(far, rng, 6.0)


def _note(kind: Birds.Kind, height: float, bend: float, rng: np.random.Generator) -> Signal:
    n = round(float(rng.uniform(*kind.note_s)) * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    low, high = np.log2(kind.hz)
    octave = low + np.clip(height, 0.0, 1.0) * (high - low)
    octave = octave + kind.glide * (bend - 0.5) * np.sin(np.pi / 2.0 * (t / t[-1] * 2.0 - 1.0))
    if kind.trill_octaves:
        octave = octave + kind.trill_octaves * np.sin(2.0 * np.pi * float(rng.uniform(*kind.trill_hz)) * t)
    phase = 2.0 * np.pi * np.cumsum(2.0**octave) / SAMPLE_RATE
    swell = np.sin(np.pi * (np.arange(n) / n) ** float(rng.uniform(0.6, 1.3))) ** 1.3
    whistle: Signal = swell * (np.sin(phase) + 0.08 * np.sin(2.0 * phase))
    return whistle
