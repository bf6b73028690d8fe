"""Sleep rooms in the database, behind playback's port."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Final

from sqlalchemy import delete, select

from bot.core.clock import Clock
from bot.playback.sleep_rooms import SleepRoom
from bot.store.database import Database
from bot.store.tables import sleep_room
from bot.store.upsert import upsert

_COLUMNS: Final = [sleep_room.columns[field.name] for field in fields(SleepRoom)]


class SqlSleepRoomStore:
    """Implements `bot.playback.sleep_rooms.SleepRoomStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> Sequence[SleepRoom]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(*_COLUMNS))).all()
        return [SleepRoom(*row) for row in rows]

    async def put(self, room: SleepRoom) -> None:
        row = asdict(room) | {"created_at": self._clock.now()}
        async with self._database.transaction() as connection:
            await upsert(connection, sleep_room, row, keep=frozenset({"created_at"}))

    async def remove(self, room_ids: Sequence[int]) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(sleep_room).where(sleep_room.columns.room_id.in_(room_ids)))
