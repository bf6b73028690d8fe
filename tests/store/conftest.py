"""The two engines every store test runs on, and what the tests are given."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.store.database import Database
from tests.databases import new_database


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
