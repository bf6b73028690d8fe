"""The messages guides are shown in: a reply only its asker sees, or a message of our own."""

import logging
from collections.abc import Callable

import discord
from discord import ui

from bot.care.guide import Face, GuideRecord

_log = logging.getLogger(__name__)

Draw = Callable[[Face, str], ui.LayoutView]
"""Draw a face in a locale."""
_GONE = (10003, 10008, 50001)
"""Unknown channel, unknown message, missing access."""


class ReplyStage:
    """An answer to an interaction, edited with its token; each press brings a fresh one."""

    def __init__(self, interaction: discord.Interaction, message_id: int, draw: Draw) -> None:
        self.message_id = message_id
        self._interaction = interaction
        self._draw = draw
        self._shown: Face | None = None

    def pressed(self, interaction: discord.Interaction, face: Face) -> None:
        """Know that an answer to a press shows this face, and edit through that press from now on."""
        self._interaction = interaction
        self._shown = face

    async def show(self, face: Face) -> bool:
        if face == self._shown:
            return True
        try:
            await self._interaction.edit_original_response(
                view=self._draw(face, self._interaction.locale.value)
            )
        except discord.HTTPException as error:
            # An expired token is no reason to end: with closed eyes nobody sees the difference.
            _log.info("a guide's reply could not be edited: %s", error.code)
            return error.code not in _GONE
        self._shown = face
        return True


class MessageStage:
    """A message of ours, edited by its id with the bot's own token, for as long as it takes."""

    def __init__(self, channel: discord.PartialMessageable, message_id: int, locale: str, draw: Draw) -> None:
        self.message_id = message_id
        self._message = channel.get_partial_message(message_id)
        self._locale = locale
        self._draw = draw
        self._shown: Face | None = None

    def pressed(self, interaction: discord.Interaction, face: Face) -> None:
        """Know that an answer to a press shows this face."""
        self._locale = interaction.locale.value
        self._shown = face

    async def show(self, face: Face) -> bool:
        if face == self._shown:
            return True
        try:
            await self._message.edit(view=self._draw(face, self._locale))
        except discord.RateLimited:
            return True
        except discord.HTTPException as error:
            _log.info("a guide's message could not be edited: %s", error.code)
            return error.code not in _GONE
        self._shown = face
        return True


class DiscordStages:
    """Implements `bot.care.ports.Stages`."""

    def __init__(self, client: discord.Client, draw: Draw) -> None:
        self._client = client
        self._draw = draw

    def at(self, record: GuideRecord) -> MessageStage:
        return self.in_channel(record.channel_id, record.message_id, record.guild_id)

    def in_channel(
        self, channel_id: int, message_id: int, guild_id: int | None, locale: str | None = None
    ) -> MessageStage:
        """Return a stage on a message of ours; unless given, the server's locale."""
        guild = None if guild_id is None else self._client.get_guild(guild_id)
        spoken = discord.Locale.american_english if guild is None else guild.preferred_locale
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        return MessageStage(channel, message_id, locale or spoken.value, self._draw)
