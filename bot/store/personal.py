"""Every row about a person, found by walking the schema: a new table cannot be forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    MetaData,
    Row,
    Table,
    and_,
    delete,
    exists,
    false,
    or_,
    select,
    update,
)

from bot.privacy import ports
from bot.store.database import Database
from bot.store.retention import kept
from bot.store.tables import metadata

_LARGEST_IN_JSON: Final = 2**53
"""Readers of JSON round larger whole numbers; Discord's ids are larger."""


class SqlPersonalRows:
    """Implements `bot.privacy.ports.PersonalRows`.

    A column marked PERSON that may not be null makes its row the person's: the row goes. One that may be
    null only names them on something of others: the name goes. Rows that refer to a person's row by a
    foreign key go with it.
    """

    def __init__(self, database: Database, tables: MetaData = metadata) -> None:
        self._database = database
        self._tables = tables.sorted_tables  # parents before children

    async def of(self, user_id: int) -> Sequence[ports.Table]:
        found = []
        async with self._database.reading() as connection:
            for table in self._tables:
                about = or_(owned_by(table, user_id), _names(table, user_id))
                rows = (await connection.execute(select(table).where(about))).all()
                if rows:
                    term = kept(table)
                    plain = tuple(_plain(row, table) for row in rows)
                    found.append(ports.Table(table.name, term.what, term.spoken, plain))
        return found

    async def erase(self, user_id: int) -> int:
        n_rows = 0
        async with self._database.transaction() as connection:
            for table in reversed(self._tables):
                gone = await connection.execute(delete(table).where(owned_by(table, user_id)))
                n_rows += gone.rowcount
                for column in table.columns:
                    if column.info.get("person") and column.nullable:
                        emptied = update(table).where(column == user_id).values({column.name: None})
                        n_rows += (await connection.execute(emptied)).rowcount
        return n_rows


def owned_by(table: Table, user_id: int) -> ColumnElement[bool]:
    """Return what is true of the table's rows that are a person's own."""
    conditions: list[ColumnElement[bool]] = [
        column == user_id for column in table.columns if column.info.get("person") and not column.nullable
    ]
    for key in table.foreign_key_constraints:
        parent = key.referred_table
        if parent is not table:
            joined = [element.parent == element.column for element in key.elements]
            conditions.append(exists(select(1).where(and_(*joined), owned_by(parent, user_id))))
    return or_(false(), *conditions)


def _names(table: Table, user_id: int) -> ColumnElement[bool]:
    named = [c == user_id for c in table.columns if c.info.get("person") and c.nullable]
    return or_(false(), *named)


def _plain(row: Row[Any], table: Table) -> dict[str, object]:
    return {
        name: _json_value(value)
        for name, value in row._mapping.items()  # noqa: SLF001 - SQLAlchemy's public name
        if not table.columns[name].info.get("secret")
    }


def _json_value(value: object) -> object:
    match value:
        case bool() | None | str() | float():
            return value
        case int():
            return str(value) if abs(value) > _LARGEST_IN_JSON else value
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
