"""Nights in the database, behind the port of the diary."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from bot.reminders.diary import KEPT, QUESTIONS, Night
from bot.store.database import Database
from bot.store.tables import night as nights
from bot.store.upsert import upsert

_NIGHT = nights.columns


class SqlDiaryStore:
    """Implements `bot.reminders.diary.DiaryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def night(self, user_id: int, morning: date) -> Night:
        statement = select(nights).where(_NIGHT.user_id == user_id, _NIGHT.date == morning.isoformat())
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return Night(user_id, morning) if row is None else _night(row)

    async def put(self, night: Night, now: datetime) -> None:
        row: dict[str, Any] = {name: getattr(night, name) for name in QUESTIONS}
        row |= {"user_id": night.user_id, "date": night.date.isoformat(), "expires_at": now + KEPT}
        async with self._database.transaction() as connection:
            await upsert(connection, nights, row)

    async def since(self, user_id: int, first: date, now: datetime) -> Sequence[Night]:
        statement = (
            select(nights)
            .where(_NIGHT.user_id == user_id, _NIGHT.date >= first.isoformat(), _NIGHT.expires_at > now)
            .order_by(_NIGHT.date)
        )
        async with self._database.reading() as connection:
            return [_night(row) for row in await connection.execute(statement)]


def _night(row: Row[Any]) -> Night:
    answers = {name: getattr(row, name) for name in QUESTIONS}
    return Night(row.user_id, date.fromisoformat(row.date), **answers)
