"""Rules and reminders as rows: what the two stores of the evenings have in common."""

from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminders.model import Kind, Place, Reminder, Rule
from bot.reminders.zones import VERSION
from bot.store.tables import reminder
from bot.store.upsert import upsert

CHANNEL: Final = "hush_reminders"
"""PostgreSQL's name for the news that something became due."""


def rule_row(rule: Rule, now: datetime) -> dict[str, Any]:
    return {
        "user_id": rule.user_id,
        "kind": rule.kind.value,
        "zone": rule.zone,
        "at_minutes": rule.at.hour * 60 + rule.at.minute,
        "days": sum(1 << day for day in rule.days),
        "lead_minutes": rule.lead_minutes,
        "guild_id": rule.place.guild_id if rule.place else None,
        "channel_id": rule.place.channel_id if rule.place else None,
        "locale": rule.locale,
        "paused": rule.paused,
        "n_ignored": rule.n_ignored,
        "data_version": VERSION,
        "updated_at": now,
    }


def as_rule(row: Row[Any]) -> Rule:
    """Read a rule from a row that has the columns of `reminder_rule`."""
    return Rule(
        id=row.id,
        user_id=row.user_id,
        kind=Kind(row.kind),
        zone=row.zone,
        at=time(row.at_minutes // 60, row.at_minutes % 60),
        days=frozenset(day for day in range(1, 8) if row.days >> day & 1),
        lead_minutes=row.lead_minutes,
        place=None if row.guild_id is None else Place(row.guild_id, row.channel_id),
        locale=row.locale,
        paused=row.paused,
        n_ignored=row.n_ignored,
    )


def reminder_row(due: Reminder) -> dict[str, Any]:
    """Return the row of a reminder that nobody holds."""
    return {
        "user_id": due.user_id,
        "kind": due.kind.value,
        "rule_id": due.rule_id,
        "about_at": due.about_at,
        "due_at": due.due_at,
        "locale": due.locale,
        "n_missed": due.n_missed,
        "message_id": due.message_id,
        "n_tries": 0,
        "holder": None,
        "leased_until": None,
    }


def as_reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        row.user_id,
        Kind(row.kind),
        row.rule_id,
        row.about_at,
        row.due_at,
        row.locale,
        row.n_missed,
        row.message_id,
    )


def is_of(due: Reminder) -> ColumnElement[bool]:
    """Return the condition that names a reminder's row."""
    c = reminder.columns
    return and_(c.user_id == due.user_id, c.kind == due.kind.value, c.rule_id == due.rule_id)


async def replace_pending(connection: AsyncConnection, rule: Rule, due: Reminder | None) -> None:
    """Let `due`, or nothing, be what is pending from a rule; a snooze of the old one goes too."""
    c = reminder.columns
    goes = and_(c.user_id == rule.user_id, c.rule_id == rule.id, c.kind != Kind.NOON.value)
    await connection.execute(delete(reminder).where(goes))
    if due is not None:
        await upsert(connection, reminder, reminder_row(due))


async def tell_others(connection: AsyncConnection) -> None:
    """Wake every process that listens, once this transaction is kept."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_notify(CHANNEL, "")))
