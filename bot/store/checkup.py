"""How a database is, without changing anything about it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, literal, select
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import StoreError
from bot.store.address import file_of, spoken
from bot.store.database import Database
from bot.store.engines import offline
from bot.store.inspection import revision_of
from bot.store.migrate import Schema, cause, current
from bot.store.ownership import Ownership

_ANSWER_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Condition:
    """A database that can be used: where it is, and whether a start would migrate it."""

    place: str
    """A file, or host and database; never a password."""
    revision: str | None
    """None while it is empty or not there yet."""
    head: str
    """The revision this Hush ends at."""
    in_use: bool
    """Whether a Hush has it open now. Always False on PostgreSQL, which many may use."""


def examine(url: URL, schema: Schema | None = None) -> Condition:
    """Look at the database at `url`; raise StoreError, as a start would, when it cannot be used."""
    schema = schema or Schema()
    file = file_of(url)
    place = spoken(url)
    revision, in_use = (_revision_at(url), False) if file is None else _revision_in(url, file)
    schema.check(revision, f"The database {place}")
    return Condition(place, revision, schema.head, in_use)


async def answers(database: Database) -> bool:
    """Whether a running database gives an answer within two seconds."""
    try:
        async with asyncio.timeout(_ANSWER_S), database.reading() as connection:
            await connection.execute(select(literal(1)))
    except (StoreError, TimeoutError):
        return False
    return True


def _revision_in(url: URL, file: Path) -> tuple[str | None, bool]:
    if not file.parent.exists():
        return None, False
    try:
        ownership = Ownership(file.parent)
    except StoreError as error:
        if error.__cause__ is not None:
            raise  # no locks on that file system
        # Somebody owns the folder. A file that is written to is read through the database, not beside it.
        return (_revision_at(url) if file.exists() else None), True
    except OSError as error:
        raise StoreError(f"The data folder {file.parent} cannot be used: {error.strerror}.") from error
    try:
        return revision_of(file), False
    finally:
        ownership.release()


def _revision_at(url: URL) -> str | None:
    engine = offline(url, "reader")
    try:
        with engine.connect() as connection:
            return current(connection)
    except SQLAlchemyError as error:
        raise StoreError(f"The database {spoken(url)} cannot be used: {cause(error)}.") from error
    finally:
        engine.dispose()
