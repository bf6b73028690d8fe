"""The sleep arc: an ending that takes half an hour to two hours, not a volume ramp.

Events grow sparser and cease, every layer gives way to one dark bed of noise, the spectrum closes, the level
sinks, then it is silent. Nothing in it ever rises: what the bed gains, the other layers have lost.

Everything is a pure function of how far the arc has come, so a night with an arc is the same everywhere.
"""

import math
from dataclasses import dataclass
from typing import Final

from bot.audio.chance import Dice, key64
from bot.audio.opus import SAMPLE_RATE

SHORTEST_MINUTES: Final = 30
LONGEST_MINUTES: Final = 120
LAST_TENTH: Final = 0.9
"""From here on a sign of being awake gives time back."""
_BRIGHTEST_HZ: Final = 16_000.0
_DARKEST_HZ: Final = 450.0
_LAST_EVENT: Final = 0.65
_BED_ALONE: Final = 0.7
_FIRST_CHANGE: Final = 0.05
_LEVEL_AT_TENTH_DB: Final = -14.0
_LEVEL_AT_END_DB: Final = -50.0


@dataclass(frozen=True, slots=True)
class Arc:
    """start, frames: where it lies in the night, 48 kHz frames; start may lie before the night's beginning.

    floor: the trigger everything gives way to, a bed. floor_db: its gain, so that it is never louder than
    what it replaces.
    """

    start: int
    frames: int
    floor: str
    floor_db: float = 0.0

    def __post_init__(self) -> None:
        if self.frames <= 0:
            raise ValueError(f"frames must be more than 0, not {self.frames}")
        if not self.floor_db <= 0.0:
            raise ValueError(f"floor_db must be 0 or less, not {self.floor_db}")

    def progress(self, at: int) -> float:
        """Return how far it has come at a frame of the night, 0..1."""
        return min(1.0, max(0.0, (at - self.start) / self.frames))

    def from_here(self, at: int, progress: float, frames_left: int) -> "Arc":
        """Return the arc that stands at `progress` now and ends in so many frames."""
        frames = round(frames_left / (1.0 - progress))
        return Arc(at - round(progress * frames), frames, self.floor, self.floor_db)


def arc_from(at: int, minutes: float, floor: str, floor_db: float) -> Arc:
    """Return an arc that begins at a frame of the night and is over `minutes` later."""
    return Arc(at, round(minutes * 60.0 * SAMPLE_RATE), floor, min(0.0, floor_db))


def density(progress: float) -> float:
    """Return the share of events that still fall: all at first, none from two thirds on."""
    return 1.0 - _eased((progress - _FIRST_CHANGE) / (_LAST_EVENT - _FIRST_CHANGE))


def falls(arc: Arc, seed: int, name: str, at: int) -> bool:
    """Return whether the event of a trigger whose onset is on frame `at` falls; the same everywhere."""
    left = density(arc.progress(at))
    return left == 1.0 or Dice(seed, key64(name + "/arc"), at).uniform() < left


def calm(arc: Arc | None, at: int) -> bool:
    """Return whether the arc has not thinned anything yet by a frame of the night."""
    return arc is None or density(arc.progress(at)) == 1.0


def layers_share(progress: float) -> float:
    """Return how much of the layers there still is, 1..0; the floor has the rest of their power."""
    return 1.0 - _eased((progress - _FIRST_CHANGE) / (_BED_ALONE - _FIRST_CHANGE))


def cutoff_hz(progress: float) -> float:
    """Return where the spectrum closes."""
    octaves = math.log2(_BRIGHTEST_HZ / _DARKEST_HZ)
    return _BRIGHTEST_HZ / math.pow(2.0, octaves * _eased(progress / LAST_TENTH))


def level_db(progress: float) -> float:
    """Return the level: slowly down over the first nine tenths, then away."""
    if progress <= LAST_TENTH:
        return _LEVEL_AT_TENTH_DB * progress / LAST_TENTH
    rest = (progress - LAST_TENTH) / (1.0 - LAST_TENTH)
    return _LEVEL_AT_TENTH_DB + (_LEVEL_AT_END_DB - _LEVEL_AT_TENTH_DB) * rest


def _eased(x: float) -> float:
    """Go from 0 to 1 without a corner."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)
