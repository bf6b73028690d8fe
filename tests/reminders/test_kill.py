"""kill -9 at any moment, answers that get lost: every reminder arrives, and arrives once."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.core.clock import SystemClock
from bot.reminders.rounds import LEASE
from bot.sandbox.bench.evening import FIRST_PERSON, fill, open_channels
from bot.sandbox.bench.workers import Worker
from bot.sandbox.recording import faults
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.process import RecordingDiscord
from bot.store.address import at
from bot.store.database import Database
from bot.store.engines import offline
from bot.store.tables import reminder, reminder_rule
from tests.databases import new_database

N_PEOPLE = 40
_DUE = reminder.columns


class Round:
    """A database and a Discord that go on, and workers that do not."""

    def __init__(self, url, folder: Path, discord: RecordingDiscord, n_workers: int, seed: int) -> None:
        self.url = url
        self.discord = discord
        self.chance = random.Random(seed)
        self.arguments = ["--discord", discord.url, "--data", str(folder), "--budget-per-s", "300"]
        self.arguments += ["--lease-s", "3"]
        if url.drivername != "sqlite":
            self.arguments += ["--database", url.render_as_string(hide_password=False)]
        self.n_workers = n_workers
        self.workers: list[Worker] = []

    async def start(self) -> None:
        self.workers = [await Worker.start(self.arguments) for _ in range(self.n_workers)]

    async def play(self, mark: int) -> None:
        """Let an evening come, kill whoever it hits in the middle of it, and wait until all is delivered."""
        n_before = sum(line.kind == "request" for line in self.discord.lines())
        if self.workers:
            make_all_due(self.url)  # on SQLite only while nobody owns it
        else:
            make_all_due(self.url)
            await self.start()
        await self.discord.wait_for_requests(n_before + self.chance.randrange(1, N_PEOPLE))
        victim = self.chance.randrange(self.n_workers)
        await self.workers[victim].kill()
        self.workers[victim] = await Worker.start(self.arguments)
        async with asyncio.timeout(100):
            while len({d.recipient for d in self.discord.deliveries(after=mark)}) < N_PEOPLE:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def end(self) -> None:
        for worker in self.workers:
            await worker.end()
        self.workers = []


def make_all_due(url) -> None:
    """Bring every bedtime to now: as if a day had passed since the last one."""
    engine = offline(url, "migrator" if url.drivername != "sqlite" else "writer")
    now = datetime.now(UTC)  # noqa: TID251 - the workers live by the machine's clock
    with engine.begin() as connection:
        connection.execute(
            update(reminder).values(about_at=now, due_at=now, holder=None, leased_until=None, n_tries=0)
        )
        connection.execute(update(reminder_rule).values(n_ignored=0))
    engine.dispose()


async def rounds_of_kills(engine: str, n_rounds: int, tmp_path: Path, request, seed: int) -> None:
    folder = tmp_path / "data"
    url = at(folder / "hush.db") if engine == "sqlite" else new_database("postgres", tmp_path, request)
    async with RecordingDiscord(tmp_path / "discord.log", behaviour=Behaviour.unlimited()) as discord:
        people = range(FIRST_PERSON, FIRST_PERSON + N_PEOPLE)
        now = SystemClock().now()
        await fill(url, N_PEOPLE, await open_channels(discord, people), now + timedelta(days=1), now)
        await discord.script(faults.lost_response(times=None, probability=0.15, seed=seed))
        evenings = Round(url, folder, discord, 1 if engine == "sqlite" else 3, seed)
        nonces: Counter[str] = Counter()
        for number in range(n_rounds):
            mark = await discord.last_seq()
            if engine == "sqlite":
                await evenings.end()
            await evenings.play(mark)
            arrived = discord.deliveries(after=mark)
            per_person = Counter(delivery.recipient for delivery in arrived)
            assert set(per_person) == set(people), f"lost in round {number}"
            assert set(per_person.values()) == {1}, f"doubled in round {number}"
            nonces.update(str(delivery.nonce) for delivery in arrived)
        assert set(nonces.values()) == {1}
        await settled(evenings)
    async with Database(url) as database, database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(reminder)) == N_PEOPLE


async def settled(evenings: Round) -> None:
    """Return once every answer that was lost has been asked for again and written down."""
    await evenings.discord.lift()
    if not evenings.workers:
        await evenings.start()
    async with asyncio.timeout(90):
        while n_waiting(evenings.url):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
    await evenings.end()


def n_waiting(url) -> int:
    """Count what is held, or due and not yet replaced by its next evening."""
    engine = offline(url, "reader")
    is_open = _DUE.holder.is_not(None) | (_DUE.due_at < SystemClock().now())
    with engine.connect() as connection:
        n_open = connection.scalar(select(func.count()).where(is_open))
    engine.dispose()
    return n_open or 0


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_two_evenings_with_a_kill_in_each(engine: str, tmp_path: Path, request) -> None:
    await rounds_of_kills(engine, 2, tmp_path, request, seed=1)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_fifty_evenings_with_a_kill_in_each(engine: str, part: int, tmp_path: Path, request) -> None:
    await rounds_of_kills(engine, 10, tmp_path, request, seed=2 + part)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("lease_s", [3, pytest.param(LEASE.total_seconds(), marks=pytest.mark.long)])
async def test_what_a_dead_process_held_passes_on_within_a_minute(lease_s, tmp_path: Path, request) -> None:
    """One process has claimed all, stands still and is killed; another one delivers what it held."""
    url, clock = new_database("postgres", tmp_path, request), SystemClock()
    arguments = ["--data", str(tmp_path), "--database", url.render_as_string(hide_password=False)]
    arguments += ["--lease-s", str(lease_s)]
    async with RecordingDiscord(tmp_path / "discord.log", behaviour=Behaviour.unlimited()) as discord:
        arguments += ["--discord", discord.url]
        people = range(FIRST_PERSON, FIRST_PERSON + N_PEOPLE)
        await fill(url, N_PEOPLE, await open_channels(discord, people), clock.now(), clock.now())
        mark = await discord.last_seq()
        dying = await Worker.start([*arguments, "--budget-per-s", "6"])
        while not discord.deliveries(after=mark):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        dying.stand_still()
        stood_still_s = clock.monotonic()
        living = await Worker.start([*arguments, "--budget-per-s", "300"])
        await dying.kill()
        n_alone = len(discord.deliveries(after=mark))
        assert n_alone < N_PEOPLE / 2
        async with asyncio.timeout(60):
            while n_waiting(url):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        assert clock.monotonic() - stood_still_s < 60
        arrived = Counter(delivery.recipient for delivery in discord.deliveries(after=mark))
        assert arrived == Counter(people), "each once"
        assert (await living.end())["n_delivered"] >= N_PEOPLE - n_alone


async def test_a_second_process_on_sqlite_is_refused_kindly(tmp_path: Path) -> None:
    async with RecordingDiscord(tmp_path / "discord.log", behaviour=Behaviour.unlimited()) as discord:
        arguments = ["--discord", discord.url, "--data", str(tmp_path / "data")]
        first = await Worker.start(arguments)
        with pytest.raises(RuntimeError, match="ended at start"):
            await Worker.start(arguments)
        assert (await first.end())["n_failed"] == 0
