"""The address of the database: a file unless told otherwise, and never a password in a sentence."""

from pathlib import Path

import pytest

from bot.core.errors import SettingsError
from bot.store.address import file_of, locate, spoken

DATA = Path("/home/hush/data")


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_url_it_is_a_file_in_the_data_folder(nothing):
    assert file_of(locate(nothing, DATA)) == DATA / "hush.db"


def test_a_relative_folder_becomes_absolute():
    assert file_of(locate(None, Path("data"))) == Path.cwd() / "data" / "hush.db"


def test_a_sqlite_url_names_its_file():
    assert file_of(locate("sqlite:////srv/hush/other.db", DATA)) == Path("/srv/hush/other.db")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
def test_every_spelling_of_postgresql_is_understood(scheme):
    url = locate(f"{scheme}://hush:geheim@db.example:5433/asmr?sslmode=require", DATA)
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql", "db.example", 5433, "asmr")
    assert url.query["sslmode"] == "require"
    assert file_of(url) is None
    assert spoken(url) == "db.example/asmr"


@pytest.mark.parametrize(
    "wrong",
    [
        "geheim",
        "mysql://hush:geheim@host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///x.db?mode=ro",
        "postgresql://u:geheim@host:port/db",
    ],
)
def test_what_cannot_be_used_is_refused_without_repeating_it(wrong):
    with pytest.raises(SettingsError, match="HUSH_DATABASE_URL") as refusal:
        locate(wrong, DATA)
    assert "geheim" not in str(refusal.value)
