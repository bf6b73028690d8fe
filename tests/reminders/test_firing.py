"""The rule of firing, against the zones themselves: once on each matching local date, when it should."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminders import next_firing
from bot.reminders.firing import EVERY_DAY, clock_change, firings, first_firings
from bot.reminders.zones import names, zone

ZONES = sorted(names())
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)
SPAN_S = int((LAST - FIRST).total_seconds())
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)

instants = st.integers(0, SPAN_S).map(lambda seconds: FIRST + timedelta(seconds=seconds))
walls = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
weekdays = st.frozensets(st.integers(1, 7), min_size=1)


def utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def transitions(name: str, start: datetime, end: datetime) -> list[datetime]:
    """Find every change of offset by walking, in another way than the code does."""
    found = []
    place = zone(name)
    hours = int((end - start) / timedelta(hours=1))
    steps = [start + timedelta(hours=n) for n in range(hours + 1)]
    for left, right in pairwise(steps):
        if left.astimezone(place).utcoffset() != right.astimezone(place).utcoffset():
            found.append(
                next(
                    at
                    for at in (left + n * _SECOND for n in range(1, 3601))
                    if at.astimezone(place).utcoffset() == right.astimezone(place).utcoffset()
                )
            )
    return found


def check(name: str, at: time, days: frozenset[int], after: datetime) -> datetime:
    """Assert everything that can be said of one firing without computing it; return it."""
    place = zone(name)
    fires = next_firing(name, at, days, after)
    assert fires > after
    assert fires.tzinfo is UTC
    assert fires - after <= timedelta(days=8, hours=2)
    local = fires.astimezone(place)
    before = (fires - _SECOND).astimezone(place)
    if local.time().replace(second=0, microsecond=0) == at and local.second == 0:
        assert local.isoweekday() in days
        assert local.fold == 0, "the first time the clock shows it"
    else:
        # Swallowed by a gap: the second before was still before `at`, on a wanted date.
        assert local.utcoffset() > before.utcoffset()
        assert (
            before.replace(tzinfo=None) < datetime.combine(before.date(), at) or before.date() < local.date()
        )
        assert {before.isoweekday(), local.isoweekday()} & days
    assert next_firing(name, at, days, fires - timedelta(microseconds=1)) == fires
    return fires


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(ZONES), walls, weekdays, instants)
def test_any_zone_any_rule_any_moment(name: str, at: time, days: frozenset[int], after: datetime) -> None:
    check(name, at, days, after)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), walls, instants)
def test_each_date_once_and_in_order(name: str, at: time, after: datetime) -> None:
    place = zone(name)
    found = first_firings(name, at, EVERY_DAY, after, 60)
    assert all(left < right for left, right in pairwise(found))
    dates = [fires.astimezone(place).date() for fires in found]
    if len(set(dates)) == len(dates):  # else a gap at midnight pushed one firing into the next date
        assert dates == [dates[0] + n * _DAY for n in range(60)]


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca"]
)
def test_around_every_change_each_minute_of_the_day(name: str) -> None:
    for change in transitions(name, FIRST, FIRST + 366 * _DAY):
        for minutes in range(0, 24 * 60, 7):
            check(name, time(minutes // 60, minutes % 60), EVERY_DAY, change - _DAY)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(20))
def test_all_zones_through_all_years(part: int) -> None:
    chance = random.Random(part)
    for name in ZONES[part::20]:
        for at in [time(2, 30), time(0, 0), time(23, 45), time(chance.randrange(24), chance.randrange(60))]:
            after, place = FIRST, zone(name)
            dates: list[date] = []
            for fires in firings(name, at, EVERY_DAY, FIRST):
                if fires > LAST:
                    break
                assert fires == check(name, at, EVERY_DAY, after)
                dates.append(fires.astimezone(place).date())
                after = fires
            assert len(dates) >= 2555
        for _ in range(100):
            days = frozenset(chance.sample(range(1, 8), chance.randint(1, 7)))
            check(
                name,
                time(chance.randrange(24), chance.randrange(60)),
                days,
                FIRST + _DAY * chance.random() * 2500,
            )


@pytest.mark.parametrize(
    ("name", "at", "after", "fires"),
    [
        # Spring: the hour does not exist, so the first instant after it.
        ("Europe/Berlin", time(2, 30), utc(3, 28, 12), utc(3, 29, 1)),
        # Autumn: it exists twice, so the first.
        ("Europe/Berlin", time(2, 30), utc(10, 24, 12), utc(10, 25, 0, 30)),
        # Asked between the two, the next is a day later.
        ("Europe/Berlin", time(2, 30), utc(10, 25, 0, 45), utc(10, 26, 1, 30)),
        # A gap of half an hour.
        ("Australia/Lord_Howe", time(2, 15), utc(10, 3, 0), utc(10, 3, 15, 30)),
        # A gap at midnight: the date begins at one.
        ("America/Santiago", time(0, 15), utc(9, 5, 12), utc(9, 6, 4)),
        # Half a minute before, and exactly at it.
        ("Asia/Kathmandu", time(22, 45), utc(5, 1, 16, 59, 30), utc(5, 1, 17)),
        ("Asia/Kathmandu", time(22, 45), utc(5, 1, 17), utc(5, 2, 17)),
    ],
)
def test_known_evenings(name: str, at: time, after: datetime, fires: datetime) -> None:
    assert next_firing(name, at, EVERY_DAY, after) == fires


def test_a_date_that_does_not_exist_is_skipped() -> None:
    """Samoa went from Thursday the 29th to Saturday the 31st of December 2011."""
    after = datetime(2011, 12, 28, 12, tzinfo=UTC)
    [first, second] = first_firings("Pacific/Apia", time(22, 0), frozenset({5}), after, 2)
    assert first.astimezone(zone("Pacific/Apia")).date() == date(2012, 1, 6)
    assert second - first == timedelta(days=7)
    every = first_firings("Pacific/Apia", time(22, 0), EVERY_DAY, datetime(2011, 12, 29, tzinfo=UTC), 3)
    assert [fires.astimezone(zone("Pacific/Apia")).day for fires in every] == [28, 29, 31]


@pytest.mark.parametrize(
    "wrong",
    [
        ("Middle/Earth", time(22), EVERY_DAY, FIRST),
        ("../../etc/passwd", time(22), EVERY_DAY, FIRST),
        ("Europe/Berlin", time(22), frozenset(), FIRST),
        ("Europe/Berlin", time(22), frozenset({0}), FIRST),
        ("Europe/Berlin", time(22, tzinfo=UTC), EVERY_DAY, FIRST),
        ("Europe/Berlin", time(22), EVERY_DAY, FIRST.replace(tzinfo=None)),
    ],
)
def test_nonsense_is_refused(wrong: tuple[str, time, frozenset[int], datetime]) -> None:
    with pytest.raises(ValueError, match=r"zone|weekdays|aware"):
        next_firing(*wrong)


def test_a_clock_change_is_found_to_the_second_and_named() -> None:
    change = clock_change(
        "Europe/Berlin", datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    )
    assert change is not None
    assert (change.at, change.by) == (datetime(2026, 10, 25, 1, tzinfo=UTC), timedelta(hours=-1))
    assert clock_change("Europe/Berlin", change.at, datetime(2026, 12, 1, tzinfo=UTC)) is None
    assert clock_change("Asia/Tehran", FIRST, LAST) is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), instants)
def test_clock_changes_are_the_ones_there_are(name: str, after: datetime) -> None:
    until = after + 40 * _DAY
    change = clock_change(name, after, until)
    walked = transitions(name, after, until)
    assert (change.at if change else None) == (walked[0].replace(microsecond=0) if walked else None)
