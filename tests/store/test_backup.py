"""A backup holds everything, restores into either engine, and is trusted only when it is whole."""

import asyncio
import gzip
import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from bot.audio.mix import Layer, Mix, Place, Plan
from bot.core.errors import StoreError
from bot.core.preferences import GuildSettings, PersonSettings
from bot.playback.desired import DesiredSession
from bot.store.address import at, file_of
from bot.store.backup import backup
from bot.store.database import Database
from bot.store.engines import offline
from bot.store.migrate import migrate
from bot.store.restore import restore
from bot.store.sessions import SqlSessionStore
from bot.store.settings import SqlGuildSettingsStore, SqlPersonSettingsStore
from bot.store.tables import person_settings
from tests.databases import new_database
from tests.store.conftest import WoundClock
from tests.store.later import HEAD, LATER, later_schema

STARTED = datetime(2026, 3, 1, 22, 40, 5, 250_000, tzinfo=UTC)
SESSION = DesiredSession(
    2**63 - 1,
    7,
    Plan(Mix((Layer("rain 🌧"), Layer("taps", -12.5, Place(-90, 0.1)))), 3),
    60,
    STARTED,
    STARTED + timedelta(hours=1),
    600.0,
    asked_by=9,
)
GUILD = GuildSettings(5, listener_role_id=6, volume_cap_percent=70, leave_at_end=True, language="de")
PERSON = PersonSettings(9, country="NP", timezone="Asia/Kathmandu", quiet=True)


async def fill(database: Database, clock) -> None:
    await SqlSessionStore(database, clock).put(SESSION)
    await SqlGuildSettingsStore(database, clock).put(GUILD)
    people = SqlPersonSettingsStore(database, clock)
    await people.put(PERSON)
    crowd = [{"user_id": user_id, "quiet": False, "updated_at": clock.now()} for user_id in range(1000, 1700)]
    async with database.transaction() as connection:
        await connection.execute(insert(person_settings), crowd)


