"""Servers' own help in the database, behind support's port."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Column, delete, select

from bot.core.clock import Clock
from bot.store.database import Database
from bot.store.tables import server_resource
from bot.store.upsert import upsert
from bot.support.ports import Resource

_COLUMNS: Final[Sequence[Column[Any]]] = [server_resource.columns[field.name] for field in fields(Resource)]


class SqlResourceStore:
    """Implements `bot.support.ports.ResourceStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, guild_id: int) -> Sequence[Resource]:
        table = server_resource.columns
        statement = select(*_COLUMNS).where(table.guild_id == guild_id).order_by(table.added_at, table.name)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return [Resource(*row) for row in rows]

    async def add(self, guild_id: int, resource: Resource) -> None:
        row = asdict(resource) | {"guild_id": guild_id, "added_at": self._clock.now()}
        async with self._database.transaction() as connection:
            await upsert(connection, server_resource, row, keep=frozenset({"added_at"}))

    async def remove(self, guild_id: int, name: str) -> bool:
        table = server_resource.columns
        statement = delete(server_resource).where(table.guild_id == guild_id, table.name == name)
        async with self._database.transaction() as connection:
            return (await connection.execute(statement)).rowcount > 0
