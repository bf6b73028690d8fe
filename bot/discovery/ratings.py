"""What somebody said about sounds, as counts: that is all the model needs, and all that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers about one sound."""

    pleasant: int = 0
    unpleasant: int = 0
    tingled: int = 0
    did_not: int = 0

    @property
    def n(self) -> int:
        """How often it was heard and judged."""
        return self.pleasant + self.unpleasant

    def with_answer(self, *, pleasant: bool, tingled: bool) -> "Tally":
        return replace(
            self,
            pleasant=self.pleasant + pleasant,
            unpleasant=self.unpleasant + (not pleasant),
            tingled=self.tingled + tingled,
            did_not=self.did_not + (not tingled),
        )

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.pleasant + other.pleasant,
            self.unpleasant + other.unpleasant,
            self.tingled + other.tingled,
            self.did_not + other.did_not,
        )


Ratings = Mapping[str, Tally]
"""By sound."""
