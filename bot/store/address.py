"""Where the database is: a URL from the settings, or a file in the data folder."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.core.errors import SettingsError

DEFAULT_FILE = "hush.db"


def locate(database_url: str | None, data_dir: Path) -> URL:
    """Return the address of the database: `database_url` when given, else `hush.db` in `data_dir`.

    Understands `postgresql://…` (also `postgres://…`) and `sqlite:///file`. Raises SettingsError, whose
    sentence never repeats the URL: it may hold a password.
    """
    if not database_url:
        return at(data_dir / DEFAULT_FILE)
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "HUSH_DATABASE_URL is not a URL. Write postgresql://user:password@host/database, or leave it out."
        ) from None
    kind = url.drivername.partition("+")[0]
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql")
    if kind == "sqlite" and url.database and url.database != ":memory:" and not url.query:
        return at(Path(url.database))
    raise SettingsError(
        "HUSH_DATABASE_URL names a database Hush cannot use. Use postgresql://…, or sqlite:/// and a file."
    )


def at(file: Path) -> URL:
    """Return the address of a SQLite file."""
    return URL.create("sqlite", database=str(file.absolute()))


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite address, None for PostgreSQL."""
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def spoken(url: URL) -> str:
    """Return the address as a sentence may name it: a file, or host and database, never a password."""
    if (file := file_of(url)) is not None:
        return str(file)
    host = url.host or url.query.get("host") or "localhost"
    return f"{host if isinstance(host, str) else host[0]}/{url.database or 'postgres'}"
