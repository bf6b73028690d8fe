"""What is due, in the database, shared by processes: claims with leases, settled or released."""

import secrets
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, and_, delete, exists, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.clock import Clock
from bot.reminders.model import Claim, Reminder, Rule
from bot.store.changes import News, listening
from bot.store.database import Database
from bot.store.reminder_rows import as_reminder, as_rule, is_of, reminder_row
from bot.store.tables import direct_channel, reminder, reminder_process, reminder_rule
from bot.store.upsert import upsert

_DUE = reminder.columns
_RULE = reminder_rule.columns
_KEY = tuple_(_DUE.user_id, _DUE.kind, _DUE.rule_id)
_IS_FROM_RULE: Final = and_(_DUE.user_id == _RULE.user_id, _DUE.kind == _RULE.kind, _DUE.rule_id == _RULE.id)
_ADD_UP: Final = frozenset({"n_missed"})
_ALIVE: Final = timedelta(seconds=45)
"""Three of the looks that a living process takes."""


class SqlQueueStore:
    """Implements `bot.reminders.ports.QueueStore`."""

    def __init__(self, database: Database, clock: Clock, news: News) -> None:
        self._database = database
        self._clock = clock
        self._news = news
        self._name = secrets.token_hex(8)

    @property
    def is_shared(self) -> bool:
        return self._database.is_shared

    async def claim(self, *, due_by: datetime, now: datetime, lease: timedelta, most: int) -> Sequence[Claim]:
        is_free = or_(_DUE.leased_until.is_(None), _DUE.leased_until <= now)
        waiting = (
            select(_DUE.user_id, _DUE.kind, _DUE.rule_id)
            .where(_DUE.due_at <= due_by, is_free)
            .order_by(_DUE.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)  # PostgreSQL's; SQLite has one writer
        )
        holder = f"{self._name}:{secrets.token_hex(8)}"
        taken = (
            update(reminder)
            .where(_KEY.in_(waiting))
            .values(holder=holder, leased_until=now + lease, n_tries=_DUE.n_tries + 1)
        )
        async with self._database.transaction() as connection:
            n_taken = (await connection.execute(taken)).rowcount
            return await _claims(connection, holder) if n_taken else []

    async def settle(
        self,
        claim: Claim,
        following: Reminder | None,
        *,
        also: Reminder | None = None,
        ignored: bool = False,
    ) -> bool:
        async with self._database.transaction() as connection:
            mine = and_(is_of(claim.reminder), _DUE.holder == claim.holder)
            if following is None:
                done = await connection.execute(delete(reminder).where(mine))
            else:
                done = await connection.execute(update(reminder).where(mine).values(reminder_row(following)))
            if not done.rowcount:
                return False
            if ignored and claim.rule is not None:
                await connection.execute(
                    update(reminder_rule)
                    .where(_RULE.id == claim.rule.id)
                    .values(n_ignored=_RULE.n_ignored + 1)
                )
            if also is not None:
                await upsert(connection, reminder, reminder_row(also), add=_ADD_UP)
        return True

    async def rest(self, claim: Claim) -> bool:
        async with self._database.transaction() as connection:
            mine = and_(is_of(claim.reminder), _DUE.holder == claim.holder)
            if not (await connection.execute(delete(reminder).where(mine))).rowcount:
                return False
            await connection.execute(
                update(reminder_rule).where(_RULE.id == claim.reminder.rule_id).values(paused=True)
            )
        return True

    async def release(self, claim: Claim, *, until: datetime) -> bool:
        mine = and_(is_of(claim.reminder), _DUE.holder == claim.holder)
        statement = update(reminder).where(mine).values(holder=None, leased_until=until)
        async with self._database.transaction() as connection:
            return bool((await connection.execute(statement)).rowcount)

    async def next_due(self) -> datetime | None:
        soonest = select(_DUE.due_at).where(_DUE.leased_until.is_(None)).order_by(_DUE.due_at).limit(1)
        freed = (
            select(_DUE.leased_until)
            .where(_DUE.leased_until.is_not(None))
            .order_by(_DUE.leased_until)
            .limit(1)
        )
        both = select(soonest.scalar_subquery(), freed.scalar_subquery())
        async with self._database.asking() as connection:
            moments = (await connection.execute(both)).one()
        return min((moment for moment in moments if moment is not None), default=None)

    async def count_due(self, *, due_by: datetime, most: int) -> int:
        few = (
            select(literal(1))
            .where(_DUE.due_at <= due_by, _DUE.leased_until.is_(None))
            .limit(most)
            .subquery()
        )
        async with self._database.asking() as connection:
            return await connection.scalar(select(func.count()).select_from(few)) or 0

    async def free_dead_leases(self) -> None:
        if self.is_shared:
            return
        async with self._database.transaction() as connection:
            held = update(reminder).where(_DUE.leased_until.is_not(None))
            await connection.execute(held.values(holder=None, leased_until=None))

    async def here(self, now: datetime) -> int:
        seen = reminder_process.columns.seen_at
        async with self._database.transaction() as connection:
            await upsert(connection, reminder_process, {"name": self._name, "seen_at": now})
            await connection.execute(delete(reminder_process).where(seen < now - _ALIVE))
            return await connection.scalar(select(func.count()).select_from(reminder_process)) or 1

    async def outdated(self, data_version: str, *, most: int) -> Sequence[tuple[Rule, datetime | None]]:
        statement = (
            select(reminder_rule, _DUE.about_at)
            .outerjoin(reminder, _IS_FROM_RULE)
            .where(_RULE.data_version != data_version)
            .limit(most)
        )
        async with self._database.reading() as connection:
            return [(as_rule(row), row.about_at) for row in await connection.execute(statement)]

    async def unarmed(self, *, most: int) -> Sequence[Rule]:
        statement = (
            select(reminder_rule).where(_RULE.paused.is_(False), ~exists().where(_IS_FROM_RULE)).limit(most)
        )
        async with self._database.reading() as connection:
            return [as_rule(row) for row in await connection.execute(statement)]

    async def arm(self, reminders: Sequence[Reminder]) -> None:
        keep = frozenset(reminder_row(reminders[0])) if reminders else frozenset[str]()
        async with self._database.transaction() as connection:
            for due in reminders:
                await upsert(connection, reminder, reminder_row(due), keep=keep)

    async def rederive(
        self, rules: Sequence[tuple[Rule, Reminder]], *, now: datetime, data_version: str
    ) -> None:
        async with self._database.transaction() as connection:
            for rule, due in rules:
                untouched = and_(is_of(due), _DUE.holder.is_(None), _DUE.due_at > now)
                moved = {"about_at": due.about_at, "due_at": due.due_at}
                await connection.execute(update(reminder).where(untouched).values(moved))
                await connection.execute(
                    update(reminder_rule).where(_RULE.id == rule.id).values(data_version=data_version)
                )

    def changes(self) -> AbstractAsyncContextManager[News]:
        return listening(self._database.url, self._news)


async def _claims(connection: AsyncConnection, holder: str) -> list[Claim]:
    rows = await connection.execute(select(reminder).where(_DUE.holder == holder).order_by(_DUE.due_at))
    held = rows.all()
    rules = await _rules(connection, {row.rule_id for row in held})
    channels = await _channels(connection, {row.user_id for row in held})
    return [_claim(row, rules, channels, holder) for row in held]


def _claim(row: Row[Any], rules: dict[int, Rule], channels: dict[int, int], holder: str) -> Claim:
    rule = rules.get(row.rule_id)
    return Claim(as_reminder(row), rule, channels.get(row.user_id), holder, row.n_tries)


async def _rules(connection: AsyncConnection, ids: set[int]) -> dict[int, Rule]:
    found = await connection.execute(select(reminder_rule).where(_RULE.id.in_(ids)))
    return {row.id: as_rule(row) for row in found}


async def _channels(connection: AsyncConnection, people: set[int]) -> dict[int, int]:
    c = direct_channel.columns
    found = await connection.execute(
        select(c.user_id, c.channel_id).where(c.user_id.in_(people), c.channel_id.is_not(None))
    )
    return {row.user_id: row.channel_id for row in found}
