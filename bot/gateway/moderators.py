"""Letting a moderator know, where a server allows it and a person presses it; never otherwise."""

import discord

from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.core.preferences import GuildSettingsStore
from bot.core.tasks import Tasks
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.support.patience import soon


class Moderators:
    def __init__(
        self, settings: GuildSettingsStore, cooldowns: Cooldowns, texts: Texts, tasks: Tasks
    ) -> None:
        self._settings = settings
        self._cooldowns = cooldowns
        self._texts = texts
        self._tasks = tasks

    async def offered(self, interaction: discord.Interaction) -> bool:
        """Whether the card may offer it here."""
        return await self._channel(interaction) is not None

    async def ask(self, interaction: discord.Interaction) -> None:
        """Tell them that somebody would like to talk: no words, no level, no ping.

        Raises Refusal when the server does not offer it any more, or the channel cannot be reached.
        """
        channel = await self._channel(interaction)
        if channel is None:
            raise Refusal("moderator.refused.off")
        self._cooldowns.spend(Costly.MODERATOR, interaction.user.id)
        locale = channel.guild.preferred_locale.value
        text = self._texts.get("moderator.now.request", locale, person=interaction.user.mention)
        try:
            await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException:
            raise Refusal("moderator.refused.failed") from None

    async def _channel(self, interaction: discord.Interaction) -> discord.TextChannel | None:
        if interaction.guild_id is None:
            return None
        settings = await soon(self._settings.get(interaction.guild_id), self._tasks)
        if settings is None or settings.moderator_channel_id is None or interaction.guild is None:
            return None
        channel = interaction.guild.get_channel(settings.moderator_channel_id)
        return channel if isinstance(channel, discord.TextChannel) else None
