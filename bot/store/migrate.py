"""Bringing a database to the newest schema, forward only: all pending revisions or none."""

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, MetaData, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import StoreError
from bot.store.address import file_of, spoken
from bot.store.engines import offline
from bot.store.inspection import copy_aside, revision_of
from bot.store.ownership import Ownership
from bot.store.tables import metadata

_log = logging.getLogger(__name__)

SCRIPTS: Final = Path(__file__).with_name("migrations")

ADVISORY_KEY: Final = int.from_bytes(b"hush", "big")
_alembic = threading.Lock()  # Alembic keeps the running migration in module globals


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration did, and the copy it kept of an older SQLite file."""

    before: str | None
    """The revision it found; None when the database was empty."""
    after: str
    backup: Path | None = None


class Schema:
    """The tables as they are now, and the Alembic scripts that lead there."""

    def __init__(self, scripts: Path = SCRIPTS, metadata: MetaData = metadata) -> None:
        self.metadata: Final = metadata
        self._config = Config()
        self._config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        directory = ScriptDirectory.from_config(self._config)
        self.known: Final = frozenset(script.revision for script in directory.walk_revisions())
        self.head: Final = str(directory.get_current_head())

    def check(self, revision: str | None, subject: str) -> None:
        """Raise StoreError when `revision` comes from a newer Hush; `subject` begins the sentence."""
        if revision is not None and revision not in self.known:
            raise StoreError(
                f"{subject} was written by a newer Hush (revision {revision}, this one ends at {self.head}). "
                "Nothing was changed: start that version again, or restore an older backup."
            )

    def require_tables(self, connection: Connection) -> None:
        """Raise StoreError when a table is missing, as after a dump that was restored only in part."""
        if missing := sorted(set(self.metadata.tables) - set(inspect(connection).get_table_names())):
            raise _damaged(connection, f"it has no {' and no '.join(missing)}")

    def upgrade(self, connection: Connection, revision: str = "head") -> None:
        """Run the pending revisions inside the transaction that is open on `connection`."""
        with _alembic:
            self._config.attributes["connection"] = connection
            try:
                command.upgrade(self._config, revision)
            finally:
                del self._config.attributes["connection"]


def migrate(url: URL, schema: Schema | None = None) -> Migration:
    """Bring the database at `url` to the newest revision, creating it when it is not there yet.

    A SQLite file of an older revision is copied aside first; PostgreSQL's dumps are its host's. Raises
    StoreError, with nothing changed, when the database is newer, damaged, in use or out of reach.
    """
    schema = schema or Schema()
    if (file := file_of(url)) is None:
        return _migrate_postgres(url, schema)
    with owned(file):
        return migrate_file(file, url, schema)


@contextmanager
def owned(file: Path) -> Generator[None]:
    """Own a SQLite file's folder for a while, making the folder when it is not there."""
    ownership = own(file)
    try:
        yield
    finally:
        ownership.release()


def own(file: Path) -> Ownership:
    """Take the folder of a SQLite file; raise StoreError when that cannot be."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Ownership(file.parent)
    except OSError as error:
        raise StoreError(f"The data folder {file.parent} cannot be used: {error.strerror}.") from error


def migrate_file(file: Path, url: URL, schema: Schema) -> Migration:
    """Migrate a SQLite file whose folder the caller owns."""
    before = revision_of(file)
    schema.check(before, f"The database {file}")
    if before == schema.head:
        return Migration(before, before)
    backup = copy_aside(file, before) if before is not None else None
    with migrating(url) as connection:
        schema.upgrade(connection)
    _log.info("database migrated", extra={"before": before, "after": schema.head})
    return Migration(before, schema.head, backup)


def _migrate_postgres(url: URL, schema: Schema) -> Migration:
    with migrating(url) as connection:
        before = current(connection)
        schema.check(before, f"The database {spoken(url)}")
        if before == schema.head:
            schema.require_tables(connection)
            return Migration(before, before)
        if before is not None:
            _log.warning(
                "migrating PostgreSQL in one transaction; dumps of it are its host's to keep",
                extra={"before": before, "after": schema.head},
            )
        schema.upgrade(connection)
    return Migration(before, schema.head)


@contextmanager
def migrating(url: URL) -> Generator[Connection]:
    """Open one transaction that alone may change the schema; it commits at the end, or leaves no trace."""
    engine = offline(url, "migrator")
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
            yield connection
            if (
                connection.dialect.name == "sqlite"
                and connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            ):
                raise StoreError(f"The database {spoken(url)} would lose references. Nothing was changed.")
    except SQLAlchemyError as error:
        raise StoreError(
            f"The database {spoken(url)} cannot be used: {cause(error)}. Nothing was changed."
        ) from error
    finally:
        engine.dispose()


def current(connection: Connection) -> str | None:
    """Return the revision a database says it is at, None when it holds nothing of Hush."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revisions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(revisions) != 1:
        raise _damaged(connection, "it does not name its one revision")
    return str(revisions[0])


def cause(error: SQLAlchemyError) -> str:
    """Return the driver's own words on one line, without statement or values."""
    words = str(getattr(error, "orig", None) or error).strip()
    return words.splitlines()[0].rstrip(".") if words else type(error).__name__


def _damaged(connection: Connection, reason: str) -> StoreError:
    return StoreError(
        f"The database {spoken(connection.engine.url)} is damaged: {reason}. "
        "Nothing was changed: restore your last backup into an empty one."
    )
