"""What a guide adds to a plan: bells, breaths and whispered lines at fixed moments of its night."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Bell:
    """One soft bell."""

    at_s: float
    """Seconds into the night."""

    def __post_init__(self) -> None:
        if not self.at_s >= 0.0:
            raise ValueError(f"at_s must be 0 or more, not {self.at_s}")


@dataclass(frozen=True, slots=True)
class Breaths:
    """Swells to breathe with, one after another: in, a sip on top, hold, out, rest; all seconds."""

    begin_s: float
    n_breaths: int
    inhale_s: float
    exhale_s: float
    top_s: float = 0.0
    hold_s: float = 0.0
    rest_s: float = 0.0

    def __post_init__(self) -> None:
        if not self.begin_s >= 0.0 or self.n_breaths < 1:
            raise ValueError("breaths begin at 0 or later, and there is at least one")
        if min(self.inhale_s, self.exhale_s) < 0.5 or min(self.top_s, self.hold_s, self.rest_s) < 0.0:
            raise ValueError("a breath goes in and out for half a second at least")

    @property
    def length_s(self) -> float:
        """How long one breath is."""
        return self.inhale_s + self.top_s + self.hold_s + self.exhale_s + self.rest_s


@dataclass(frozen=True, slots=True)
class Whisper:
    """One whispered line: the one-shot of that number in a trigger's bank, near one ear."""

    at_s: float
    trigger: str
    shot: int
    azimuth_deg: float = 0.0

    def __post_init__(self) -> None:
        if not self.at_s >= 0.0 or self.shot < 0:
            raise ValueError("a line is whispered at 0 s or later, and counts from 0")
        if not -90.0 <= self.azimuth_deg <= 90.0:
            raise ValueError(f"azimuth_deg must be within -90..90, not {self.azimuth_deg}")


Part = Bell | Breaths | Whisper
Score = tuple[Part, ...]


def whispers_of(score: Score) -> tuple[Whisper, ...]:
    """Return the whispered lines of a score."""
    return tuple(part for part in score if isinstance(part, Whisper))


def without_whispers(score: Score) -> Score:
    """Return a score with only its bells and breaths."""
    return tuple(part for part in score if not isinstance(part, Whisper))


def shifted(score: Score, by_s: float) -> Score:
    """Return the same score `by_s` seconds later."""
    return tuple(_shifted(part, by_s) for part in score)


def _shifted(part: Part, by_s: float) -> Part:
    if isinstance(part, Bell | Whisper):
        return replace(part, at_s=part.at_s + by_s)
    times = part.inhale_s, part.exhale_s, part.top_s, part.hold_s, part.rest_s
    return Breaths(part.begin_s + by_s, part.n_breaths, *times)
