from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
import simcord

from bot.app import create_bot
from bot.gateway.client import Hush
from bot.sandbox.world import World
from bot.settings import Settings
from tests.cogs.room import opened_world


@pytest.fixture
def make_bot(tmp_path: Path) -> Callable[[], Hush]:
    """Bots that share one data folder, as restarts of one bot do."""
    return lambda: create_bot(Settings(data_dir=tmp_path, shard_count=1))


@pytest.fixture
def simcord_bot(make_bot: Callable[[], Hush]) -> Hush:
    return make_bot()


@pytest.fixture
async def env(simcord_env: simcord.Env) -> AsyncGenerator[simcord.Env]:
    """One server, no voice transport, one Hush."""
    simcord_env.create_guild()
    yield simcord_env
    await simcord_env.bot.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """A server with voice, and people in it."""
    async with opened_world(tmp_path) as world:
        yield world
