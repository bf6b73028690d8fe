"""Many tasks, one database: nothing is half done, nothing acknowledged is lost, nobody waits for ever."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

import bot.store
from bot.core.errors import StoreError
from bot.store.address import at, locate
from bot.store.database import Database
from bot.store.interruption import uninterrupted
from bot.store.tables import guild_settings, person_settings
from tests.databases import new_database

N_TASKS = 50


def person(user_id: int, clock) -> dict[str, object]:
    return {"user_id": user_id, "quiet": False, "updated_at": clock.now()}


async def people(database: Database) -> set[int]:
    async with database.reading() as connection:
        return set((await connection.execute(select(person_settings.columns.user_id))).scalars())


async def test_a_transaction_keeps_all_or_nothing(database, clock):
    async with database.transaction() as connection:
        await connection.execute(insert(person_settings).values(person(1, clock)))

    async def one_new_one_known() -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(person_settings).values(person(2, clock)))
            await connection.execute(insert(person_settings).values(person(1, clock)))

    with pytest.raises(IntegrityError):
        await one_new_one_known()
    assert await people(database) == {1}


async def test_fifty_tasks_add_to_one_number_and_none_is_lost(database, clock):
    row = {column.name: 0 for column in guild_settings.columns} | {
        "leave_at_end": False,
        "voice_status": False,
    }
    row |= {"language": None, "created_at": clock.now(), "updated_at": clock.now()}
    async with database.transaction() as connection:
        await connection.execute(insert(guild_settings).values(row))
    minutes = guild_settings.columns.tail_minutes

    async def add_one() -> None:
        async with database.transaction() as connection:
            found = await connection.scalar(select(minutes).with_for_update())
            await connection.execute(update(guild_settings).values(tail_minutes=found + 1))

    await asyncio.wait_for(asyncio.gather(*(add_one() for _ in range(N_TASKS))), 60)
    async with database.reading() as connection:
        assert await connection.scalar(select(minutes)) == N_TASKS


async def test_a_reader_sees_one_instant_and_does_not_wait_for_the_writer(database, clock):
    async with database.transaction() as writing:
        await writing.execute(insert(person_settings).values(person(1, clock)))
        async with database.reading() as reading:
            count = select(func.count()).select_from(person_settings)
            assert await reading.scalar(count) == 0
            await uninterrupted(writing.commit())
            assert await reading.scalar(count) == 0
    assert await people(database) == {1}


async def test_a_reader_cannot_write(database, clock):
    with pytest.raises(StoreError, match=r"read-?only"):
        async with database.reading() as connection:
            await connection.execute(insert(person_settings).values(person(1, clock)))
    assert await people(database) == set()


async def test_more_readers_than_connections_take_turns(database):
    async def look() -> int:
        async with database.reading() as connection:
            return int((await connection.execute(text("SELECT 1"))).scalar_one())

    assert await asyncio.wait_for(asyncio.gather(*(look() for _ in range(N_TASKS))), 60) == [1] * N_TASKS


async def test_a_task_cancelled_anywhere_has_written_both_rows_or_neither(database, clock):
    acknowledged: set[int] = set()

    async def write_two(number: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(person_settings).values(person(2 * number, clock)))
            await connection.execute(insert(person_settings).values(person(2 * number + 1, clock)))
        acknowledged.add(number)

    async def interrupt(task: asyncio.Task[None], turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()

    for turns in range(120):
        task = asyncio.create_task(write_two(turns))
        await interrupt(task, turns)
        await asyncio.wait([task])
    written = await people(database)
    assert all((2 * number in written) == (2 * number + 1 in written) for number in range(120))
    assert {2 * number for number in acknowledged} <= written
    await asyncio.wait_for(write_two(1000), 10)
    assert 2000 in await people(database)


async def test_a_task_waiting_for_its_turn_can_be_cancelled_at_once(file):
    async def write() -> None:
        async with database.transaction():
            pass

    async with Database(at(file)) as database, database.transaction():
        waiting = asyncio.create_task(write())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait_for(asyncio.wait([waiting]), 10)
        assert waiting.cancelled()


async def test_cancelling_a_crowd_leaves_the_door_open(database, clock):
    begun = asyncio.Event()

    async def write(number: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(person_settings).values(person(number, clock)))
            if number == 3:
                begun.set()
            await connection.execute(text("SELECT 1"))

    tasks = [asyncio.create_task(write(number)) for number in range(N_TASKS)]
    await asyncio.wait_for(begun.wait(), 60)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.wait_for(asyncio.wait(tasks), 60)
    assert set(range(1, N_TASKS, 2)) <= await people(database)
    await asyncio.wait_for(write(1000), 10)


async def test_a_cancellation_during_the_commit_comes_after_it():
    going, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        going.set()
        await done.wait()

    task = asyncio.create_task(uninterrupted(work()))
    await going.wait()
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    done.set()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_uninterrupted_work_gives_its_result_or_its_error():
    async def work(error: Exception | None) -> int:
        if error:
            raise error
        return 5

    assert await uninterrupted(work(None)) == 5
    with pytest.raises(KeyError):
        await uninterrupted(work(KeyError()))


async def test_transactions_do_not_nest(database):
    async with database.transaction():
        with pytest.raises(RuntimeError, match="already open in this task"):
            async with database.transaction():
                pass
    async with database.transaction():
        pass


async def test_a_closed_database_says_so_and_opens_again(url, clock):
    database = Database(url)
    for user_id in (1, 2):
        with pytest.raises(StoreError, match="not open"):
            async with database.transaction():
                pass
        await database.open()
        with pytest.raises(RuntimeError, match="already open"):
            await database.open()
        async with database.transaction() as connection:
            await connection.execute(insert(person_settings).values(person(user_id, clock)))
        await database.close()
        await database.close()


async def test_closing_lets_those_at_work_finish_and_refuses_the_rest(url, clock):
    database = Database(url)
    await database.open()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write(user_id: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(person_settings).values(person(user_id, clock)))
            begun.set()
            await go_on.wait()

    at_work = asyncio.create_task(write(1))
    await begun.wait()
    closing = [asyncio.create_task(database.close()) for _ in range(2)]
    late = asyncio.create_task(write(2))
    go_on.set()
    await asyncio.wait_for(asyncio.gather(at_work, *closing), 30)
    with pytest.raises(StoreError, match="not open"):
        await late
    async with Database(url) as again:
        assert await people(again) == {1}


async def test_postgresql_without_its_driver_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install 'psycopg\[binary\]'"):
        await Database(locate("postgresql://host/hush", tmp_path)).open()


async def test_an_owned_folder_is_refused_to_a_second_owner(file):
    async with Database(at(file)):
        with pytest.raises(StoreError, match="Another Hush is already using"):
            await Database(at(file)).open()
    async with Database(at(file)):
        pass


async def test_closing_leaves_only_the_file(file, clock):
    async with Database(at(file)) as database, database.transaction() as connection:
        await connection.execute(insert(person_settings).values(person(1, clock)))
    assert [path.name for path in file.parent.iterdir()] == ["hush.db"]
    assert file.parent.stat().st_mode & 0o077 == 0


async def test_an_opening_that_is_cancelled_gives_the_folder_back(file):
    for turns in range(12):
        task = asyncio.create_task(Database(at(file)).open())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
    async with Database(at(file)):
        pass


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path):
    nowhere = locate(f"postgresql://hush:geheim@/hush?host={tmp_path}", tmp_path)
    with pytest.raises(StoreError, match="cannot be used") as refusal:
        await Database(nowhere).open()
    assert "geheim" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


async def test_a_server_that_goes_away_is_a_store_error_and_its_return_is_noticed(tmp_path, request):
    url = new_database("postgres", tmp_path, request)
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = :name AND pid <> pg_backend_pid()"
    )

    async def lose_everyone(database: Database) -> None:
        async with database.reading() as doomed:
            await doomed.execute(text("SELECT 1"))
            async with database.transaction() as connection:
                await connection.execute(others, {"name": url.database})
            await doomed.execute(text("SELECT 1"))

    async with Database(url) as database:
        with pytest.raises(StoreError, match="did not answer"):
            await lose_everyone(database)
        async with database.reading() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


def test_nobody_loads_a_driver_by_importing_the_store():
    script = "import sys, bot.store, bot.store.database; print('psycopg' in sys.modules)"
    root = Path(bot.store.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