async def holds_everything(database: Database, clock) -> bool:
    people = SqlPersonSettingsStore(database, clock)
    return (
        list(await SqlSessionStore(database, clock).all()) == [SESSION]
        and await SqlGuildSettingsStore(database, clock).get(5) == GUILD
        and await people.get(9) == PERSON
        and await people.get(1699) == PersonSettings(1699)
    )


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a filled database at the first revision."""
    folder = tmp_path_factory.mktemp("shelf")

    async def write() -> None:
        async with Database(at(folder / "data" / "hush.db")) as database:
            await fill(database, WoundClock())
            await database.backup(folder / "hush.backup")

    asyncio.run(write())
    return folder / "hush.backup"


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
async def test_a_backup_made_while_running_restores_into_either_engine(
    database, clock, tmp_path, request, target
):
    await fill(database, clock)
    made = await database.backup(tmp_path / "hush.backup")
    assert (made.revision, made.n_rows) == (HEAD, 703)
    assert made.file.stat().st_mode & 0o077 == 0
    elsewhere = new_database(target, tmp_path, request)
    assert restore(elsewhere, made.file) == made
    async with Database(elsewhere) as restored:
        assert await holds_everything(restored, clock)
        again = await restored.backup(tmp_path / "again.backup")
    assert again.file.read_bytes() == made.file.read_bytes()


async def test_a_backup_shows_one_instant_while_others_write(database, clock, tmp_path):
    people = SqlPersonSettingsStore(database, clock)

    async def write(first: int) -> None:
        for user_id in range(first, first + 25):
            await people.put(PersonSettings(user_id))

    writers = asyncio.gather(*(write(first) for first in range(0, 100, 25)))
    made = await database.backup(tmp_path / "hush.backup")
    await writers
    assert 0 <= made.n_rows <= 100
    assert made.n_rows == sum(
        1 for line in gzip.decompress(made.file.read_bytes()).splitlines() if line.startswith(b"[")
    )


def test_a_backup_never_replaces_a_file(url, tmp_path):
    migrate(url)
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        backup(url, tmp_path / "precious")
    assert (tmp_path / "precious").read_text() == "mine"


def test_a_backup_into_nowhere_is_named(url, tmp_path):
    migrate(url)
    with pytest.raises(StoreError, match="could not be written"):
        backup(url, tmp_path / "no" / "such" / "folder")


def test_a_backup_of_nothing_makes_nothing(file, tmp_path):
    with pytest.raises(StoreError, match="no database"):
        backup(at(file), tmp_path / "hush.backup")
    assert not file.parent.exists()


def test_a_backup_of_an_older_database_asks_for_its_migration(url, tmp_path):
    migrate(url)
    with pytest.raises(StoreError, match="hush db migrate"):
        backup(url, tmp_path / "hush.backup", later_schema(tmp_path))
    assert not list(tmp_path.glob("hush.backup*"))


def test_a_backup_of_a_newer_database_is_refused(url, tmp_path):
    migrate(url, later_schema(tmp_path))
    with pytest.raises(StoreError, match="newer Hush"):
        backup(url, tmp_path / "hush.backup")


def test_a_database_that_was_only_opened_counts_as_empty(url, shelf):
    migrate(url)
    assert restore(url, shelf).n_rows == 703


async def test_a_database_that_holds_anything_is_left_alone(url, shelf, clock):
    async with Database(url) as database:
        await SqlPersonSettingsStore(database, clock).put(PersonSettings(1, country="DE"))
    with pytest.raises(StoreError, match="already holds something"):
        restore(url, shelf)
    async with Database(url) as database:
        assert (await SqlPersonSettingsStore(database, clock).get(1)).country == "DE"
        assert await SqlSessionStore(database, clock).all() == []


def test_a_running_hush_is_not_restored_over(file, shelf):
    async def attempt() -> None:
        async with Database(at(file)):
            restore(at(file), shelf)

    with pytest.raises(StoreError, match="Another Hush"):
        asyncio.run(attempt())


def test_an_older_backup_is_walked_forward(url, shelf, tmp_path, engine):
    later = later_schema(
        tmp_path, "op.execute(\"UPDATE person_settings SET mood = 'calm' WHERE user_id = 9\")"
    )
    assert restore(url, shelf, later).revision == HEAD
    maker = offline(url, "writer")
    with maker.begin() as connection:
        people = later.metadata.tables["person_settings"]
        kept = select(people.columns.mood, people.columns.timezone).where(people.columns.user_id == 9)
        assert connection.execute(kept).one() == ("calm", "Asia/Kathmandu")
    maker.dispose()
    assert migrate(url, later).before == LATER


def test_numbers_go_on_after_the_restored_ones(engine, tmp_path, request):
    later = later_schema(tmp_path)
    source, target = (new_database(engine, tmp_path, request) for _ in range(2))
    migrate(source, later)
    bell = later.metadata.tables["bell"]
    rings = [{"id": 41, "rings_at": STARTED, "once": True}, {"id": 42, "rings_at": None, "once": None}]
    maker = offline(source, "writer")
    with maker.begin() as connection:
        connection.execute(insert(bell), rings)
    maker.dispose()
    backup(source, tmp_path / "bells", later)
    restore(target, tmp_path / "bells", later)
    maker = offline(target, "writer")
    with maker.begin() as connection:
        assert connection.execute(insert(bell).values(once=False)).inserted_primary_key == (43,)
        kept = connection.execute(select(bell.columns.rings_at, bell.columns.once).order_by(bell.columns.id))
        assert kept.all() == [(STARTED, True), (None, None), (None, False)]
    maker.dispose()


def test_a_newer_backup_is_refused(url, tmp_path, engine, request):
    later = later_schema(tmp_path)
    migrate(url, later)
    backup(url, tmp_path / "hush.backup", later)
    with pytest.raises(StoreError, match=r"backup .* written by a newer Hush"):
        restore(new_database(engine, tmp_path, request), tmp_path / "hush.backup")


def test_a_backup_cut_or_changed_anywhere_is_refused_and_nothing_made(shelf, file, tmp_path):
    whole = shelf.read_bytes()
    bent = tmp_path / "bent.backup"
    for at_byte in sorted(
        {0, 1, 9, 10, 20, len(whole) // 3, len(whole) // 2, len(whole) - 9, len(whole) - 1}
    ):
        for content in (
            whole[:at_byte],
            whole[:at_byte] + bytes([whole[at_byte] ^ 0x55]) + whole[at_byte + 1 :],
        ):
            bent.write_bytes(content)
            if 3 < at_byte < 10 and len(content) == len(whole):
                continue  # gzip's time and system bytes mean nothing
            with pytest.raises(StoreError, match=r"damaged or cut short\. Nothing was changed"):
                restore(at(file), bent)
            assert not file.parent.exists()


@pytest.mark.parametrize(
    "edit", ["drop a row", "drop the trailer", "change a value", "another format", "no json"]
)
def test_a_backup_edited_by_hand_is_refused(shelf, file, tmp_path, edit):
    lines = gzip.decompress(shelf.read_bytes()).splitlines(keepends=True)
    if edit == "drop a row":
        del lines[-2]
    elif edit == "drop the trailer":
        del lines[-1]
    elif edit == "change a value":
        row = last_row(lines)
        lines[row] = lines[row].replace(b"null", b"true", 1)
    elif edit == "another format":
        lines[0] = json.dumps({"hush_backup": 2, "revision": HEAD}).encode() + b"\n"
    else:
        lines[0] = b"hello\n"
    bent = tmp_path / "bent.backup"
    bent.write_bytes(gzip.compress(b"".join(lines)))
    with pytest.raises(StoreError, match="damaged or cut short"):
        restore(at(file), bent)


def test_a_missing_backup_is_named(file, tmp_path):
    with pytest.raises(StoreError, match="no backup at"):
        restore(at(file), tmp_path / "nowhere")


def test_a_restore_that_fails_half_way_leaves_nothing(url, tmp_path, shelf, engine):
    """A forged backup, whole by its checksum, whose last row does not fit."""
    forged = tmp_path / "forged.backup"
    forge(shelf, forged)
    with pytest.raises(StoreError, match=r"Nothing was changed"):
        restore(url, forged)
    if (database := file_of(url)) is not None:
        assert list(database.parent.iterdir()) == []
    assert restore(url, shelf).n_rows == 703


def last_row(lines: list[bytes]) -> int:
    """Return the place of the last row; tables after it may be empty."""
    return max(number for number, line in enumerate(lines) if line.startswith(b"["))


def forge(source: Path, target: Path) -> None:
    lines = gzip.decompress(source.read_bytes()).splitlines(keepends=True)[:-1]
    row = last_row(lines)
    lines[row] = json.dumps(json.loads(lines[row])[1:]).encode() + b"\n"
    n_rows = sum(1 for line in lines if line.startswith(b"["))
    trailer = {"rows": n_rows, "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}
    target.write_bytes(gzip.compress(b"".join(lines) + json.dumps(trailer).encode() + b"\n"))


async def test_a_damaged_database_is_not_backed_up_as_if_it_were_whole(file, tmp_path, clock):
    async with Database(at(file)) as database:
        await fill(database, clock)
    with closing(sqlite3.connect(file)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'person_settings'"
        ).fetchone()
    whole = file.read_bytes()
    file.write_bytes(whole[: (page - 1) * 4096] + b"\xff" * 4096 + whole[page * 4096 :])
    with pytest.raises(StoreError, match="could not be read"):
        backup(at(file), tmp_path / "hush.backup")
    assert not list(tmp_path.glob("hush.backup*"))


async def test_postgres_text_and_sqlite_text_are_the_same(database):
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT '😴'")) == "😴"
