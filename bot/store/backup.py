"""One file that holds everything, written by either engine and restored into either.

Format: gzip'd JSON lines. A header names the schema's revision; then each table as a line
`{"table": …, "columns": […]}` followed by its rows as arrays; then a trailer with the number of rows and
the SHA-256 of every line before it. Instants are ISO 8601 in UTC. Two backups of one state are equal.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Table, select
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import StoreError
from bot.store.address import file_of, spoken
from bot.store.engines import offline
from bot.store.migrate import Schema, cause, current

_FORMAT: Final = 1
_N_ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file that is whole: nothing is missing or changed since it was written."""

    file: Path
    revision: str
    n_rows: int

    @classmethod
    def read(cls, file: Path) -> "Backup":
        """Read the file through once. Raises StoreError when it is absent, damaged or cut short."""
        try:
            return cls(file, *_verified(file))
        except FileNotFoundError:
            raise StoreError(f"There is no backup at {file}.") from None
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"The backup {file} is damaged or cut short. Nothing was changed.") from error

    def batches(self) -> Generator[tuple[str, list[dict[str, Any]]]]:
        """Yield tables' rows in the order they were written, as many at once as memory bears easily."""
        table, columns = "", list[str]()
        rows = list[dict[str, Any]]()
        with gzip.open(self.file, "rb") as stream:
            for line in stream:
                value = json.loads(line)
                if isinstance(value, list):
                    rows.append(dict(zip(columns, value, strict=True)))
                if rows and (isinstance(value, dict) or len(rows) == _N_ROWS_AT_ONCE):
                    yield table, rows
                    rows = []
                if isinstance(value, dict) and "table" in value:
                    table, columns = value["table"], value["columns"]


def backup(url: URL, file: Path, schema: Schema | None = None) -> Backup:
    """Write the database at `url` to the new file `file`, as it is at one instant, while others may write.

    The file appears whole or not at all, readable by its owner only. Raises StoreError when it exists
    already, or the database is missing, out of reach or not at this Hush's revision.
    """
    schema = schema or Schema()
    if file.exists():
        raise StoreError(f"{file} exists already. Give the backup another name.")
    database = file_of(url)
    if database is not None and not database.exists():
        raise StoreError(f"There is no database at {database} yet.")
    engine = offline(url, "reader")
    try:
        with engine.connect() as connection, _appearing(file) as stream:
            return _write(connection, schema, stream, file)
    except SQLAlchemyError as error:
        raise StoreError(f"The database {spoken(url)} could not be read: {cause(error)}.") from error
    except OSError as error:
        raise StoreError(f"The backup {file} could not be written: {error.strerror}.") from error
    finally:
        engine.dispose()


def _verified(file: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    n_rows = 0
    with gzip.open(file, "rb") as stream:
        header = stream.readline()
        opening = json.loads(header)
        if opening["hush_backup"] != _FORMAT:
            raise ValueError("not a format this Hush reads")
        line = header
        for following in stream:
            digest.update(line)
            line = following
            n_rows += line.startswith(b"[")
    if json.loads(line) != {"rows": n_rows, "sha256": digest.hexdigest()}:
        raise ValueError("the trailer does not match")
    return str(opening["revision"]), n_rows


@contextmanager
def _appearing(file: Path) -> Generator[gzip.GzipFile]:
    partial = file.with_name(file.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            # No name and no time inside, so that equal states give equal files.
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream:
                yield stream
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _write(connection: Connection, schema: Schema, stream: gzip.GzipFile, file: Path) -> Backup:
    revision = current(connection)
    if revision != schema.head:
        schema.check(revision, "The database")
        raise StoreError(
            "The database is older than this Hush. Run `hush db migrate` first; it keeps a copy."
        )
    digest = hashlib.sha256()

    def write(line: object) -> None:
        encoded = json.dumps(line, separators=(",", ":"), default=datetime.isoformat).encode() + b"\n"
        digest.update(encoded)
        stream.write(encoded)

    write({"hush_backup": _FORMAT, "revision": revision})
    n_rows = 0
    for table in schema.metadata.sorted_tables:
        write({"table": table.name, "columns": [column.name for column in table.columns]})
        for row in _stored(connection, table):
            write(row)
            n_rows += 1
    stream.write(json.dumps({"rows": n_rows, "sha256": digest.hexdigest()}).encode() + b"\n")
    return Backup(file, revision, n_rows)


def _stored(connection: Connection, table: Table) -> Generator[list[Any]]:
    everything = select(table).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_N_ROWS_AT_ONCE).execute(everything):
        yield list(row)
