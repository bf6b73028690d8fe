"""News of what people change: inside the process by an event, between processes by PostgreSQL's NOTIFY."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL

from bot.store.address import file_of
from bot.store.reminder_rows import CHANNEL


class News:
    """Implements `bot.reminders.ports.Changes` for one process."""

    def __init__(self) -> None:
        self._told = asyncio.Event()

    def tell(self) -> None:
        self._told.set()

    async def wait(self) -> None:
        await self._told.wait()
        self._told.clear()


@asynccontextmanager
async def listening(url: URL, news: News) -> AsyncGenerator[News]:
    """Let `news` also carry what other processes on the same PostgreSQL tell.

    Raises OSError when the connection cannot be made; when it breaks later, whoever waits is woken.
    """
    if file_of(url) is not None:
        yield news
        return
    import psycopg  # noqa: PLC0415 - an extra; SQLite needs none of it

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        raise ConnectionError("PostgreSQL does not let us listen") from error
    async with connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        hearing = asyncio.ensure_future(_hear(connection, news))
        try:
            yield news
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


async def _hear(connection: Any, news: News) -> None:
    try:
        async for _ in connection.notifies():
            news.tell()
    finally:
        news.tell()
