"""Older databases are brought along; newer, foreign and damaged ones are left exactly as they are."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from bot.core.errors import StoreError
from bot.core.preferences import PersonSettings
from bot.store.address import at, file_of
from bot.store.database import Database
from bot.store.engines import offline
from bot.store.migrate import Migration, Schema, migrate
from bot.store.settings import SqlPersonSettingsStore
from tests.databases import new_database
from tests.store.later import HEAD, LATER, later_schema

MANY = 300


def everything_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


async def fill(url, clock) -> None:
    async with Database(url) as database:
        people = SqlPersonSettingsStore(database, clock)
        for user_id in range(1, 4):
            await people.put(PersonSettings(user_id, country="DE", quiet=True))


def rows(url, statement: str) -> list[tuple[object, ...]]:
    engine = offline(url, "reader")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return found


async def test_the_second_start_migrates_nothing(url, clock):
    await fill(url, clock)
    assert migrate(url) == Migration(HEAD, HEAD)


async def test_an_older_database_is_migrated_with_all_it_holds(url, clock, tmp_path, engine):
    await fill(url, clock)
    async with Database(url, later_schema(tmp_path)):
        pass
    assert rows(url, "SELECT user_id, country, mood FROM person_settings ORDER BY user_id") == [
        (user_id, "DE", None) for user_id in (1, 2, 3)
    ]
    assert rows(url, "SELECT version_num FROM alembic_version") == [(LATER,)]


async def test_the_zone_typed_for_quiet_hours_becomes_the_servers(url):
    if (file := file_of(url)) is not None:
        file.parent.mkdir()
    engine = offline(url, "migrator")
    with engine.begin() as connection:
        Schema().upgrade(connection, "0010")
        for zones in ("1, NULL, 'Europe/Berlin'", "2, 'UTC', 'Asia/Tokyo'", "3, 'UTC', NULL"):
            connection.execute(
                text(
                    "INSERT INTO guild_settings (guild_id, timezone, quiet_zone, timer_default_minutes,"
                    " tail_minutes, volume_cap_percent, leave_at_end, voice_status, created_at, updated_at)"
                    f" VALUES ({zones}, 60, 10, 100, false, false, '2026-11-26 00:00', '2026-11-26 00:00')"
                )
            )
    engine.dispose()
    migrate(url)
    assert rows(url, "SELECT guild_id, timezone FROM guild_settings ORDER BY guild_id") == [
        (1, "Europe/Berlin"),
        (2, "Asia/Tokyo"),
        (3, "UTC"),
    ]


async def test_an_older_file_is_copied_aside_first(file, clock, tmp_path):
    await fill(at(file), clock)
    migration = migrate(at(file), later_schema(tmp_path))
    backup = file.with_name(f"hush.db.{HEAD}.backup")
    assert migration == Migration(HEAD, LATER, backup)
    assert backup.stat().st_mode & 0o077 == 0
    assert rows(at(backup), "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert rows(at(backup), "SELECT sum(quiet) FROM person_settings") == [(3,)]
    assert {path.name for path in file.parent.iterdir()} == {"hush.db", backup.name}


async def test_what_a_crash_left_in_the_journal_is_migrated_and_copied_too(file, clock, tmp_path):
    await fill(at(file), clock)
    with closing(sqlite3.connect(file, isolation_level=None)) as crashed:
        crashed.execute("UPDATE person_settings SET country = 'NP'")
        folder = tmp_path / "after the crash"
        shutil.copytree(file.parent, folder)
    moved = folder / file.name
    assert moved.with_name("hush.db-wal").stat().st_size
    migration = migrate(at(moved), later_schema(tmp_path))
    assert rows(at(moved), "SELECT DISTINCT country FROM person_settings") == [("NP",)]
    assert rows(at(migration.backup), "SELECT DISTINCT country FROM person_settings") == [("NP",)]


@pytest.mark.parametrize(
    "fault", ["op.execute('SELECT * FROM no_such_table')", 'op.execute("DELETE FROM person_settings"); 1 / 0']
)
async def test_a_migration_that_fails_leaves_the_database_as_it_was(url, clock, tmp_path, fault):
    await fill(url, clock)
    with pytest.raises((StoreError, ZeroDivisionError)):
        migrate(url, later_schema(tmp_path, fault))
    assert rows(url, "SELECT count(*) FROM person_settings") == [(3,)]
    assert "bell" not in tables(url)
    async with Database(url) as database:
        assert (await SqlPersonSettingsStore(database, clock).get(2)).quiet


async def test_a_migration_that_would_lose_references_is_undone(file, clock, tmp_path):
    await fill(at(file), clock)
    orphan = "op.execute('INSERT INTO bell (person_id) VALUES (99)')"
    with pytest.raises(StoreError, match="would lose references"):
        migrate(at(file), later_schema(tmp_path, orphan))
    assert "bell" not in tables(at(file))


async def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(file, clock, tmp_path):
    await fill(at(file), clock)
    rebuild = (
        "op.execute('INSERT INTO bell (person_id) VALUES (2)')",
        "with op.batch_alter_table('person_settings', recreate='always') as table: pass",
    )
    migrate(at(file), later_schema(tmp_path, *rebuild))
    assert rows(at(file), "SELECT person_id FROM bell") == [(2,)]


async def test_a_newer_database_is_refused_and_untouched(url, clock, tmp_path, engine):
    migrate(url, later_schema(tmp_path))
    before = everything_in(Path(url.database).parent) if engine == "sqlite" else None
    with pytest.raises(
        StoreError, match=rf"newer Hush \(revision {LATER}, this one ends at {HEAD}\)\. Nothing was changed"
    ):
        async with Database(url):
            pass
    if before is not None:
        assert everything_in(Path(url.database).parent) == before
    assert "bell" in tables(url)


async def test_a_newer_file_after_a_crash_is_refused_and_untouched(file, tmp_path):
    migrate(at(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as crashed:
        crashed.execute("UPDATE alembic_version SET version_num = '0777'")
        folder = tmp_path / "after the crash"
        shutil.copytree(file.parent, folder)
    before = everything_in(folder)
    assert before["hush.db-wal"][0]
    with pytest.raises(StoreError, match="revision 0777"):
        migrate(at(folder / file.name))
    assert everything_in(folder) == before


async def full_file(file: Path, clock) -> bytes:
    async with Database(at(file)) as database:
        people = SqlPersonSettingsStore(database, clock)
        for user_id in range(MANY):
            await people.put(PersonSettings(user_id, country="DE"))
    return everything_in(file.parent)[file.name][0]


async def test_a_file_cut_short_is_refused_and_untouched(file, clock):
    whole = await full_file(file, clock)
    for length in (
        1,
        15,
        16,
        50,
        100,
        101,
        512,
        4095,
        4096,
        5000,
        len(whole) // 2,
        len(whole) - 4096,
        len(whole) - 1,
    ):
        file.write_bytes(whole[:length])
        await refused_and_untouched(file)


async def test_a_file_with_lost_pages_is_refused_and_untouched(file, clock):
    whole = await full_file(file, clock)
    for page in range(0, len(whole), 4096):
        file.write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
        await refused_and_untouched(file)


@pytest.mark.parametrize("content", [b"not a database\n" * 500, bytes(8192), "schläft\n".encode()])
async def test_a_file_that_is_no_database_is_refused_and_untouched(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    await refused_and_untouched(file)


async def refused_and_untouched(file: Path) -> None:
    before = everything_in(file.parent)
    with pytest.raises(StoreError, match=r"damaged: .*Nothing was changed") as refusal:
        async with Database(at(file)):
            pass
    assert "\n" not in str(refusal.value)
    assert everything_in(file.parent) == before


def test_a_file_that_may_not_be_read_is_not_called_damaged(file):
    file.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot be read: Is a directory\. Nothing was changed"):
        migrate(at(file))


async def test_another_programs_database_is_refused_and_untouched(file):
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE cookies (host TEXT)")
    before = everything_in(file.parent)
    with pytest.raises(StoreError, match="not one of Hush's"):
        migrate(at(file))
    assert everything_in(file.parent) == before


async def test_a_database_without_its_revision_is_refused(url):
    migrate(url)
    engine = offline(url, "migrator")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"damaged: .*revision"):
        migrate(url)


def test_a_half_restored_server_is_refused(tmp_path, request):
    url = new_database("postgres", tmp_path, request)
    migrate(url)
    engine = offline(url, "migrator")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE person_settings"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"damaged: it has no person_settings\."):
        migrate(url)


async def test_a_file_left_empty_by_a_crash_is_a_new_database(file):
    file.parent.mkdir()
    file.touch()
    assert migrate(at(file)) == Migration(None, HEAD)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "data").touch()
    with pytest.raises(StoreError, match=r"data folder .*data cannot be used"):
        migrate(at(tmp_path / "data" / "hush.db"))


def test_a_copy_that_cannot_be_made_stops_the_migration(file, tmp_path):
    migrate(at(file))
    file.with_name(f"hush.db.{HEAD}.partial").mkdir()
    with pytest.raises(StoreError, match="could not be copied"):
        migrate(at(file), later_schema(tmp_path))
    assert rows(at(file), "SELECT version_num FROM alembic_version") == [(HEAD,)]


def tables(url) -> set[str]:
    engine = offline(url, "reader")
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
    engine.dispose()
    return names
