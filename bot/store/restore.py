"""Bringing a backup back, into either engine: everything or nothing."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    DateTime,
    MetaData,
    Table,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.engine.interfaces import ReflectedColumn

from bot.core.errors import StoreError
from bot.store.address import file_of, spoken
from bot.store.backup import Backup
from bot.store.inspection import revision_of
from bot.store.migrate import Schema, current, migrating, owned
from bot.store.types import Instant


def restore(url: URL, file: Path, schema: Schema | None = None) -> Backup:
    """Fill the empty database at `url` from a backup of this or any older revision; create it when absent.

    Raises StoreError, with nothing changed, when the backup is damaged or newer, or the database holds
    anything, is in use or out of reach.
    """
    schema = schema or Schema()
    backup = Backup.read(file)
    schema.check(backup.revision, f"The backup {file}")
    database = file_of(url)
    if database is None:
        _restore(url, backup, schema)
        return backup
    with owned(database):
        revision = revision_of(database)
        schema.check(revision, f"The database {database}")
        try:
            _restore(url, backup, schema)
        except BaseException:
            if revision is None:
                _remove(database)
            raise
    return backup


def _restore(url: URL, backup: Backup, schema: Schema) -> None:
    with migrating(url) as connection:
        schema.check(current(connection), f"The database {spoken(url)}")
        schema.upgrade(connection)
        _require_empty(connection, schema)
        if backup.revision != schema.head:
            # Rows fit the tables they were written from: go back there, fill, and walk forward again.
            schema.metadata.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version"))
            schema.upgrade(connection, backup.revision)
        _fill(connection, backup)
        schema.upgrade(connection)
        _continue_counting(connection, schema.metadata)


def _require_empty(connection: Connection, schema: Schema) -> None:
    for table in schema.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise StoreError(
                f"The database {spoken(connection.engine.url)} already holds something. Nothing was changed: "
                "restore into an empty one."
            )


def _fill(connection: Connection, backup: Backup) -> None:
    tables: dict[str, Table] = {}
    try:
        for name, rows in backup.batches():
            table = tables.setdefault(name, _reflected(connection, name))
            connection.execute(insert(table), [_typed(table, row) for row in rows])
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"The backup {backup.file} does not fit the schema it names. Nothing was changed."
        ) from error


def _reflected(connection: Connection, name: str) -> Table:
    """Return the table as it is at the backup's revision, which the code no longer describes."""
    reflected = MetaData()

    @event.listens_for(reflected, "column_reflect")
    def understand_instants(_inspector: Any, _table: Table, column: ReflectedColumn) -> None:
        if isinstance(column["type"], DateTime):
            column["type"] = Instant()

    return Table(name, reflected, autoload_with=connection)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if value is not None and _is_instant(table, name) else value
        for name, value in row.items()
    }


def _is_instant(table: Table, column: str) -> bool:
    return isinstance(table.columns[column].type, Instant)


def _continue_counting(connection: Connection, metadata: MetaData) -> None:
    """Let PostgreSQL's numbered columns go on after the numbers just restored; SQLite does by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if (column := table.autoincrement_column) is None:
            continue
        counter = func.pg_get_serial_sequence(table.name, column.name)
        highest = select(func.max(column)).scalar_subquery()
        connection.execute(
            select(func.setval(counter, highest)).where(highest.is_not(None), counter.is_not(None))
        )


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
