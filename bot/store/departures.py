"""Servers Hush has left, and everything about them, found by walking the schema."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import MetaData, Table, delete, select, update

from bot.store.database import Database
from bot.store.tables import guild_departure, metadata

_GUILD: Final = "guild_id"


class SqlDepartures:
    """Implements `bot.privacy.ports.DepartureStore`.

    A row that cannot be without its `guild_id` is the server's (or a person's in it) and goes. On others the
    server's id and its channels' ids are taken off where they may be null; where not, the row goes too.
    """

    def __init__(self, database: Database, tables: MetaData = metadata) -> None:
        self._database = database
        self._tables = [t for t in reversed(tables.sorted_tables) if _GUILD in t.columns]

    async def departed(self, guild_id: int, at: datetime) -> None:
        columns = guild_departure.columns
        async with self._database.transaction() as connection:
            known = select(columns.guild_id).where(columns.guild_id == guild_id).with_for_update()
            if (await connection.execute(known)).first() is None:
                await connection.execute(guild_departure.insert().values(guild_id=guild_id, left_at=at))

    async def returned(self, guild_ids: Collection[int]) -> None:
        column = guild_departure.columns.guild_id
        async with self._database.transaction() as connection:
            gone = set((await connection.execute(select(column))).scalars())
            for guild_id in gone.intersection(guild_ids):
                await connection.execute(delete(guild_departure).where(column == guild_id))

    async def known(self) -> Collection[int]:
        found: set[int] = set()
        async with self._database.reading() as connection:
            for table in self._tables:
                column = table.columns[_GUILD]
                ids = select(column).where(column.is_not(None)).distinct()
                found.update((await connection.execute(ids)).scalars())
        return found

    async def left_before(self, at: datetime) -> Collection[int]:
        long_ago = select(guild_departure.columns.guild_id).where(guild_departure.columns.left_at < at)
        async with self._database.reading() as connection:
            return list((await connection.execute(long_ago)).scalars())

    async def erase(self, guild_id: int) -> int:
        n_rows = 0
        async with self._database.transaction() as connection:
            for table in self._tables:
                theirs = table.columns[_GUILD] == guild_id
                if table.columns[_GUILD].nullable and _can_do_without_channels(table):
                    emptied = dict.fromkeys(_places(table))
                    n_rows += (await connection.execute(update(table).where(theirs).values(emptied))).rowcount
                else:
                    n_rows += (await connection.execute(delete(table).where(theirs))).rowcount
        return n_rows


def _places(table: Table) -> list[str]:
    return [c.name for c in table.columns if c.name == _GUILD or c.name.endswith("channel_id")]


def _can_do_without_channels(table: Table) -> bool:
    return all(table.columns[name].nullable for name in _places(table))
