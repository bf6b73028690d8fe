"""What `./hush db …` does: migrate, back up, restore, each told in a sentence."""

from pathlib import Path

from sqlalchemy import URL

from bot.settings import Settings, load
from bot.store.address import locate, spoken
from bot.store.backup import backup
from bot.store.migrate import Migration, migrate
from bot.store.restore import restore


def migrate_database() -> int:
    """Bring the database to the newest revision. Raises HushError, with nothing changed, when it cannot."""
    url = database_url(load())
    print(_told(migrate(url), spoken(url)))
    return 0


def backup_database(file: Path) -> int:
    """Write everything to the new file, while Hush may run. Raises HushError when it cannot."""
    written = backup(database_url(load()), file)
    print(
        f"{file} holds all of it (rows: {written.n_rows}, revision {written.revision})."
        " Keep it private: it is everything people entrusted to Hush."
    )
    return 0


def restore_database(file: Path) -> int:
    """Fill the empty database from a backup. Raises HushError, with nothing changed, when it cannot."""
    url = database_url(load())
    read = restore(url, file)
    print(f"All of {file} is back in {spoken(url)} (rows: {read.n_rows}). Start Hush when you like.")
    return 0


def _told(migration: Migration, place: str) -> str:
    if migration.before == migration.after:
        return f"The database {place} is at the newest revision already, {migration.after}."
    if migration.before is None:
        return f"The database {place} is new and at revision {migration.after}."
    kept = f" What it was before is in {migration.backup}." if migration.backup is not None else ""
    return f"The database {place} went from revision {migration.before} to {migration.after}.{kept}"


def database_url(settings: Settings) -> URL:
    """Return where the settings say the database is. Raises SettingsError."""
    secret = settings.database_url
    return locate(None if secret is None else secret.get_secret_value(), settings.data_dir)
