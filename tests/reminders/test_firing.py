"""The rule of firing, against the zones themselves: once on each matching local date, when it should."""

import itertools
import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminders import next_firing
from bot.reminders.firing import EVERY_DAY, clock_change, firings, first_firings
from bot.reminders.zones import names, zone
from tests.reminders.almanac import Almanac

ZONES = sorted(names())
CHANGING = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "Africa/Cairo"]
CHANGING += ["America/Havana", "Asia/Beirut", "Antarctica/Troll", "Europe/Dublin", "Pacific/Chatham"]
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2030, 12, 31, tzinfo=UTC)
SPAN_S = int((LAST - FIRST).total_seconds())
_DAY = timedelta(days=1)

instants = st.integers(0, SPAN_S).map(lambda seconds: FIRST + timedelta(seconds=seconds))
walls = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))
weekdays = st.frozensets(st.integers(1, 7), min_size=1)


def utc(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@cache
def almanac(name: str, first: datetime = FIRST, last: datetime = LAST) -> Almanac:
    return Almanac(name, first, last)


def around(name: str, after: datetime) -> Almanac:
    """Return an almanac of the weeks around a moment: writing out all years takes a while."""
    first = datetime(after.year, after.month, 1, tzinfo=UTC) - 30 * _DAY
    return almanac(name, first, first + 130 * _DAY)


@settings(max_examples=400)
@given(st.sampled_from(ZONES), walls, weekdays, instants)
def test_any_zone_any_rule_any_moment(name: str, at: time, days: frozenset[int], after: datetime) -> None:
    assert next_firing(name, at, days, after) == around(name, after).next(at, days, after)


@settings(max_examples=200)
@given(st.data())
def test_any_rule_near_a_change_of_the_clock(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(CHANGING))
    changes = almanac(name, FIRST, FIRST + 800 * _DAY).changes_within()
    change = data.draw(st.sampled_from(changes))
    local = change.astimezone(zone(name)).replace(tzinfo=None, second=0)
    at = (local + timedelta(minutes=data.draw(st.integers(-90, 90)))).time()
    after = change + timedelta(seconds=data.draw(st.integers(-2 * 86_400, 2 * 86_400)))
    days = data.draw(weekdays)
    assert next_firing(name, at, days, after) == around(name, after).next(at, days, after)


@settings(max_examples=60)
@given(st.sampled_from(ZONES), walls, instants)
def test_each_date_once_and_in_order(name: str, at: time, after: datetime) -> None:
    found = first_firings(name, at, EVERY_DAY, after, 60)
    assert found == Almanac(name, after, after + 62 * _DAY).all(at, EVERY_DAY)[:60]


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(20))
def test_all_zones_through_all_years(part: int) -> None:
    """Every zone, 2024 to 2030: whole years of daily rules, each minute near a change, rules at random."""
    chance = random.Random(part)
    for name in ZONES[part::20]:
        book, place = Almanac(name, FIRST, LAST), zone(name)
        for at in (time(0, 0), time(2, 30), time(23, 45), a_wall(chance)):
            every = itertools.takewhile(lambda fires: fires <= LAST, firings(name, at, EVERY_DAY, FIRST))
            assert list(every) == (expected := book.all(at, EVERY_DAY))
            assert len(expected) >= 2555
        for change in book.changes_within():
            for minutes in range(-150, 151):
                at = (change.astimezone(place) + timedelta(minutes=minutes)).time().replace(second=0)
                days = EVERY_DAY if minutes % 2 else some_days(chance)
                after = change + timedelta(seconds=chance.randrange(-90_000, 90_000))
                for moment in (after, change, change - timedelta(microseconds=1)):
                    fires = next_firing(name, at, days, moment)
                    assert fires == book.next(at, days, moment)
                assert next_firing(name, at, days, fires) == book.next(at, days, fires)
        for _ in range(500):
            at, days, after = a_wall(chance), some_days(chance), FIRST + chance.random() * (LAST - FIRST)
            assert next_firing(name, at, days, after) == book.next(at, days, after)


def some_days(chance: random.Random) -> frozenset[int]:
    return frozenset(chance.sample(range(1, 8), chance.randint(1, 7)))


def a_wall(chance: random.Random) -> time:
    return time(chance.randrange(24), chance.randrange(60))


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


@settings(max_examples=60)
@given(st.sampled_from(ZONES), instants)
def test_clock_changes_are_the_ones_there_are(name: str, after: datetime) -> None:
    until = after + 40 * _DAY
    change = clock_change(name, after, until)
    walked = [at for at in around(name, after).changes_within() if after < at <= until]
    assert (change.at if change else None) == (walked[0] if walked else None)
