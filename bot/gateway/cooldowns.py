"""How often one person may ask for what is costly, and when again."""

from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from bot.core.clock import Clock
from bot.core.errors import Refusal

MOST_PEOPLE: Final = 10_000
"""Whoever asked longest ago is forgotten first; at worst they may ask anew a little early."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many times in any stretch of `within_s` seconds."""

    times: int
    within_s: float


class Costly(Enum):
    """What has an allowance of its own."""

    PLAY = Allowance(5, 30.0)
    """A join or a decoded sound; nobody listens by changing it faster than this."""
    MODERATOR = Allowance(1, 600.0)
    """A word to the moderators that somebody would like to talk."""
    IMPORT = Allowance(3, 300.0)
    """A recording: each takes a process of its own for a while."""
    TAKE = Allowance(3, 600.0)
    """A file: up to a minute of a whole core each."""


class Cooldowns:
    """Counts per person and kind, in memory only and bounded. Belongs to the event loop."""

    def __init__(self, clock: Clock, *, most_people: int = MOST_PEOPLE) -> None:
        self._clock = clock
        self._most_people = most_people
        self._spent: OrderedDict[tuple[Costly, int], deque[float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._spent)

    def spend(self, what: Costly, user_id: int) -> None:
        """Count one use; raise Refusal, saying when to try again, when the allowance is used up.

        A refused use does not count.
        """
        allowance, now_s = what.value, self._clock.monotonic()
        spent = self._spent.setdefault((what, user_id), deque(maxlen=allowance.times))
        if len(spent) == allowance.times and now_s - spent[0] < allowance.within_s:
            wait_s = allowance.within_s - (now_s - spent[0])
            # A timestamp has whole seconds: the one shown is never too early.
            again_at = self._clock.now() + timedelta(seconds=wait_s + 1.0)
            raise Refusal("cooldown.refused.again", again_at=again_at)
        spent.append(now_s)
        self._spent.move_to_end((what, user_id))
        self._forget(now_s)

    def _forget(self, now_s: float) -> None:
        """Drop those whose uses are all over, and beyond the bound those who asked longest ago."""
        while self._spent:
            oldest = next(iter(self._spent))
            is_over = now_s - self._spent[oldest][-1] >= oldest[0].value.within_s
            if not is_over and len(self._spent) <= self._most_people:
                return
            del self._spent[oldest]
