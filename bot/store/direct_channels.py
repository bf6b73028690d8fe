"""Where people can be written to: direct messages, allowed channels, servers they know Hush from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from bot.core.clock import Clock
from bot.reminders.model import Place
from bot.store.database import Database
from bot.store.tables import direct_channel, familiar_guild, reminder_channel
from bot.store.upsert import upsert

_DM = direct_channel.columns
_KNOWN = familiar_guild.columns
_FORGOTTEN_AFTER: Final = timedelta(days=90)


class SqlDirectChannels:
    """Implements `bot.reminders.ports.DirectChannels`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def channel_of(self, user_id: int) -> int | None:
        async with self._database.reading() as connection:
            found = await connection.scalar(select(_DM.channel_id).where(_DM.user_id == user_id))
        return None if found is None else int(found)

    async def opened(self, user_id: int, channel_id: int) -> None:
        row = {"user_id": user_id, "channel_id": channel_id, "closed_at": None}
        async with self._database.transaction() as connection:
            await upsert(connection, direct_channel, row)

    async def closed(self, user_id: int, at: datetime) -> None:
        row = {"user_id": user_id, "channel_id": None, "closed_at": at}
        async with self._database.transaction() as connection:
            await upsert(connection, direct_channel, row)

    async def is_closed(self, user_id: int) -> bool:
        async with self._database.reading() as connection:
            closed_at = await connection.scalar(select(_DM.closed_at).where(_DM.user_id == user_id))
        return closed_at is not None


class SqlFamiliarGuilds:
    """Implements `bot.reminders.ports.FamiliarGuilds`; forgets a server not used for 90 days."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def used(self, user_id: int, guild_id: int) -> None:
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = {"user_id": user_id, "guild_id": guild_id, "used_at": now}
            await upsert(connection, familiar_guild, row)
            await connection.execute(
                delete(familiar_guild).where(
                    _KNOWN.user_id == user_id, _KNOWN.used_at < now - _FORGOTTEN_AFTER
                )
            )

    async def of(self, user_id: int) -> Sequence[int]:
        statement = select(_KNOWN.guild_id).where(_KNOWN.user_id == user_id).order_by(_KNOWN.used_at.desc())
        async with self._database.reading() as connection:
            return [row.guild_id for row in await connection.execute(statement)]


class SqlReminderChannels:
    """Implements `bot.reminders.ports.ReminderChannels`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def allow(self, place: Place) -> None:
        row = {"guild_id": place.guild_id, "channel_id": place.channel_id}
        async with self._database.transaction() as connection:
            await upsert(connection, reminder_channel, row)

    async def of(self, guild_id: int) -> frozenset[int]:
        c = reminder_channel.columns
        async with self._database.reading() as connection:
            found = await connection.execute(select(c.channel_id).where(c.guild_id == guild_id))
            return frozenset(found.scalars())

    async def put(self, guild_id: int, channel_ids: frozenset[int]) -> None:
        rows = [{"guild_id": guild_id, "channel_id": channel_id} for channel_id in channel_ids]
        async with self._database.transaction() as connection:
            c = reminder_channel.columns
            await connection.execute(delete(reminder_channel).where(c.guild_id == guild_id))
            if rows:
                await connection.execute(reminder_channel.insert(), rows)

    async def is_allowed(self, place: Place) -> bool:
        c = reminder_channel.columns
        statement = select(c.channel_id).where(c.guild_id == place.guild_id, c.channel_id == place.channel_id)
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).first() is not None
