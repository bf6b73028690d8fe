"""Insert or replace, the one statement the two engines' dialects spell apart."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERTS: Final[dict[str, Callable[[Table], sqlite.Insert | postgresql.Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


async def upsert(
    connection: AsyncConnection,
    table: Table,
    row: dict[str, Any],
    *,
    keep: frozenset[str] = frozenset(),
    add: frozenset[str] = frozenset(),
) -> None:
    """Insert `row`; where its primary key exists, replace its values.

    keep: columns whose values stay. add: columns whose new value is added to the old one.
    """
    statement = _INSERTS[connection.dialect.name](table).values(row)
    key = table.primary_key.columns
    replaced = {name: statement.excluded[name] for name in row if name not in key and name not in keep}
    summed = {name: table.columns[name] + statement.excluded[name] for name in add}
    if replaced:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_={**replaced, **summed})
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    await connection.execute(statement)
