"""/block, /unblock."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.offers import Choices, SoundOffers
from bot.gateway.replies import Replies
from bot.playback.blend import Blocks
from bot.playback.service import Playback

Sound = app_commands.Range[str, 1, 100]


class BlockingCog(commands.Cog):
    def __init__(self, blocks: Blocks, playback: Playback, offers: SoundOffers, replies: Replies) -> None:
        self._blocks = blocks
        self._playback = playback
        self._offers = offers
        self._replies = replies

    @app_commands.command(description="block.command.description")
    @app_commands.describe(sound="block.command.sound")
    @anywhere()
    async def block(self, interaction: discord.Interaction, sound: Sound) -> None:
        await self._replies.defer(interaction)
        trigger = self._playback.sound_meant(sound, interaction.guild_id)
        await self._blocks.block(interaction.user.id, trigger.id)
        self._playback.blocks_changed()
        await self._replies.say(interaction, "block.now.blocked", sound=trigger.name)

    @app_commands.command(description="unblock.command.description")
    @app_commands.describe(sound="unblock.command.sound")
    @anywhere()
    async def unblock(self, interaction: discord.Interaction, sound: Sound) -> None:
        await self._replies.defer(interaction)
        trigger = self._playback.sound_meant(sound, interaction.guild_id)
        if trigger.id not in await self._blocks.blocked(interaction.user.id):
            raise Refusal("unblock.refused.not_blocked", sound=trigger.name)
        await self._blocks.unblock(interaction.user.id, trigger.id)
        self._playback.blocks_changed()
        await self._replies.say(interaction, "unblock.now.unblocked", sound=trigger.name)

    @block.autocomplete("sound")
    async def _sounds_like(self, interaction: discord.Interaction, current: str) -> Choices:
        return await self._offers.like(interaction, current)

    @unblock.autocomplete("sound")
    async def _blocked_like(self, interaction: discord.Interaction, current: str) -> Choices:
        blocked = await self._blocks.blocked(interaction.user.id)
        return await self._offers.like(interaction, current, among=blocked)


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(BlockingCog(services.blocks, services.playback, services.offers, services.replies))
