"""Restarting Hush in a world that goes on: what a deploy is, and what a kill leaves behind."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.app import create_bot
from bot.gateway.client import Hush
from bot.sandbox.simcord_bridge import VoiceGateway
from bot.sandbox.voice import client_ssl_context
from bot.sandbox.world import World
from bot.settings import Settings


def as_killed_now(data_dir: Path) -> Path:
    """Return a copy of what a kill at this instant would leave on the disk."""
    copy = data_dir.with_name(data_dir.name + "-killed")
    shutil.copytree(data_dir, copy)
    return copy


@asynccontextmanager
async def restarted(world: World, data_dir: Path) -> AsyncGenerator[Hush]:
    """Start the next process of Hush on a data folder; the last one has been closed."""
    bot = create_bot(
        Settings(data_dir=data_dir, shard_count=1, discord_token=None),
        clock=world.clock,
        connector=aiohttp.TCPConnector(limit=0, ssl=client_ssl_context(world.server.ca_file)),
    )
    async with VoiceGateway(world.env, bot, world.server, fit=world.statuses.fit):
        await world.env.restart_bot(bot)
        world.bot = bot
        try:
            yield bot
        finally:
            await bot.close()
