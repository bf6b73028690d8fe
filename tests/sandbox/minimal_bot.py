"""The smallest bot with a voice: what the sandbox must carry, without any of Hush in it."""

import asyncio
import itertools

import discord
from discord.ext import commands

from bot.core.tasks import Tasks

PAYLOADS = [b"\xfc" + n.to_bytes(2) * 30 for n in range(1, 300)]
"""What it sends, in a circle; the sandbox carries Opus packets without looking into them."""


class Numbered(discord.AudioSource):
    def __init__(self):
        self.payloads = itertools.cycle(PAYLOADS)

    def read(self):
        return next(self.payloads)

    def is_opus(self):
        return True


class MinimalBot(commands.AutoShardedBot):
    def __init__(self, settings=None, *, clock=None, connector=None):
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True, voice_states=True),
            chunk_guilds_at_startup=False,
            connector=connector,
            shard_count=settings.shard_count,
        )
        self.clock = clock
        self.tasks = Tasks()
        self.seen = []
        self.woken = asyncio.Event()

    async def setup_hook(self):
        add = self.tree.command
        add(name="join", description="Come into my voice channel.")(self.join)
        add(name="leave", description="Go.")(self.leave)
        add(name="later", description="Say something later.")(self.later)
        await self.tree.sync()

    async def join(self, interaction: discord.Interaction):
        await interaction.response.defer(ephemeral=True)
        channel = interaction.user.voice.channel
        try:
            voice = await self.tasks.start(channel.connect(timeout=0.5, reconnect=True), name="join")
        except TimeoutError:
            await interaction.followup.send("no answer")
            return
        voice.play(Numbered())
        await interaction.followup.send("here")

    async def leave(self, interaction: discord.Interaction):
        await self.tasks.start(interaction.guild.voice_client.disconnect(force=True), name="leave")
        await interaction.response.send_message("gone")

    async def later(self, interaction: discord.Interaction):
        await interaction.response.send_message("in ten minutes")
        self.tasks.start(self.wake(interaction), name="later")

    async def wake(self, interaction):
        await self.clock.sleep(600.0)
        await interaction.edit_original_response(content="now")
        self.woken.set()

    async def on_guild_join(self, guild):
        self.seen.append("guild_join")

    async def on_ready(self):
        self.seen.append("ready")

    async def on_voice_state_update(self, member, before, after):
        self.seen.append((member.id, after.channel and after.channel.id))

    async def close(self):
        await super().close()
        await self.tasks.close()
