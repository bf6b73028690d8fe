"""What a guide adds to a plan: bells and breaths at fixed moments of its night."""

from dataclasses import dataclass


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


Score = tuple[Bell | Breaths, ...]


def shifted(score: Score, by_s: float) -> Score:
    """Return the same score `by_s` seconds later."""
    return tuple(_shifted(part, by_s) for part in score)


def _shifted(part: Bell | Breaths, by_s: float) -> Bell | Breaths:
    if isinstance(part, Bell):
        return Bell(part.at_s + by_s)
    times = part.inhale_s, part.exhale_s, part.top_s, part.hold_s, part.rest_s
    return Breaths(part.begin_s + by_s, part.n_breaths, *times)
