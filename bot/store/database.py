"""The open database of a running Hush: one door for writing, one for reading."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import URL
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    TimeoutError,  # noqa: A004 - the pool's
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.core.errors import StoreError
from bot.store.address import file_of, spoken
from bot.store.backup import Backup, backup
from bot.store.engines import N_READERS, N_WRITERS, writer_and_readers
from bot.store.interruption import uninterrupted
from bot.store.migrate import Migration, Schema, cause, migrate, migrate_file, own
from bot.store.ownership import Ownership

# What a store's own statement did wrong, rather than the database: those pass as they are.
_OUR_FAULT: Final = (IntegrityError, ProgrammingError, DataError, NotSupportedError)


class Database:
    """A migrated database, open for many tasks of one event loop.

    Opening brings it to the newest revision; on SQLite it also owns the data folder until closed. Always
    close it: the driver's threads outlive a forgotten one.
    """

    def __init__(self, url: URL, schema: Schema | None = None) -> None:
        self._url = url
        self._schema = schema
        self._ownership: Ownership | None = None
        self._engines: tuple[AsyncEngine, AsyncEngine, AsyncEngine] | None = None
        self._n_writers: Final = 1 if file_of(url) else N_WRITERS
        self._write_turn = asyncio.Semaphore(self._n_writers)
        self._read_turn = asyncio.Semaphore(N_READERS)
        self._closing = asyncio.Lock()
        self._writing: set[asyncio.Task[Any] | None] = set()

    @property
    def url(self) -> URL:
        return self._url

    @property
    def is_shared(self) -> bool:
        """Whether other processes may be using it; never so on SQLite, whose folder one Hush owns."""
        return file_of(self._url) is None

    async def open(self) -> Migration:
        """Migrate and connect. Raises StoreError, with nothing changed, when that cannot be."""
        if self._engines is not None:
            raise RuntimeError("the database is already open")
        try:
            migration = await uninterrupted(asyncio.to_thread(self._migrate))
            self._engines = writer_and_readers(self._url)
            async with self.transaction(), self.reading():
                pass  # proves both doors before anybody needs them
        except BaseException:
            await self.close()
            raise
        return migration

    async def close(self) -> None:
        """Wait for those at work, let go of every connection, then of the folder.

        Whoever still waits for a turn gets StoreError. Closing twice is harmless.
        """
        engines, self._engines = self._engines, None
        await uninterrupted(self._let_go(engines))

    async def _let_go(self, engines: tuple[AsyncEngine, AsyncEngine, AsyncEngine] | None) -> None:
        async with self._closing:
            try:
                if engines is not None:
                    writer, reader, _ = engines  # single questions go through the reader's connections
                    await self._dispose(writer, reader)
            finally:
                if self._ownership is not None:
                    self._ownership.release()
                    self._ownership = None

    async def _dispose(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        turns = [self._write_turn] * self._n_writers + [self._read_turn] * N_READERS
        for turn in turns:
            await turn.acquire()
        try:
            # The writer last: the last connection folds SQLite's journal into the file.
            await reader.dispose()
            await writer.dispose()
        finally:
            for turn in turns:
                turn.release()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection whose changes are kept together at the end, or not at all on any error.

        On SQLite one transaction runs at a time, others wait their turn; on PostgreSQL they run side by
        side, so a read that decides a write belongs into one statement or takes FOR UPDATE. A cancelled
        caller has either kept everything or nothing. Transactions do not nest. Raises StoreError when the
        database does not answer; a statement's own faults (IntegrityError…) pass as they are.
        """
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("a transaction is already open in this task")
        async with self._write_turn:
            self._writing.add(task)
            try:
                async with self._connection(0) as connection:
                    yield connection
                    await uninterrupted(connection.commit())
            finally:
                self._writing.discard(task)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection that sees the database as it was at its first statement, and cannot write."""
        async with self._read_turn, self._connection(1) as connection:
            yield connection

    @asynccontextmanager
    async def asking(self) -> AsyncGenerator[AsyncConnection]:
        """Give a connection for one question: as `reading`, but each statement sees its own instant."""
        async with self._read_turn, self._connection(2) as connection:
            yield connection

    async def backup(self, file: Path) -> Backup:
        """Write everything to `file` while others go on; see bot.store.backup for the format."""
        return await asyncio.to_thread(backup, self._url, file, self._schema)

    def _migrate(self) -> Migration:
        file = file_of(self._url)
        if file is None:
            return migrate(self._url, self._schema)
        self._ownership = own(file)
        return migrate_file(file, self._url, self._schema or Schema())

    @asynccontextmanager
    async def _connection(self, which: int) -> AsyncGenerator[AsyncConnection]:
        if self._engines is None:
            raise StoreError("The database is not open: Hush is starting or ending.")
        connection = self._engines[which].connect()
        with self._faults():
            try:
                await uninterrupted(_begin(connection))
                yield connection
            finally:
                # Rolls back what was not committed. Uninterrupted, or the connection would stay half open.
                if connection.sync_connection is not None:
                    await uninterrupted(connection.close())

    @contextmanager
    def _faults(self) -> Generator[None]:
        try:
            yield
        except _OUR_FAULT:
            raise
        except (DBAPIError, TimeoutError) as error:
            raise StoreError(f"The database {spoken(self._url)} did not answer: {cause(error)}.") from error


async def _begin(connection: AsyncConnection) -> None:
    await connection.start()
    await connection.begin()
