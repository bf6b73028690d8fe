"""Rows for every table there is or will be, made from the schema alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.types import Instant

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def fill(
    database: Database, tables: MetaData, person: int, *, seed: int, at: datetime = LONG_AGO, guild: int = 0
) -> None:
    """Put one row about a person into every table, and rows that refer to it into every child."""
    async with database.transaction() as connection:
        for table in tables.sorted_tables:
            await connection.execute(insert(table).values(row_for(table, person, seed, at, guild)))


def row_for(table: Table, person: int, seed: int, at: datetime, guild: int = 0) -> dict[str, Any]:
    row = {column.name: _value(column, person, seed, at, guild) for column in table.columns}
    for key in table.constraints:
        if isinstance(key, ForeignKeyConstraint):
            parent = row_for(key.referred_table, person, seed, at, guild)
            row |= {e.parent.name: parent[e.column.name] for e in key.elements}
    return row


def _value(column: Column[Any], person: int, seed: int, at: datetime, guild: int) -> object:
    if column.info.get("person"):
        return person
    if column.name == "guild_id" and guild:
        return guild
    if isinstance(column.type, Instant):
        return at + timedelta(days=seed)
    kind = column.type.python_type
    if kind is bool:
        return bool(seed % 2)
    if kind is str:
        return f"text {seed}"
    return kind(seed)


async def everything(connection: AsyncConnection, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    return {
        table.name: [dict(row._mapping) for row in await connection.execute(select(table))]
        for table in tables.sorted_tables
    }
