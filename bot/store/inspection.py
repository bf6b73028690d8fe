"""A look at a SQLite file before anything opens it for real: whole, Hush's own, and at which revision.

Looking changes nothing, not even the files beside it: a cleanly closed file is read as immutable, one
with a journal left by a crash is copied away and read there.
"""

import shutil
import sqlite3
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from bot.core.errors import StoreError


def revision_of(file: Path) -> str | None:
    """Return the schema revision of a SQLite file, None when it is absent or still empty.

    Raises StoreError when it is damaged or some other program's database. The caller owns the folder.
    """
    try:
        if not file.exists():
            return None
        with file.open("rb"):
            pass  # a file that may not be read is not a damaged one
        if file.stat().st_size == 1:
            raise _damaged(file, "it is cut short")  # SQLite would take it for an empty one
        if any(journal.exists() and journal.stat().st_size for journal in _journals(file)):
            with tempfile.TemporaryDirectory(prefix="hush-") as folder:
                return _look(_copied(file, Path(folder)), "", file)
        return _look(file, "?mode=ro&immutable=1", file, n_bytes=file.stat().st_size)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise _damaged(file, str(error)) from error
    except OSError as error:
        raise StoreError(
            f"The database {file} cannot be read: {error.strerror}. Nothing was changed."
        ) from error


def copy_aside(file: Path, revision: str) -> Path:
    """Copy the database to `<file>.<revision>.backup`, journal included, and return that path.

    The copy appears whole or not at all. Raises StoreError when there is no room for it.
    """
    backup = file.with_name(f"{file.name}.{revision}.backup")
    partial = backup.with_suffix(".partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy)
        partial.replace(backup)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StoreError(
            f"The database {file} could not be copied before its migration: {error}. Nothing was changed."
        ) from error
    return backup


def _journals(file: Path) -> list[Path]:
    return [file.with_name(file.name + suffix) for suffix in ("-wal", "-journal")]


def _copied(file: Path, folder: Path) -> Path:
    for source in (file, *_journals(file)):
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / file.name


def _look(readable: Path, query: str, file: Path, *, n_bytes: int | None = None) -> str | None:
    with closing(sqlite3.connect(readable.absolute().as_uri() + query, uri=True)) as connection:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise _damaged(file, verdict)
        pages = "SELECT page_size * page_count FROM pragma_page_size, pragma_page_count"
        if n_bytes is not None and n_bytes < connection.execute(pages).fetchone()[0]:
            # SQLite itself reads what is missing of the last page as zeros.
            raise _damaged(file, "its end is missing")
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise StoreError(
                f"{file} is a database, but not one of Hush's. Move it away, or set HUSH_DATABASE_URL."
            )
        revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(revisions) != 1:
        raise _damaged(file, "it does not name its one revision")
    return str(revisions[0][0])


def _damaged(file: Path, reason: str) -> StoreError:
    return StoreError(
        f"The database {file} is damaged: {reason.splitlines()[-1]}. Nothing was changed: "
        "move it away and restore your last backup with `hush db restore`."
    )
