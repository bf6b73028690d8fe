"""What Hush's own sounds are made of: for each its synthesis, its seed, how it plays, what people read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import rain, tapping, waves
from bot.audio.synth.noise import Signal


@dataclass(frozen=True)
class Facts:
    """What the manifest says to people; changing it renders nothing anew."""

    id: str
    name: str
    family: str
    synonyms: tuple[str, ...]
    description: str
    evidence: Literal["controlled", "single-study", "tradition"]
    source: str
    goes_with: tuple[str, ...]
    texture_class: str | None = None


@dataclass(frozen=True)
class Grains:
    """How a bed is played; see `bot.audio.library.Bed`."""

    grain_s: tuple[float, float]
    crossfade_s: float


@dataclass(frozen=True)
class Pattern:
    """How one-shots fall; see `bot.audio.library.Events`."""

    interval_s: float
    interval_cv: float
    phrase_events: float
    pause_s: float
    gain_spread_db: float
    azimuth_deg: tuple[float, float]
    distance_m: tuple[float, float]


@dataclass(frozen=True)
class Rendering:
    """Fresh sound, shape (2, n), at any level. spans: (start, frames) of each one-shot, then of the floor."""

    sound: Signal
    spans: tuple[tuple[int, int], ...] = ()
    onset_frames: int = 0


Render = Callable[[Any, np.random.Generator], Rendering]


@dataclass(frozen=True)
class Recipe:
    """One sound: `render(parameters, generator seeded with seed)`, stored at `bitrate` bit/s.

    render is a plain function of a module, so that another process can run it.
    """

    facts: Facts
    play: Grains | Pattern
    parameters: Any
    """A frozen dataclass; with the synthesis modules' source it decides the sound."""
    render: Render
    seed: int
    bitrate: int = 128_000

    def rendering(self) -> Rendering:
        return self.render(self.parameters, np.random.default_rng(self.seed))


_GUARD_FRAMES: Final = 2_880
"""Silence between one-shots: longer than a codec frame and its lead-in, so none leaks into the next."""

_SLEEP_NOISE: Final = "a review of 38 studies of steady sound for sleep (Riedy 2021): certainty very low"


def recipes() -> Mapping[str, Recipe]:
    """Return every recipe by its sound's id."""
    return {recipe.facts.id: recipe for recipe in (_rain(), _waves(), _wood_tapping())}


def _rain() -> Recipe:
    facts = Facts(
        id="rain",
        name="Rain",
        family="water",
        synonyms=("rainfall", "rainy night", "steady rain", "raindrops", "drizzle", "shower", "downpour"),
        description="Steady rain outside an open window, and now and then a drop close by, on a leaf.",
        evidence="tradition",
        source=_SLEEP_NOISE,
        goes_with=("wood-tapping",),
        texture_class="rain",
    )
    return Recipe(facts, Grains((12.0, 24.0), 4.0), rain.Rain(), _rain_bed, seed=7)


def _waves() -> Recipe:
    facts = Facts(
        id="waves",
        name="Ocean waves",
        family="water",
        synonyms=("ocean", "sea", "beach", "surf", "shore", "seaside", "tide"),
        description="Slow swells on a quiet beach. They gather, break softly and slip back.",
        evidence="tradition",
        source=_SLEEP_NOISE,
        goes_with=("wood-tapping",),
        texture_class="waves",
    )
    return Recipe(facts, Grains((24.0, 40.0), 6.0), waves.Waves(), _waves_bed, seed=13)


def _wood_tapping() -> Recipe:
    facts = Facts(
        id="wood-tapping",
        name="Wood tapping",
        family="tapping",
        synonyms=("tapping", "tap", "finger tapping", "nail tapping", "wood", "wooden box", "fingertips"),
        description="Fingertips on a hollow wooden box, close and unhurried, in a quiet room.",
        evidence="single-study",
        source="one survey of 157 people (York 2020): 44 % named tapping",
        goes_with=("rain", "waves"),
    )
    pattern = Pattern(
        interval_s=0.32,
        interval_cv=0.4,
        phrase_events=7.0,
        pause_s=1.1,
        gain_spread_db=2.5,
        azimuth_deg=(-60.0, 60.0),
        distance_m=(0.22, 0.5),
    )
    return Recipe(facts, pattern, tapping.WoodTapping(), _wood_bank, seed=5)


def _rain_bed(parameters: rain.Rain, rng: np.random.Generator) -> Rendering:
    return Rendering(rain.render(parameters, rng))


def _waves_bed(parameters: waves.Waves, rng: np.random.Generator) -> Rendering:
    return Rendering(waves.render(parameters, rng))


def _wood_bank(wood: tapping.WoodTapping, rng: np.random.Generator) -> Rendering:
    """Lay the taps and then the floor one after another, with silence between."""
    parts = [*tapping.render_taps(wood, rng), tapping.render_floor(wood, rng)]
    silence = np.zeros((2, _GUARD_FRAMES))
    sound = np.concatenate([piece for part in parts for piece in (silence, part)] + [silence], axis=-1)
    lengths = np.array([part.shape[-1] for part in parts])
    starts = _GUARD_FRAMES + np.concatenate([[0], np.cumsum(lengths + _GUARD_FRAMES)[:-1]])
    spans = tuple((int(start), int(length)) for start, length in zip(starts, lengths, strict=True))
    return Rendering(sound, spans, onset_frames=round(wood.onset_s * SAMPLE_RATE))
