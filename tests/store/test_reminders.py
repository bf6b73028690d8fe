"""Rules and what is due from them, on both engines: claimed once, settled or passed on, never lost."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.reminders.firing import EVERY_DAY
from bot.reminders.model import Kind, Place, Reminder, Rule
from bot.reminders.zones import VERSION
from bot.store.changes import News
from bot.store.database import Database
from bot.store.direct_channels import SqlDirectChannels, SqlFamiliarGuilds
from bot.store.queue import SqlQueueStore
from bot.store.rules import SqlRuleStore
from bot.store.tables import reminder, reminder_rule
from tests.databases import new_database

NOW = datetime(2026, 3, 1, 22, 40, tzinfo=UTC)
LEASE = timedelta(seconds=40)
RULE = Rule(0, 7, "Europe/Berlin", time(22, 30), frozenset({7, 1, 2, 3, 4}), 15, None, "de")


@pytest.fixture
def rules(database, clock) -> SqlRuleStore:
    return SqlRuleStore(database, clock, News())


@pytest.fixture
def queue(database, clock) -> SqlQueueStore:
    return SqlQueueStore(database, clock, News())


async def added(rules: SqlRuleStore, rule: Rule = RULE) -> Rule:
    kept = await rules.add(rule, rule.next_due_after(NOW), most=10)
    assert kept is not None
    return kept


async def due_now(rules: SqlRuleStore, n: int) -> None:
    for number in range(n):
        await rules.put(Reminder(100 + number, Kind.SNOOZE, 0, NOW, NOW - timedelta(seconds=n - number)))


def claim(queue: SqlQueueStore, now: datetime = NOW, most: int = 100):
    return queue.claim(due_by=now, now=now, lease=LEASE, most=most)


async def test_a_rule_comes_back_as_it_was_with_its_reminder(rules):
    place = Place(1, 2)
    kept = await added(rules, replace(RULE, place=place, paused=True, n_ignored=2))
    assert await rules.rules_of(7) == [kept]
    assert (
        await rules.rule(7, kept.id)
        == kept
        == replace(RULE, id=kept.id, place=place, paused=True, n_ignored=2)
    )
    assert await rules.rule(8, kept.id) is None, "somebody else's"
    [due] = await rules.pending(7)
    assert due == kept.next_due_after(NOW)
    assert due.due_at == datetime(2026, 3, 2, 21, 15, tzinfo=UTC)
    assert due.about_at - due.due_at == timedelta(minutes=15)


async def test_kinds_of_rules_do_not_mix(rules):
    bedtime = await added(rules)
    morning = await added(rules, replace(RULE, kind=Kind.MORNING, lead_minutes=0))
    assert await rules.rules_of(7) == [bedtime]
    assert await rules.rules_of(7, Kind.MORNING) == [morning]
    assert {due.kind for due in await rules.pending(7)} == {Kind.BEDTIME, Kind.MORNING}


async def test_too_many_rules_are_not_kept(rules):
    for _ in range(3):
        assert await rules.add(RULE, None, most=3) is not None
    assert await rules.add(RULE, RULE.next_after(NOW), most=3) is None
    assert len(await rules.rules_of(7)) == 3
    assert await rules.pending(7) == []


async def test_a_changed_rule_replaces_what_is_pending_snooze_included(rules, queue):
    kept = await added(rules)
    await rules.put(Reminder(7, Kind.SNOOZE, kept.id, NOW, NOW))
    later = replace(kept, at=time(23, 45))
    assert await rules.change(later, later.next_due_after(NOW))
    assert [due.about_at.minute for due in await rules.pending(7)] == [45]
    assert not await rules.change(replace(later, user_id=8), None), "not theirs"
    assert await rules.remove(7, kept.id)
    assert not await rules.remove(7, kept.id)
    assert await rules.pending(7) == []
    assert await queue.next_due() is None


async def test_due_ones_are_claimed_soonest_first_and_once(rules, queue):
    await due_now(rules, 7)
    first, second = await claim(queue, most=4), await claim(queue)
    assert [c.reminder.user_id for c in first] == [100, 101, 102, 103]
    assert [c.reminder.user_id for c in second] == [104, 105, 106]
    assert await claim(queue) == []
    assert await queue.count_due(due_by=NOW, most=9) == 0


async def test_what_is_not_due_yet_is_not_claimed(rules, queue):
    kept = await added(rules)
    assert await claim(queue) == []
    [due] = await rules.pending(7)
    assert await queue.next_due() == due.due_at
    assert await queue.count_due(due_by=due.due_at, most=9) == 1
    [claimed] = await claim(queue, due.due_at)
    assert (claimed.reminder, claimed.rule, claimed.dm_channel_id) == (due, kept, None)


async def test_a_lease_that_ended_passes_on_and_the_first_holder_settles_no_more(
    rules, queue, database, clock
):
    kept = await added(rules)
    [due] = await rules.pending(7)
    [dead] = await claim(queue, due.due_at)
    other = SqlQueueStore(database, clock, News())
    assert await claim(other, due.due_at + LEASE - timedelta(seconds=1)) == []
    assert await queue.next_due() == due.due_at + LEASE
    [living] = await claim(other, due.due_at + LEASE)
    assert living.reminder.nonce == dead.reminder.nonce
    assert (dead.n_tries, living.n_tries) == (1, 2)
    following = kept.next_after(due.about_at)
    assert not await queue.settle(dead, following)
    assert not await queue.release(dead, until=NOW)
    assert not await queue.rest(dead)
    assert await other.settle(living, following, ignored=True)
    assert await rules.pending(7) == [following]
    assert (await rules.rule(7, kept.id)).n_ignored == 1
    await rules.touched(7, kept.id)
    assert (await rules.rule(7, kept.id)).n_ignored == 0


async def test_a_released_one_waits_and_then_comes_again(rules, queue):
    await due_now(rules, 1)
    [claimed] = await claim(queue)
    assert await queue.release(claimed, until=NOW + timedelta(seconds=9))
    assert await claim(queue) == []
    assert await queue.next_due() == NOW + timedelta(seconds=9)
    assert len(await claim(queue, NOW + timedelta(seconds=9))) == 1


async def test_a_rule_edited_while_it_is_being_delivered_keeps_the_edit(rules, queue):
    kept = await added(rules)
    [due] = await rules.pending(7)
    [claimed] = await claim(queue, due.due_at)
    later = replace(kept, at=time(23, 59))
    await rules.change(later, later.next_due_after(NOW))
    assert not await queue.settle(claimed, kept.next_after(due.about_at), ignored=True)
    [pending] = await rules.pending(7)
    assert pending == later.next_due_after(NOW)


async def test_missed_evenings_add_up_to_one_line(rules, queue):
    first, second = await added(rules), await added(rules)
    tomorrow = NOW + timedelta(days=3)
    for number, claimed in enumerate(await claim(queue, tomorrow), 1):
        notice = Reminder(7, Kind.MISSED, 0, NOW, tomorrow, "de")
        assert await queue.settle(claimed, claimed.rule.next_after(tomorrow), also=notice)
        assert [due.n_missed for due in await rules.pending(7) if due.kind is Kind.MISSED] == [number]
    assert {first.id, second.id} == {due.rule_id for due in await rules.pending(7)} - {0}


async def test_a_resting_rule_stays_paused_with_nothing_pending(rules, queue):
    kept = await added(rules)
    [claimed] = await claim(queue, NOW + timedelta(days=2))
    assert await queue.rest(claimed)
    assert await rules.pending(7) == []
    assert (await rules.rule(7, kept.id)).paused


async def test_new_zone_data_derives_anew_what_is_neither_held_nor_overdue(rules, queue, database):
    kept, held, overdue = await added(rules), await added(rules), await added(rules)
    [waiting, *_] = await rules.pending(7)
    async with database.transaction() as connection:
        c = reminder.columns
        await connection.execute(update(reminder_rule).values(data_version="1999a"))
        await connection.execute(update(reminder).where(c.rule_id == held.id).values(holder="somebody"))
        await connection.execute(update(reminder).where(c.rule_id == overdue.id).values(due_at=NOW))
    found = await queue.outdated(VERSION, most=10)
    assert {rule.id: about_at for rule, about_at in found} == dict.fromkeys(
        (kept.id, held.id, overdue.id), waiting.about_at
    )
    moved = [
        (rule, replace(waiting, rule_id=rule.id, due_at=waiting.due_at + timedelta(hours=1)))
        for rule, _ in found
    ]
    await queue.rederive(moved, now=NOW, data_version=VERSION)
    assert await queue.outdated(VERSION, most=10) == []
    due_at = {due.rule_id: due.due_at for due in await rules.pending(7)}
    assert due_at == {
        kept.id: waiting.due_at + timedelta(hours=1),
        held.id: waiting.due_at,
        overdue.id: NOW,
    }


async def test_leases_of_the_process_before_are_freed_where_nobody_else_can_be(rules, queue, engine):
    await due_now(rules, 1)
    await claim(queue)
    await queue.free_dead_leases()
    assert len(await claim(queue)) == (1 if engine == "sqlite" else 0)
    assert queue.is_shared is (engine == "postgres")


async def test_where_to_write_is_remembered_and_forgotten_when_the_door_closes(rules, queue, database):
    channels = SqlDirectChannels(database)
    assert (await channels.channel_of(7), await channels.is_closed(7)) == (None, False)
    await channels.opened(7, 70)
    await added(rules)
    [claimed] = await claim(queue, NOW + timedelta(days=2))
    assert claimed.dm_channel_id == 70
    await channels.closed(7, NOW)
    assert (await channels.channel_of(7), await channels.is_closed(7)) == (None, True)
    await channels.opened(7, 71)
    assert (await channels.channel_of(7), await channels.is_closed(7)) == (71, False)


async def test_servers_somebody_used_hush_in_newest_first_and_not_for_ever(database, clock):
    guilds = SqlFamiliarGuilds(database, clock)
    for guild_id in (1, 2, 1, 3):
        await guilds.used(7, guild_id)
        clock.wind(timedelta(minutes=1))
    assert await guilds.of(7) == [3, 1, 2]
    clock.wind(timedelta(days=90))
    await guilds.used(7, 4)
    assert await guilds.of(7) == [4]
    assert await guilds.of(8) == []


async def test_many_claimers_share_without_overlap(tmp_path, request, clock):
    """Ten processes' worth of claims at once on one PostgreSQL: each reminder goes to exactly one."""
    url = new_database("postgres", tmp_path, request)
    async with Database(url) as first, Database(url) as second, Database(url) as third:
        rules = SqlRuleStore(first, clock, News())
        await asyncio.gather(*(due_now(rules, 60) for _ in range(1)))
        queues = [SqlQueueStore(database, clock, News()) for database in (first, second, third)]

        async def take(queue: SqlQueueStore) -> list[int]:
            taken = []
            while claims := await claim(queue, most=3):
                taken += [c.reminder.user_id for c in claims]
            return taken

        taken = [user_id for part in await asyncio.gather(*map(take, queues * 3)) for user_id in part]
        assert sorted(taken) == list(range(100, 160))
        assert await queues[0].here(NOW) == 1
        assert await queues[1].here(NOW) == 2
        assert await queues[1].here(NOW + timedelta(seconds=46)) == 1


