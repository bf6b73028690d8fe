"""Bedtime rules in the database, behind the port of the evenings."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import delete, func, insert, select, update

from bot.core.clock import Clock
from bot.reminders.model import Kind, Reminder, Rule
from bot.store.changes import News
from bot.store.database import Database
from bot.store.reminder_rows import (
    as_reminder,
    as_rule,
    reminder_row,
    replace_pending,
    rule_row,
    tell_others,
)
from bot.store.tables import reminder, reminder_rule
from bot.store.upsert import upsert

_RULE = reminder_rule.columns
_DUE = reminder.columns


class SqlRuleStore:
    """Implements `bot.reminders.ports.RuleStore`; tells `news` what it changed."""

    def __init__(self, database: Database, clock: Clock, news: News) -> None:
        self._database = database
        self._clock = clock
        self._news = news

    async def add(self, rule: Rule, due: Reminder | None, *, most: int) -> Rule | None:
        count = select(func.count()).where(_RULE.user_id == rule.user_id, _RULE.kind == rule.kind.value)
        async with self._database.transaction() as connection:
            if (await connection.scalar(count) or 0) >= most:
                return None
            row = rule_row(rule, self._clock.now())
            kept = replace(
                rule, id=await connection.scalar(insert(reminder_rule).values(row).returning(_RULE.id))
            )
            await replace_pending(connection, kept, None if due is None else replace(due, rule_id=kept.id))
            await tell_others(connection)
        self._news.tell()
        return kept

    async def change(self, rule: Rule, due: Reminder | None) -> bool:
        statement = update(reminder_rule).where(_RULE.id == rule.id, _RULE.user_id == rule.user_id)
        async with self._database.transaction() as connection:
            changed = await connection.execute(statement.values(rule_row(rule, self._clock.now())))
            if not changed.rowcount:
                return False
            await replace_pending(connection, rule, due)
            await tell_others(connection)
        self._news.tell()
        return True

    async def remove(self, user_id: int, rule_id: int) -> bool:
        async with self._database.transaction() as connection:
            removed = await connection.execute(
                delete(reminder_rule).where(_RULE.id == rule_id, _RULE.user_id == user_id)
            )
            await connection.execute(delete(reminder).where(_DUE.rule_id == rule_id, _DUE.user_id == user_id))
        return bool(removed.rowcount)

    async def rules_of(self, user_id: int, kind: Kind = Kind.BEDTIME) -> Sequence[Rule]:
        statement = (
            select(reminder_rule).where(_RULE.user_id == user_id, _RULE.kind == kind.value).order_by(_RULE.id)
        )
        async with self._database.reading() as connection:
            return [as_rule(row) for row in await connection.execute(statement)]

    async def rule(self, user_id: int, rule_id: int) -> Rule | None:
        statement = select(reminder_rule).where(_RULE.id == rule_id, _RULE.user_id == user_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else as_rule(row)

    async def pending(self, user_id: int) -> Sequence[Reminder]:
        statement = select(reminder).where(_DUE.user_id == user_id).order_by(_DUE.due_at)
        async with self._database.reading() as connection:
            return [as_reminder(row) for row in await connection.execute(statement)]

    async def put(self, due: Reminder) -> None:
        async with self._database.transaction() as connection:
            await upsert(connection, reminder, reminder_row(due))
            await tell_others(connection)
        self._news.tell()

    async def drop(self, user_id: int, kinds: Collection[str], rule_id: int) -> None:
        statement = delete(reminder).where(
            _DUE.user_id == user_id, _DUE.rule_id == rule_id, _DUE.kind.in_([str(kind) for kind in kinds])
        )
        async with self._database.transaction() as connection:
            await connection.execute(statement)

    async def touched(self, user_id: int, rule_id: int) -> None:
        statement = update(reminder_rule).where(
            _RULE.id == rule_id, _RULE.user_id == user_id, _RULE.n_ignored > 0
        )
        async with self._database.transaction() as connection:
            await connection.execute(statement.values(n_ignored=0))
