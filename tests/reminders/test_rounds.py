"""Evenings as they pass: each once, at its minute; late ones told next morning; ignored ones ask and rest."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.reminders.model import Delivered, Kind, Place, Reminder, Topic
from bot.reminders.ports import ClosedDoor, NoSuchPlace, TryLater
from bot.reminders.zones import zone
from bot.store.tables import reminder, reminder_rule
from tests.reminders.house import WREN, House, opened

START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
BERLIN = "Europe/Berlin"
EVENING = datetime(2026, 11, 26, 21, 30, tzinfo=UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with opened(tmp_path, START) as house:
        yield house


def topics(house: House) -> list[Topic]:
    return [each.letter.topic for each in house.post.arrived]


async def test_it_comes_at_its_minute_notifies_and_the_next_is_waiting(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30), lead_minutes=20, locale="de")
    await house.go_to(EVENING - timedelta(minutes=20, seconds=1))
    assert house.post.arrived == []
    await house.wait(seconds=1)
    [arrived] = house.post.arrived
    assert arrived.at == EVENING - timedelta(minutes=20)
    assert (arrived.letter.about_at, arrived.letter.silent, arrived.letter.locale) == (EVENING, False, "de")
    assert arrived.letter.has_lead
    [due] = await house.rules.pending(WREN)
    assert due == rule.next_after(EVENING)
    assert await house.channels.channel_of(WREN) == 1007, "where the first one arrived"
    await house.go_to(due.due_at)
    assert house.post.arrived[-1].letter.channel_id == 1007


@pytest.mark.parametrize(
    "name",
    [
        "America/Santiago",
        "Australia/Lord_Howe",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("Australia/Sydney", "Africa/Casablanca", "Asia/Tehran")
        ),
    ],
)
async def test_a_year_of_evenings(tmp_path: Path, name: str) -> None:
    """Every local date from one spring to the next once, at the wall time asked for, to the second."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    async with opened(tmp_path, start) as house:
        rule = await house.add(name, time(22, 45))
        for _ in range(365):
            [due] = await house.rules.pending(WREN)
            await house.go_to(due.due_at)
            await house.rules.touched(WREN, rule.id)
        local = [each.at.astimezone(zone(name)) for each in house.post.arrived]
        first = start.astimezone(zone(name)).date()
        first += timedelta(days=0 if local[0].date() == first else 1)
        assert [each.date() for each in local] == [first + timedelta(days=n) for n in range(365)]
        assert {(each.hour, each.minute, each.second) for each in local} == {(22, 45, 0)}
        assert len({each.utcoffset() for each in local}) == (1 if name == "Asia/Tehran" else 2)


async def test_late_within_reason_still_comes(house: House) -> None:
    await house.add(BERLIN, time(22, 30))
    await house.rounds.close()
    await house.sleep_through(hours=10, minutes=14)
    assert topics(house) == [Topic.BEDTIME]
    assert house.post.arrived[0].at - EVENING == timedelta(minutes=44)


async def test_too_late_is_told_silently_in_the_morning(house: House) -> None:
    await house.add(BERLIN, time(22, 30))
    await house.sleep_through(hours=14)  # three at night in Berlin
    assert house.post.arrived == []
    await house.go_to(datetime(2026, 11, 27, 7, 59, 59, tzinfo=UTC))
    assert house.post.arrived == []
    await house.wait(seconds=1)
    [told] = house.post.arrived
    assert (told.letter.topic, told.letter.silent, told.letter.n_missed) == (Topic.MISSED, True, 1)
    assert told.letter.about_at == EVENING
    await house.go_to(EVENING + timedelta(days=1))
    assert topics(house) == [Topic.MISSED, Topic.BEDTIME]


async def test_a_day_away_with_several_rules_is_one_honest_line(house: House) -> None:
    for at in (time(21, 0), time(22, 0), time(23, 0)):
        await house.add(BERLIN, at)
    await house.sleep_through(hours=30)  # the next day, seven in the evening in Berlin
    for hour in range(30, 48):
        await house.go_to(START + timedelta(hours=hour))
    assert topics(house) == [Topic.BEDTIME] * 3 + [Topic.MISSED]
    assert house.post.arrived[-1].letter.n_missed == 3