async def test_a_change_wakes_whoever_listens_in_any_process(tmp_path, request, engine, clock):
    url = new_database(engine, tmp_path, request)
    async with Database(url) as here:
        news = News()
        rules = SqlRuleStore(here, clock, news)
        if engine == "sqlite":
            async with SqlQueueStore(here, clock, news).changes() as changes:
                await added(rules)
                await asyncio.wait_for(changes.wait(), 10)
            return
        async with Database(url) as there, SqlQueueStore(there, clock, News()).changes() as changes:
            await added(rules)
            await asyncio.wait_for(changes.wait(), 10)


async def test_nothing_of_a_removed_rule_stays(rules, database):
    kept = await added(rules)
    await rules.put(Reminder(7, Kind.SNOOZE, kept.id, NOW, NOW))
    await rules.remove(7, kept.id)
    async with database.reading() as connection:
        for table in (reminder, reminder_rule):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0


def test_a_rule_that_cannot_be_is_refused():
    for wrong in (
        {"at": time(22, 30, 1)},
        {"days": frozenset()},
        {"days": frozenset({8})},
        {"lead_minutes": 181},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            replace(RULE, **wrong)


def test_a_nonce_fits_discord_and_names_one_evening():
    due = RULE.next_after(NOW)
    assert len(due.nonce) <= 25
    assert due.nonce == RULE.next_after(NOW).nonce
    others = [
        RULE.next_after(due.about_at),
        replace(due, rule_id=1),
        replace(due, user_id=8),
        due.put_off(due.about_at),
        replace(RULE, days=EVERY_DAY, at=time(22, 31)).next_after(NOW),
    ]
    assert len({due.nonce, *(other.nonce for other in others)}) == 6
