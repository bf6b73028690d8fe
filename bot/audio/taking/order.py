"""What is asked of the process that renders a file, and how much sound a file may hold."""

import enum
from dataclasses import dataclass
from typing import Final

from bot.audio.codec import Coding, m4a, ogg_opus
from bot.audio.mix import Mix

SHORTEST_S: Final = 30.0
TAIL_S: Final = 120.0
"""Over the last two minutes, or a third of a shorter one, it grows softer."""
_BEST: Final = 96_000
"""bit/s; above it no band of a bed is off by more than a decibel, for either codec."""


class Form(enum.Enum):
    """Ogg Opus holds most; m4a (AAC) is for iPhones, whose own players open nothing else of this."""

    OGG = "ogg"
    M4A = "m4a"


_FEWEST: Final = {Form.OGG: 48_000, Form.M4A: 64_000}
"""bit/s; below, what lies above 10 kHz is lost or turns into something else."""
_USED: Final = {Form.OGG: 0.96, Form.M4A: 0.93}
"""Of a limit: what container and codec take beyond the bitrate asked for."""


@dataclass(frozen=True, slots=True)
class Order:
    """A mix in a night of its own, as a file. title: what players show."""

    mix: Mix
    seed: int
    seconds: float
    form: Form
    limit_bytes: int
    title: str

    def __post_init__(self) -> None:
        longest = longest_minutes(self.form, self.limit_bytes) * 60.0
        if not SHORTEST_S <= self.seconds <= longest:
            raise ValueError(f"seconds must be {SHORTEST_S}..{longest}, not {self.seconds}")

    @property
    def tail_s(self) -> float:
        return min(TAIL_S, self.seconds / 3.0)

    @property
    def coding(self) -> Coding:
        """The best that fits."""
        fits = self.limit_bytes * 8 * _USED[self.form] / self.seconds
        bitrate = min(_BEST, int(fits))
        # Constrained: a bed of noise would otherwise take what it likes.
        return ogg_opus(bitrate, "constrained") if self.form is Form.OGG else m4a(bitrate)


def longest_minutes(form: Form, limit_bytes: int) -> int:
    """Return how many whole minutes fit into a file of so many bytes."""
    return int(limit_bytes * 8 * _USED[form] / _FEWEST[form] / 60.0)