async def test_away_for_days_counts_every_evening_of_them_and_tells_in_one_line(house: House) -> None:
    await house.add(BERLIN, time(22, 30))
    await house.add(BERLIN, time(21, 0), days=frozenset({5, 6}))
    await house.sleep_through(days=1, hours=14)  # two evenings of the one, the Friday of the other
    await house.sleep_through(days=2)  # the line of the first absence fell into a second one
    assert house.post.arrived == [], "three at night"
    await house.go_to(datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
    [told] = house.post.arrived
    assert (told.letter.topic, told.letter.silent, told.letter.n_missed) == (Topic.MISSED, True, 6)


async def test_what_was_missed_is_told_by_day_even_when_the_morning_passed(house: House) -> None:
    await house.add(BERLIN, time(22, 30))
    await house.sleep_through(hours=14)
    await house.sleep_through(hours=8)  # eleven in the morning
    assert topics(house) == [Topic.MISSED]


async def test_a_morning_question_is_taken_away_at_noon(house: House) -> None:
    await house.add(BERLIN, time(8, 0), kind=Kind.MORNING)
    await house.go_to(datetime(2026, 11, 27, 7, 0, tzinfo=UTC))
    [asked] = house.post.arrived
    await house.go_to(datetime(2026, 11, 27, 10, 59, 59, tzinfo=UTC))
    assert house.post.withdrawn == []
    await house.wait(seconds=1)
    noon = datetime(2026, 11, 27, 11, 0, tzinfo=UTC)
    assert house.post.withdrawn == [(noon, Delivered(1000 + asked.letter.user_id, 1))]
    assert [due.kind for due in await house.rules.pending(WREN)] == [Kind.MORNING]


async def test_a_process_that_was_away_at_noon_takes_it_away_when_it_is_back(house: House) -> None:
    await house.add(BERLIN, time(8, 0), kind=Kind.MORNING)
    await house.go_to(datetime(2026, 11, 27, 7, 0, tzinfo=UTC))
    await house.sleep_through(hours=9)
    assert len(house.post.withdrawn) == 1
    assert topics(house) == [Topic.MORNING]


async def test_new_zone_data_leaves_a_pause_until_a_day_alone(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30))
    far = rule.next_after(EVENING + timedelta(days=20))
    await house.rules.change(rule, far)
    async with house.database.transaction() as connection:
        await connection.execute(update(reminder_rule).values(data_version="1999a"))
        # As if the older data had put the clocks an hour elsewhere.
        off = {"about_at": far.about_at + timedelta(hours=1), "due_at": far.due_at + timedelta(hours=1)}
        await connection.execute(update(reminder).values(off))
    await house.sleep_through(seconds=1)
    assert await house.rules.pending(WREN) == [far]


async def test_three_ignored_evenings_ask_once_silently_and_then_it_is_quiet(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30))
    for day in range(20):
        await house.go_to(EVENING + timedelta(days=day))
    assert topics(house) == [Topic.BEDTIME] * 3 + [Topic.TOO_MUCH]
    assert [each.letter.silent for each in house.post.arrived] == [False] * 3 + [True]
    kept = await house.rules.rule(WREN, rule.id)
    assert kept is not None
    assert kept.paused


async def test_a_touched_evening_is_not_an_ignored_one(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30))
    for day in range(8):
        await house.go_to(EVENING + timedelta(days=day))
        if day % 3 == 2:
            await house.rules.touched(WREN, rule.id)
    assert topics(house) == [Topic.BEDTIME] * 8


async def test_a_snooze_comes_back_once_and_notifies(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30))
    await house.go_to(EVENING)
    [due] = await house.rules.pending(WREN)
    await house.rules.put(due.put_off(EVENING + timedelta(minutes=10)))
    await house.wait(minutes=10)
    await house.wait(minutes=10)
    assert [each.letter.silent for each in house.post.arrived] == [False, False]
    assert [each.kind for each in await house.rules.pending(WREN)] == [Kind.BEDTIME]
    kept = await house.rules.rule(WREN, rule.id)
    assert kept is not None
    assert kept.n_ignored == 1, "a snooze is not an evening"


