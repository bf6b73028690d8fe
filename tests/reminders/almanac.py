"""A zone's years written out: every stretch of one offset, and from it every firing, by brute force.

Independent of what it judges: it asks the zone only what a clock shows at an instant, half hour by half
hour, and never what instant a wall time means; the rest is sums of whole seconds.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from bot.reminders.zones import zone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_STEP_S = 1800


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start_s` to before `end_s` (seconds since the epoch) the clock is `offset_s` ahead of UTC."""

    start_s: int
    end_s: int
    offset_s: int

    def shows(self, local_s: int) -> bool:
        return self.start_s + self.offset_s <= local_s < self.end_s + self.offset_s


class Almanac:
    """What a zone's clock shows from `first` to `last`, and some weeks to either side."""

    def __init__(self, name: str, first: datetime, last: datetime) -> None:
        self._zone = zone(name)
        self.first_s, self.last_s = seconds(first), seconds(last)
        self.stretches = self._walked(self.first_s - 20 * _DAY_S, self.last_s + 20 * _DAY_S)
        self.changes = [stretch.start_s for stretch in self.stretches[1:]]

    def _walked(self, start_s: int, end_s: int) -> list[Stretch]:
        found, began_s, offset_s = [], start_s, self._offset(start_s)
        for at_s in range(start_s + _STEP_S, end_s + 1, _STEP_S):
            if self._offset(at_s) != offset_s:
                change_s = next(s for s in range(at_s - _STEP_S + 1, at_s + 1) if self._offset(s) != offset_s)
                found.append(Stretch(began_s, change_s, offset_s))
                began_s, offset_s = change_s, self._offset(change_s)
        return [*found, Stretch(began_s, end_s, offset_s)]

    def _offset(self, at_s: int) -> int:
        span = instant(at_s).astimezone(self._zone).utcoffset()
        assert span is not None
        return span // timedelta(seconds=1)

    def firing(self, day: int, second: int) -> int | None:
        """Return when the clock first shows `second` of a date (days since the epoch), in seconds.

        Where it jumps over it, the end of the jump; where no moment has that date, None.
        """
        wanted = day * _DAY_S + second
        near = [s for s in self.stretches if s.start_s - 3 * _DAY_S < wanted < s.end_s + 3 * _DAY_S]
        if shown := [s for s in near if s.shows(wanted)]:
            return min(wanted - s.offset_s for s in shown)
        has_date = any(
            s.start_s + s.offset_s < (day + 1) * _DAY_S and day * _DAY_S < s.end_s + s.offset_s for s in near
        )
        if not has_date:
            return None
        jumps = (
            after.start_s
            for before, after in pairwise(near)
            if before.end_s + before.offset_s <= wanted < after.start_s + after.offset_s
        )
        return next(jumps)

    def firings(self, at: time, days: frozenset[int], first_day: int, n_days: int) -> list[int]:
        """Return the firings of `n_days` dates, soonest first, in seconds."""
        second = at.hour * 3600 + at.minute * 60
        dates = range(first_day, first_day + n_days)
        found = (self.firing(day, second) for day in dates if weekday(day) in days)
        return sorted(at_s for at_s in found if at_s is not None)

    def next(self, at: time, days: frozenset[int], after: datetime) -> datetime:
        """Return the first firing after `after`, which lies within the almanac."""
        after_s = seconds(after)
        near = self.firings(at, days, after_s // _DAY_S - 3, 20)
        return instant(next(at_s for at_s in near if at_s > after_s))

    def all(self, at: time, days: frozenset[int]) -> list[datetime]:
        """Return every firing after `first` up to `last`."""
        first_day = self.first_s // _DAY_S - 3
        found = self.firings(at, days, first_day, self.last_s // _DAY_S + 4 - first_day)
        return [instant(at_s) for at_s in found if self.first_s < at_s <= self.last_s]

    def changes_within(self) -> list[datetime]:
        return [instant(at_s) for at_s in self.changes if self.first_s <= at_s <= self.last_s]


def seconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


def instant(at_s: int) -> datetime:
    return EPOCH + timedelta(seconds=at_s)


def weekday(day: int) -> int:
    """Return the ISO weekday of a date: the epoch was a Thursday."""
    return (day + 3) % 7 + 1
