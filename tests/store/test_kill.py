"""kill -9 in the middle of writing: what was acknowledged is there, and the folder is free again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

import bot.store
from bot.core.errors import StoreError
from bot.store.address import at
from bot.store.database import Database
from bot.store.engines import offline
from bot.store.migrate import ADVISORY_KEY, migrate
from bot.store.sessions import SqlSessionStore
from bot.store.tables import voice_session
from tests.databases import new_database
from tests.store.later import HEAD

ROOT = Path(bot.store.__file__).parents[2]

WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.audio.mix import Layer, Mix, Plan
from bot.core.clock import SystemClock
from bot.playback.desired import DesiredSession
from bot.store.address import locate
from bot.store.database import Database
from bot.store.sessions import SqlSessionStore

async def main():
    started = datetime(2026, 1, 1, tzinfo=UTC)
    plan = Plan(Mix((Layer("rain"),)), 1)
    async with Database(locate(sys.argv[1], Path())) as database:
        store = SqlSessionStore(database, SystemClock())
        numbers = itertools.count(1)
        async def write():
            for number in numbers:
                await store.put(DesiredSession(number, 1, plan, 60, started, None, 0.0))
                print(number, flush=True)
        await asyncio.gather(*(write() for _ in range(8)))

asyncio.run(main())
"""

MIGRATOR = """
import sys
from pathlib import Path
from bot.store.address import locate
from bot.store.migrate import migrate
print(migrate(locate(sys.argv[1], Path())).before)
"""


@contextmanager
def running(script: str, url) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", script, url.render_as_string(hide_password=False)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("n_before", [1, 60])
async def test_nothing_acknowledged_is_lost(url, clock, engine, n_before):
    with running(WRITER, url) as child:
        acknowledged = {int(child.stdout.readline()) for _ in range(n_before)}
        if engine == "sqlite":
            with pytest.raises(StoreError, match="Another Hush"):
                migrate(url)
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read()
        acknowledged |= {int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")}
        child.wait(30)
    async with Database(url) as database:
        kept = {session.guild_id for session in await SqlSessionStore(database, clock).all()}
    assert len(acknowledged) >= n_before
    assert acknowledged <= kept


def test_several_processes_starting_together_migrate_once(tmp_path, request):
    url = new_database("postgres", tmp_path, request)
    engine = offline(url, "migrator")
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with engine.connect() as connection, running(MIGRATOR, url) as first, running(MIGRATOR, url) as second:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
        children = (first, second)
        while connection.scalar(waiting) < len(children):
            assert all(child.poll() is None for child in children), "migrated without waiting for the lock"
        connection.execute(text("SELECT pg_advisory_unlock_all()"))
        found = sorted(child.stdout.readline().strip() for child in children)
    engine.dispose()
    assert found == [HEAD, "None"]


def test_a_half_written_row_is_not_seen_after_a_kill(file):
    """The last page of the journal is cut: the transaction before it is whole, the last one is gone."""
    with running(WRITER, at(file)) as child:
        for _ in range(30):
            child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait(30)
    journal = file.with_name("hush.db-wal")
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) - 100])
    assert migrate(at(file)).before == HEAD
    engine = offline(at(file), "reader")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(voice_session)) > 0
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
