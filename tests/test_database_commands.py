"""`./hush db …`: what was done, in a sentence; what cannot be done, too, with nothing changed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from bot.store.address import at
from bot.store.inspection import revision_of
from bot.store.migrate import Schema, migrate
from bot.store.ownership import Ownership

HEAD = Schema().head


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands find the database; the process stands in its folder, with no setting but that."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSH_DATABASE_URL", raising=False)
    monkeypatch.setenv("HUSH_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data" / "hush.db"


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Run the command; return the sentences it prints when all went well."""
    code = main(["db", *argv])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out.strip()


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """Run the command; return the one sentence it ends with."""
    code = main(["db", *argv])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    [sentence] = err.splitlines()
    return sentence


def remember(file: Path, user_id: int) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO person_settings (user_id, language, quiet, updated_at) VALUES (?, 'en-US', 0, ?)",
            (user_id, "2026-03-01 22:40:00.000000"),
        )


def remembered(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [user_id for (user_id,) in connection.execute("SELECT user_id FROM person_settings")]


def test_migrate_makes_a_database_and_then_has_nothing_to_do(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "migrate") == f"The database {file} is new and at revision {HEAD}."
    assert revision_of(file) == HEAD
    assert told(capsys, "migrate") == f"The database {file} is at the newest revision already, {HEAD}."


def test_what_was_backed_up_comes_back(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(at(file))
    remember(file, 42)
    backup = tmp_path / "monday.gz"
    assert told(capsys, "backup", str(backup)).startswith(
        f"{backup} holds all of it (rows: 1, revision {HEAD})."
    )
    assert backup.stat().st_mode & 0o077 == 0, "nobody else may read it"
    file.unlink()
    assert told(capsys, "restore", str(backup)).startswith(f"All of {backup} is back in {file} (rows: 1).")
    assert remembered(file) == [42]


def test_a_backup_can_be_made_while_hush_runs(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(at(file))
    ownership = Ownership(file.parent)
    try:
        told(capsys, "backup", str(tmp_path / "night.gz"))
        assert refused(capsys, "migrate").startswith(f"Another Hush is already using {file.parent}.")
        sentence = refused(capsys, "restore", str(tmp_path / "night.gz"))
        assert sentence.startswith(f"Another Hush is already using {file.parent}.")
    finally:
        ownership.release()


def test_a_backup_overwrites_nothing(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    migrate(at(file))
    backup = tmp_path / "monday.gz"
    backup.write_bytes(b"an older one")
    assert refused(capsys, "backup", str(backup)) == f"{backup} exists already. Give the backup another name."
    assert backup.read_bytes() == b"an older one"


def test_without_a_database_there_is_nothing_to_back_up(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(capsys, "backup", str(tmp_path / "b.gz")) == f"There is no database at {file} yet."
    assert not file.parent.exists()


def test_nothing_is_restored_over_what_is_there(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(at(file))
    remember(file, 42)
    backup = tmp_path / "monday.gz"
    told(capsys, "backup", str(backup))
    remember(file, 43)
    assert "already holds something. Nothing was changed" in refused(capsys, "restore", str(backup))
    assert remembered(file) == [42, 43]


def test_a_damaged_or_missing_backup(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backup = tmp_path / "monday.gz"
    assert refused(capsys, "restore", str(backup)) == f"There is no backup at {backup}."
    backup.write_bytes(b"\x1f\x8b half of something")
    assert refused(capsys, "restore", str(backup)).startswith(f"The backup {backup} is damaged or cut short.")
    assert not file.exists()


def test_an_address_that_is_none_is_not_repeated(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUSH_DATABASE_URL", "mysql://hush:s3cret@host/hush")
    sentence = refused(capsys, "migrate")
    assert sentence.startswith("HUSH_DATABASE_URL names a database Hush cannot use.")
    assert "s3cret" not in sentence