async def test_a_channel_that_is_gone_leads_to_the_person(house: House) -> None:
    await house.add(BERLIN, time(22, 30), place=Place(1, 55))

    def gone(letter) -> None:
        if letter.channel_id == 55:
            raise NoSuchPlace

    await house.go_to(EVENING)
    assert (house.post.arrived[0].letter.in_server, house.post.arrived[0].letter.channel_id) == (True, 55)
    house.post.refuses = gone
    await house.go_to(EVENING + timedelta(days=1))
    letter = house.post.arrived[-1].letter
    assert (letter.in_server, letter.is_fallback, letter.channel_id) == (False, True, None)


async def test_a_closed_door_is_remembered_and_knocked_at_only_a_few_times(house: House) -> None:
    rule = await house.add(BERLIN, time(22, 30))
    knocks = 0

    def closed(_letter) -> None:
        nonlocal knocks
        knocks += 1
        raise ClosedDoor

    house.post.refuses = closed
    for day in range(10):
        await house.go_to(EVENING + timedelta(days=day))
    assert knocks == 4
    assert await house.channels.is_closed(WREN)
    kept = await house.rules.rule(WREN, rule.id)
    assert kept is not None
    assert kept.paused, "the rule is still there"


async def test_what_could_not_be_sent_is_tried_again_until_it_arrives(house: House) -> None:
    await house.add(BERLIN, time(22, 30))
    tries = 0

    def outage(_letter) -> None:
        nonlocal tries
        tries += 1
        if tries < 6:
            raise TryLater(1.0)

    house.post.refuses = outage
    for _ in range(60):
        await house.go_to(max(house.clock.now(), EVENING) + timedelta(seconds=15))
    assert topics(house) == [Topic.BEDTIME]
    assert tries == 6
    assert house.post.arrived[0].at - EVENING < timedelta(minutes=5)


async def test_an_outage_through_the_night_is_told_in_the_morning(house: House) -> None:
    await house.add(BERLIN, time(22, 30))

    def outage(letter) -> None:
        if house.clock.now() < datetime(2026, 11, 27, 3, 0, tzinfo=UTC):
            raise TryLater(60.0)

    house.post.refuses = outage
    for minute in range(0, 24 * 60, 5):
        await house.go_to(START + timedelta(minutes=minute))
    assert topics(house) == [Topic.MISSED]


async def test_a_crowded_minute_begins_early_rather_than_end_late(house: House) -> None:
    house.post.per_s = 1.0
    for number in range(120):  # two minutes' worth
        moment = Reminder(10_000 + number, Kind.SNOOZE, 0, EVENING, EVENING)
        await house.rules.put(moment)
    await house.go_to(EVENING - timedelta(minutes=6))
    assert house.post.arrived == []
    await house.go_to(EVENING - timedelta(minutes=4))
    assert house.post.arrived == []
    while not house.post.arrived:
        house.clock.advance(1.0)
        await house.settle()
    early = EVENING - house.post.arrived[0].at
    assert timedelta(seconds=95) < early <= timedelta(seconds=125)


async def test_a_rule_for_some_days_is_silent_on_the_others(house: House) -> None:
    await house.add(BERLIN, time(22, 30), days=frozenset({6, 7}))
    for hour in range(24 * 8):
        await house.go_to(START + timedelta(hours=hour))
    assert [each.at.astimezone(zone(BERLIN)).isoweekday() for each in house.post.arrived] == [6, 7]


async def test_a_morning_question_after_noon_is_not_asked(house: House) -> None:
    await house.add(BERLIN, time(8, 0), kind=Kind.MORNING)
    await house.sleep_through(days=1)  # one in the afternoon
    assert house.post.arrived == []
    await house.go_to(datetime(2026, 11, 28, 7, 0, tzinfo=UTC))
    assert topics(house) == [Topic.MORNING]
    assert house.post.arrived[0].letter.silent
