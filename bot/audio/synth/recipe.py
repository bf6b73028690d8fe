"""What a recipe is: a synthesis with its parameters and seed, how it plays, and what people read about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bot.audio.synth.rendering import Rendering


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
    colour: str
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
    apart: bool = False
    pass_s: float | None = None
    speed_spread: float = 0.04


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
    bitrate: int = 96_000

    def rendering(self) -> Rendering:
        return self.render(self.parameters, np.random.default_rng(self.seed))
