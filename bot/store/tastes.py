"""Presets, favourites and blocked sounds in the database, behind playback's ports."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, delete, func, select

from bot.core.clock import Clock
from bot.playback.tastes import Preset, Taste, name_key
from bot.store.database import Database
from bot.store.tables import blocked_sound, favourite_sound, preset
from bot.store.upsert import upsert

_TABLES: Final[dict[Taste, Table]] = {Taste.FAVOURITE: favourite_sound, Taste.BLOCKED: blocked_sound}


class SqlPresetStore:
    """Implements `bot.playback.tastes.PresetStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, user_id: int, kept: Preset) -> None:
        row = {
            "user_id": user_id,
            "name_key": name_key(kept.name),
            "name": kept.name,
            "mix": kept.code,
            "saved_at": self._clock.now(),
        }
        async with self._database.transaction() as connection:
            await upsert(connection, preset, row)

    async def all(self, user_id: int) -> Sequence[Preset]:
        columns = preset.columns
        statement = (
            select(columns.name, columns.mix).where(columns.user_id == user_id).order_by(columns.name_key)
        )
        async with self._database.reading() as connection:
            return [Preset(*row) for row in await connection.execute(statement)]

    async def remove(self, user_id: int, name: str) -> bool:
        columns = preset.columns
        chosen = (columns.user_id == user_id, columns.name_key == name_key(name))
        async with self._database.transaction() as connection:
            found = await connection.scalar(select(func.count()).select_from(preset).where(*chosen))
            await connection.execute(delete(preset).where(*chosen))
        return bool(found)


class SqlTasteStore:
    """Implements `bot.playback.tastes.TasteStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, taste: Taste, user_id: int, sound: str) -> None:
        row = {"user_id": user_id, "sound": sound, "chosen_at": self._clock.now()}
        async with self._database.transaction() as connection:
            await upsert(connection, _TABLES[taste], row)

    async def remove(self, taste: Taste, user_id: int, sound: str) -> None:
        columns = _TABLES[taste].columns
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(_TABLES[taste]).where(columns.user_id == user_id, columns.sound == sound)
            )

    async def sounds(self, taste: Taste, user_id: int) -> frozenset[str]:
        columns = _TABLES[taste].columns
        async with self._database.reading() as connection:
            rows = await connection.execute(select(columns.sound).where(columns.user_id == user_id))
            return frozenset(rows.scalars())
