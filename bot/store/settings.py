"""Servers' and people's settings in the database, behind the ports of core.preferences."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Column, delete, select

from bot.core.clock import Clock
from bot.core.preferences import GuildSettings, PersonSettings, QuietHours
from bot.store.database import Database
from bot.store.tables import channel_cap, guild_settings, person_settings
from bot.store.upsert import upsert

_NESTED: Final = frozenset({"quiet", "channel_caps"})
_PLAIN: Final = [field.name for field in fields(GuildSettings) if field.name not in _NESTED]
_QUIET: Final = {field.name: f"quiet_{field.name}" for field in fields(QuietHours)}
_GUILD: Final[Sequence[Column[Any]]] = [guild_settings.columns[name] for name in (*_PLAIN, *_QUIET.values())]
_PERSON: Final[Sequence[Column[Any]]] = [
    person_settings.columns[field.name] for field in fields(PersonSettings)
]
_CAP: Final = channel_cap.columns


class SqlGuildSettingsStore:
    """Implements `bot.core.preferences.GuildSettingsStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, guild_id: int) -> GuildSettings:
        chosen = select(*_GUILD).where(guild_settings.columns.guild_id == guild_id)
        caps = select(_CAP.channel_id, _CAP.percent).where(_CAP.guild_id == guild_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(chosen)).one_or_none()
            channel_caps = {cap.channel_id: cap.percent for cap in await connection.execute(caps)}
        if row is None:
            return GuildSettings(guild_id)
        plain, quiet = row[: len(_PLAIN)], row[len(_PLAIN) :]
        hours = None if quiet[0] is None else QuietHours(*quiet)
        chosen_plainly = dict(zip(_PLAIN, plain, strict=True))
        return GuildSettings(**chosen_plainly, quiet=hours, channel_caps=channel_caps)

    async def put(self, settings: GuildSettings) -> None:
        now = self._clock.now()
        row: dict[str, Any] = {name: getattr(settings, name) for name in _PLAIN}
        row |= {column: getattr(settings.quiet, name, None) for name, column in _QUIET.items()}
        row |= {"created_at": now, "updated_at": now}
        caps = [
            {"guild_id": settings.guild_id, "channel_id": channel_id, "percent": percent}
            for channel_id, percent in settings.channel_caps.items()
        ]
        async with self._database.transaction() as connection:
            await upsert(connection, guild_settings, row, keep=frozenset({"created_at"}))
            await connection.execute(delete(channel_cap).where(_CAP.guild_id == settings.guild_id))
            if caps:
                await connection.execute(channel_cap.insert(), caps)

    async def remove(self, guild_id: int) -> None:
        async with self._database.transaction() as connection:
            for table in (guild_settings, channel_cap):
                await connection.execute(delete(table).where(table.columns.guild_id == guild_id))


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
