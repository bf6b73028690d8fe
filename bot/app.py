"""The composition root: settings in, a bot out; the only place that knows which concrete things join."""

import asyncio
import logging
import random
import secrets
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import discord

from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.content.texts import Texts
from bot.core.clock import Clock, SystemClock
from bot.core.errors import SettingsError
from bot.core.tasks import Tasks
from bot.gateway.client import Hush, Services
from bot.gateway.replies import Replies
from bot.gateway.shelves import Shelves
from bot.gateway.voice import DiscordVoiceLinks
from bot.playback.search import SoundSearch
from bot.playback.service import Playback
from bot.settings import Settings, load


def create_bot(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connector: aiohttp.BaseConnector | None = None,
) -> Hush:
    """Return a bot that has not done anything yet.

    `bot.start(token)` opens everything, `bot.close()` fades out and releases everything. `connector` carries
    all of discord.py's HTTP and websocket traffic; unset, its own. Raises SettingsError when settings are
    read from the environment and are wrong.
    """
    settings = load() if settings is None else settings
    return Hush(
        partial(_open_services, SystemClock() if clock is None else clock),
        data_dir=settings.data_dir,
        shard_count=settings.shard_count,
        connector=connector,
    )


def run() -> int:
    """Run on Discord until SIGTERM or Ctrl-C; return the exit code. Raises SettingsError in a sentence."""
    settings = load()
    if settings.discord_token is None:
        raise SettingsError(
            "HUSH_DISCORD_TOKEN is not set. Copy the bot's token from Discord's developer portal into it."
        )
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # discord.py names servers and channels at INFO; who listens where is nobody's business.
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
    try:
        asyncio.run(_serve(create_bot(settings), settings.discord_token.get_secret_value()))
    except discord.LoginFailure:
        raise SettingsError(
            "Discord does not accept HUSH_DISCORD_TOKEN. Make a new token in the developer portal."
        ) from None
    return 0


async def _serve(bot: Hush, token: str) -> None:
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for wish in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wish, asked_to_end.set)
    async with bot:
        serving = asyncio.create_task(bot.start(token))
        ending = asyncio.create_task(asked_to_end.wait())
        await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            ending.cancel()
            await serving
        else:
            await bot.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def _open_services(clock: Clock, client: discord.Client) -> AsyncGenerator[Services]:
    library, texts = await asyncio.to_thread(lambda: (Library.load(), Texts.load()))
    sounds = SoundSearch(library)
    tasks = Tasks()
    engine = Engine(library)
    playback = Playback(
        engine=engine,
        sounds=sounds,
        links=DiscordVoiceLinks(client, tasks),
        clock=clock,
        tasks=tasks,
        seeds=random.Random(secrets.randbits(256)),  # noqa: S311 - nights should differ, not be secret
    )
    try:
        yield Services(texts, Shelves(library, texts), sounds, playback, Replies(texts))
    finally:
        await playback.close()
        await tasks.close()
        await asyncio.to_thread(engine.close)
