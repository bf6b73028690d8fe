"""Servers' and people's settings in the database, behind the ports of core.preferences."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Column, delete, select

from bot.core.clock import Clock
from bot.core.preferences import GuildSettings, PersonSettings
from bot.store.database import Database
from bot.store.tables import guild_settings, person_settings
from bot.store.upsert import upsert

_GUILD: Final[Sequence[Column[Any]]] = [guild_settings.columns[field.name] for field in fields(GuildSettings)]
_PERSON: Final[Sequence[Column[Any]]] = [
    person_settings.columns[field.name] for field in fields(PersonSettings)
]


class SqlGuildSettingsStore:
    """Implements `bot.core.preferences.GuildSettingsStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, guild_id: int) -> GuildSettings:
        statement = select(*_GUILD).where(guild_settings.columns.guild_id == guild_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return GuildSettings(guild_id) if row is None else GuildSettings(*row)

    async def put(self, settings: GuildSettings) -> None:
        now = self._clock.now()
        row = asdict(settings) | {"created_at": now, "updated_at": now}
        async with self._database.transaction() as connection:
            await upsert(connection, guild_settings, row, keep=frozenset({"created_at"}))

    async def remove(self, guild_id: int) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(guild_settings).where(guild_settings.columns.guild_id == guild_id)
            )


class SqlPersonSettingsStore:
    """Implements `bot.core.preferences.PersonSettingsStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, user_id: int) -> PersonSettings:
        statement = select(*_PERSON).where(person_settings.columns.user_id == user_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return PersonSettings(user_id) if row is None else PersonSettings(*row)

    async def put(self, settings: PersonSettings) -> None:
        row = asdict(settings) | {"updated_at": self._clock.now()}
        async with self._database.transaction() as connection:
            await upsert(connection, person_settings, row)

    async def remove(self, user_id: int) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(person_settings).where(person_settings.columns.user_id == user_id)
            )
