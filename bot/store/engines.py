"""Connections to either engine: asynchronous ones for the running bot, plain ones for offline work."""

from typing import Any, Final, Literal

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import StoreError

N_WRITERS: Final = 5
"""Transactions that may run side by side on PostgreSQL. SQLite has one writer."""

N_READERS: Final = 4

_BUSY_S: Final = 10.0
_CONNECT_S: Final = 5

Role = Literal["writer", "reader", "migrator"]
_SINGLE: Final = "hush_single"
"""The execution option of connections whose every statement stands for itself."""

_PRAGMAS: Final[dict[Role, tuple[str, ...]]] = {
    "writer": ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"),
    "reader": ("query_only = on",),
    # Rebuilding a table drops the old one; with foreign keys on that would delete the rows that refer to it.
    "migrator": ("journal_mode = wal", "synchronous = full", "foreign_keys = off"),
}
_BEGIN: Final[dict[Role, str]] = {
    "writer": "BEGIN IMMEDIATE",  # a deferred writer can find out too late that it may not write
    "reader": "BEGIN",
    "migrator": "BEGIN EXCLUSIVE",
}
_SNAPSHOT: Final[dict[str, Any]] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def writer_and_readers(url: URL) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """Return the engines for writing, for reading, and for single questions.

    A reader sees one instant and can change nothing. A single question needs no transaction around it, which
    is most of what it would cost.
    """
    if url.drivername == "sqlite":
        reader = _sqlite_pool(url, "reader", N_READERS)
        return _sqlite_pool(url, "writer", 1), reader, reader.execution_options(**{_SINGLE: True})
    _require_psycopg()
    engine = create_async_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=N_WRITERS + N_READERS,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=_psycopg_arguments(),
    )
    single = engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine, engine.execution_options(**_SNAPSHOT), single


def offline(url: URL, role: Role) -> Engine:
    """Return an engine for one thread's work: a migration, a backup, a restore."""
    if url.drivername == "sqlite":
        engine = create_engine(
            url.set(drivername="sqlite+pysqlite"),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=_sqlite_arguments(),
        )
        _speak_sqlite(engine, role)
        return engine
    _require_psycopg()
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=_psycopg_arguments(),
    )
    return engine.execution_options(**_SNAPSHOT) if role == "reader" else engine


def _sqlite_pool(url: URL, role: Role, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,
        connect_args=_sqlite_arguments(),
    )
    _speak_sqlite(engine.sync_engine, role)
    return engine


def _sqlite_arguments() -> dict[str, Any]:
    # isolation_level None: the driver starts no transactions of its own, the "begin" event does.
    return {"isolation_level": None, "timeout": _BUSY_S}


def _psycopg_arguments() -> dict[str, Any]:
    # prepare_threshold None: prepared statements break behind a pooler such as pgbouncer.
    return {"connect_timeout": _CONNECT_S, "prepare_threshold": None, "application_name": "hush"}


def _speak_sqlite(engine: Engine, role: Role) -> None:
    @event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in _PRAGMAS[role]:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_SINGLE):
            connection.exec_driver_sql(_BEGIN[role])


def _require_psycopg() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415 - an extra, and slow to import; SQLite needs none of it
    except ImportError:
        raise StoreError(
            "HUSH_DATABASE_URL names PostgreSQL, whose driver is missing here: pip install 'psycopg[binary]'."
        ) from None
