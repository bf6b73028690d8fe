"""Nights as people tell them: five taps in the morning, after the core of the Consensus Sleep Diary.

Carney et al. 2012 ask for the times of trying to sleep and of waking for good, how long it took, how often
one woke, and how the sleep was. Nothing is scored, a morning without an answer stays blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Final, Protocol

KEPT: Final = timedelta(days=90)

QUESTIONS: Final = ("lay_down", "fell_asleep", "woke", "got_up", "quality")
"""In the order they are asked; also the fields of `Night`."""

HALF_HOUR: Final = 30
LAY_DOWN: Final = tuple(range(8 * 60, 15 * 60 + HALF_HOUR, HALF_HOUR))
"""What can be chosen, in minutes since the noon before: eight in the evening to three at night."""
GOT_UP: Final = tuple(range(16 * 60, 24 * 60 + HALF_HOUR, HALF_HOUR))
"""Four in the morning to noon."""
FELL_ASLEEP: Final = (10, 20, 45, 90)
"""Minutes that stand for: soon, about a quarter of an hour or two, up to an hour, longer."""
WOKE: Final = (0, 1, 2, 3)
"""How often; 3 is three or more."""
QUALITY: Final = (1, 2, 3, 4, 5)
"""Very poor, poor, fair, good, very good."""
CHOICES: Final = {
    "lay_down": LAY_DOWN,
    "fell_asleep": FELL_ASLEEP,
    "woke": WOKE,
    "got_up": GOT_UP,
    "quality": QUALITY,
}


@dataclass(frozen=True, slots=True)
class Night:
    """What one person told of the night before the morning of `date`. None was not answered."""

    user_id: int
    date: date
    lay_down: int | None = None
    """Minutes since the noon before, local."""
    fell_asleep: int | None = None
    """Minutes it took."""
    woke: int | None = None
    got_up: int | None = None
    """Minutes since the noon before, local."""
    quality: int | None = None

    @property
    def asleep_from(self) -> int | None:
        """When sleep came, in minutes since noon; None while it is not known."""
        if self.lay_down is None:
            return None
        return self.lay_down + (self.fell_asleep or 0)

    def with_answer(self, question: str, value: int) -> "Night":
        """Return it with one more answer; raise ValueError for one that was not offered."""
        if value not in CHOICES.get(question, ()):
            raise ValueError(f"{value} is no answer to {question!r}")
        return replace(self, **{question: value})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Summary:
    """What many nights have in common, as far as they were told; times in minutes since noon."""

    n_nights: int
    asleep_from: int | None
    got_up: int | None
    woke: int | None

    @classmethod
    def of(cls, nights: Sequence[Night]) -> "Summary":
        told = [night for night in nights if any(getattr(night, name) is not None for name in QUESTIONS)]
        return cls(
            len(told),
            _middle([night.asleep_from for night in told]),
            _middle([night.got_up for night in told]),
            _middle([night.woke for night in told]),
        )


class DiaryStore(Protocol):
    """Remembers nights for 90 days. Every method raises StoreError when the database does not answer."""

    async def night(self, user_id: int, morning: date) -> Night: ...

    async def put(self, night: Night, now: datetime) -> None: ...

    async def since(self, user_id: int, first: date, now: datetime) -> Sequence[Night]:
        """Return the person's nights from that morning on, oldest first, none past its 90 days."""
        ...


def _middle(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return median_low(known) if known else None
