import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import pytest_asyncio

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.process import RecordingDiscord

# A module's tests share one server process; each finds it without faults and limits, and with its own people.
_module = pytest_asyncio.fixture(loop_scope="module")
_PEOPLE = itertools.count(300_000_000_000_000_001, step=10)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RecordingDiscord]:
    log = Path(tmp_path_factory.mktemp("recording"), "discord.log")
    async with RecordingDiscord(log, behaviour=Behaviour.unlimited()) as server:
        yield server


@_module
async def server(running: RecordingDiscord) -> RecordingDiscord:
    """A recording Discord without rate limits."""
    if not running.is_running:
        await running.restart()
    await running.lift()
    await running.configure(Behaviour.unlimited())
    return running


@_module
async def mark(server: RecordingDiscord) -> int:
    """The number of the log's last line before the test."""
    return await server.last_seq()


@_module
async def bot(server: RecordingDiscord) -> AsyncIterator[discord.Client]:
    """A real discord.py client, logged in there."""
    with server.redirected():
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login("a-token")
            yield client


@pytest.fixture
def person() -> int:
    """Somebody whom no other test has met, nor the nine ids behind them."""
    return next(_PEOPLE)


@_module
async def dm(bot: discord.Client, person: int) -> discord.DMChannel:
    return await bot.create_dm(discord.Object(person))
