"""Answering the person who asked: always only to them, in their language."""

import discord
from discord import ui

from bot.content.texts import Texts
from bot.playback.model import NowPlaying


class Replies:
    """Everything Hush says in answer to an interaction."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def defer(self, interaction: discord.Interaction) -> None:
        """Say "one moment"; for whatever may take longer than memory does."""
        await interaction.response.defer(ephemeral=True, thinking=True)

    async def say(self, interaction: discord.Interaction, key: str, /, **values: object) -> None:
        """Answer with one sentence of the locale files."""
        text = self._texts.get(key, interaction.locale.value, **values)
        if not interaction.response.is_done():
            await interaction.response.send_message(text, ephemeral=True)
        elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
            await interaction.edit_original_response(content=text)
        else:
            await interaction.followup.send(text, ephemeral=True)

    async def show(self, interaction: discord.Interaction, view: ui.LayoutView) -> None:
        await interaction.response.send_message(view=view, ephemeral=True)

    async def playing(self, interaction: discord.Interaction, now: NowPlaying) -> None:
        """Say what plays, how loud, and when it ends."""
        if not now.audible:
            await self.say(interaction, "play.now.audience", title=now.title, channel=now.room.name)
        elif now.ends_at is None:
            await self.say(interaction, "play.now.open", title=now.title, volume=now.volume)
        else:
            await self.say(
                interaction,
                "play.now.until",
                title=now.title,
                volume=now.volume,
                tail=now.tail,
                ends_at=now.ends_at,
            )
