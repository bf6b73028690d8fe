"""Servers' own recordings in the database, behind playback's port."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, delete, select

from bot.playback.recordings import Recording
from bot.store.database import Database
from bot.store.tables import own_recording
from bot.store.upsert import upsert

_COLUMNS: Final[Sequence[Column[Any]]] = [own_recording.columns[field.name] for field in fields(Recording)]


class SqlRecordingStore:
    """Implements `bot.playback.recordings.RecordingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, guild_id: int) -> Sequence[Recording]:
        return await self._where(own_recording.columns.guild_id == guild_id)

    async def by(self, owner_id: int) -> Sequence[Recording]:
        return await self._where(own_recording.columns.owner_id == owner_id)

    async def known(self) -> Sequence[str]:
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(own_recording.columns.sound_id))).all()
        return [row[0] for row in rows]

    async def add(self, recording: Recording) -> None:
        async with self._database.transaction() as connection:
            await upsert(connection, own_recording, asdict(recording))

    async def remove(self, sound_id: str) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(own_recording).where(own_recording.columns.sound_id == sound_id))

    async def _where(self, condition: ColumnElement[bool]) -> Sequence[Recording]:
        statement = select(*_COLUMNS).where(condition).order_by(own_recording.columns.added_at)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [Recording(*row) for row in rows]
