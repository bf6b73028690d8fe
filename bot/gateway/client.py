"""The Discord client: what it listens to, what it loads, how it opens and closes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import aiohttp
import discord
from discord.ext import commands

from bot.content.texts import Texts
from bot.gateway.replies import Replies
from bot.gateway.shelves import Shelves
from bot.gateway.sync import sync_commands
from bot.gateway.tree import HushTree
from bot.playback.search import SoundSearch
from bot.playback.service import Playback

EXTENSIONS: Final = ("cogs.help", "cogs.library", "cogs.listening")


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs may use; each takes what it needs in its constructor."""

    texts: Texts
    shelves: Shelves
    sounds: SoundSearch
    playback: Playback
    replies: Replies


Opening = Callable[[discord.Client], AbstractAsyncContextManager[Services]]
"""Opens everything a client serves with, and releases it on exit."""


class Hush(commands.AutoShardedBot):
    """Hush on Discord. Construction does nothing; login opens the services, `close` releases them."""

    services: Services
    """There from login on."""

    def __init__(
        self,
        opening: Opening,
        *,
        data_dir: Path,
        shard_count: int | None = None,
        connector: aiohttp.BaseConnector | None = None,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=HushTree,
            intents=discord.Intents(guilds=True, voice_states=True),
            member_cache_flags=discord.MemberCacheFlags(joined=False, voice=True),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count,
            connector=connector,
        )
        self._opening = opening
        self._data_dir = data_dir
        self._open = AsyncExitStack()
        self._closing = asyncio.Lock()

    async def setup_hook(self) -> None:
        self.services = await self._open.enter_async_context(self._opening(self))
        cast("HushTree", self.tree).replies = self.services.replies
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await sync_commands(self.tree, self.services.texts, self._data_dir / "commands.sha256")

    async def close(self) -> None:
        """Fade out everywhere, leave, release everything. May be called more than once."""
        async with self._closing:  # a second caller must not cut the connection under the first one's fade
            await self._open.aclose()
            if isinstance(self.loop, asyncio.AbstractEventLoop):  # else never started, and discord.py trips
                await super().close()

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no text commands."""

    async def on_voice_state_update(
        self, member: discord.Member, _before: discord.VoiceState, _after: discord.VoiceState
    ) -> None:
        self.services.playback.room_changed(member.guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.services.playback.guild_lost(guild.id)
