"""When a rule fires: local wall time, a zone and weekdays in, an instant out. Pure; see `next_firing`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from bot.reminders.zones import zone as zone_named

EVERY_DAY: Final = frozenset(range(1, 8))

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_N_DATES: Final = 17
"""From yesterday on: two weeks, should the one matching date of the first not exist."""


def next_firing(zone: str, at: time, days: frozenset[int], after: datetime) -> datetime:
    """Return the first instant (UTC) strictly after `after` at which a rule fires.

    zone: an IANA name. at: local wall time. days: ISO weekdays of the local date, 1 is Monday. after: aware.
    A rule fires once on each matching local date: where the clock jumps over `at`, at the first instant
    after the gap; where it shows `at` twice, at the first. A date that a zone leaves out has no firing.
    Raises ValueError for an unknown zone, no or other days, an `at` with a zone, or a naive `after`.
    """
    if at.tzinfo is not None:
        raise ValueError("at is local wall time and has no zone of its own")
    if not days or not days <= EVERY_DAY:
        raise ValueError(f"days are ISO weekdays, 1 to 7, not {sorted(days)}")
    if after.utcoffset() is None:
        raise ValueError("after must be aware")
    place = zone_named(zone)
    # From the day before: a gap at midnight can carry a late evening into the next date.
    first = after.astimezone(place).date() - _DAY
    for day in (first + n * _DAY for n in range(_N_DATES)):
        if day.isoweekday() in days:
            instant = _instant(place, datetime.combine(day, at.replace(fold=0)))
            if instant is not None and instant > after:
                return instant
    raise ValueError(f"no matching date exists in {zone} within two weeks")


def firings(zone: str, at: time, days: frozenset[int], after: datetime) -> Iterator[datetime]:
    """Yield every firing after `after`, see `next_firing`."""
    while True:
        after = next_firing(zone, at, days, after)
        yield after


def first_firings(zone: str, at: time, days: frozenset[int], after: datetime, n: int) -> list[datetime]:
    return list(islice(firings(zone, at, days, after), n))


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of a zone's clock. `by` is positive where an hour is lost."""

    at: datetime
    by: timedelta


def clock_change(zone: str, after: datetime, until: datetime) -> ClockChange | None:
    """Return the first change of the zone's offset in (after, until], None when there is none."""
    place = zone_named(zone)
    start, offset = after, _offset(place, after)
    while start < until:
        end = min(start + _DAY, until)
        if (changed := _offset(place, end)) != offset:
            at = _first(start, end, lambda instant: _offset(place, instant) != offset)
            return ClockChange(at, changed - offset)
        start = end
    return None


def _instant(place: ZoneInfo, wall: datetime) -> datetime | None:
    """Return the first instant that shows `wall`, or the first after the gap that swallows it."""
    early, late = (wall.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1))
    if early is None or late is None:
        raise ValueError(f"{place.key} has no offset at {wall.isoformat()}")
    instant = (wall - early).replace(tzinfo=UTC)
    if early >= late:  # no change near, or the wall is shown twice: fold 0 is the first time
        return instant
    shown = _first((wall - late).replace(tzinfo=UTC) - _SECOND, instant, lambda at: _wall(place, at) >= wall)
    lands_later = _wall(place, shown).date() > wall.date()
    if lands_later and _wall(place, shown - _SECOND).date() < wall.date():
        return None
    return shown


def _wall(place: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(place).replace(tzinfo=None, fold=0)


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(place).utcoffset() or timedelta(0)


def _first(before: datetime, by: datetime, holds: Callable[[datetime], bool]) -> datetime:
    """Return the first whole second in (before, by] at which `holds`; it holds at `by`, not at `before`."""
    left, right = before, by
    while right - left > _SECOND:
        middle = left + ((right - left) // 2 // _SECOND) * _SECOND
        left, right = (left, middle) if holds(middle) else (middle, right)
    return right


def local_date(zone: str, at: datetime) -> date:
    """Return the date an instant has in a zone."""
    return at.astimezone(zone_named(zone)).date()


def is_past_noon(zone: str, morning: datetime, now: datetime) -> bool:
    """Return whether the local date of `morning` has come to its noon, or past it."""
    local_morning, local = morning.astimezone(zone_named(zone)), now.astimezone(zone_named(zone))
    return (local.date(), local.hour) >= (local_morning.date(), 12)
