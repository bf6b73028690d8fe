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

    async def playing(self, interaction: discord.Interaction, now: NowPlaying, *, panel: bool = True) -> None:
        """Say what plays, how loud, and when it ends; and when there was no place for the panel."""
        locale = interaction.locale.value
        said = _playing_words(self._texts, locale, now)
        if not panel:
            said += "\n" + self._texts.get("play.now.no_panel", locale, channel=now.room.name)
        await interaction.edit_original_response(content=said)

    async def timer(self, interaction: discord.Interaction, now: NowPlaying) -> None:
        """Say when it will be silent."""
        said = timer_words(self._texts, interaction.locale.value, now)
        await interaction.response.send_message(said, ephemeral=True)


def timer_words(texts: Texts, locale: str, now: NowPlaying) -> str:
    """Say when it will be silent."""
    if now.ends_at is None:
        return texts.get("timer.now.open", locale)
    if now.arc:
        return texts.get("timer.now.arc", locale, ends_at=now.ends_at)
    return texts.get("timer.now.until", locale, ends_at=now.ends_at, tail=now.tail)


def _playing_words(texts: Texts, locale: str, now: NowPlaying) -> str:
    if not now.audible:
        return texts.get("play.now.audience", locale, title=now.title, channel=now.room.name)
    if now.ends_at is None:
        return texts.get("play.now.open", locale, title=now.title, volume=now.volume)
    return texts.get(
        "play.now.until",
        locale,
        title=now.title,
        volume=now.volume,
        tail=now.tail,
        ends_at=now.ends_at,
    )
