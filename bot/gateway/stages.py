"""The messages guides are shown in: a reply only its asker sees, or a message of our own."""

import logging
from typing import TypedDict

import discord
from discord import ui

from bot.care.guide import Face, GuideRecord, Motion, ReplyKey
from bot.gateway.guide_pictures import GuidePictures

_log = logging.getLogger(__name__)

_GONE = (10003, 10008, 50001)
"""Unknown channel, unknown message, missing access."""


class Edit(TypedDict, total=False):
    """What is sent to show a face; a picture only when it is another than before."""

    view: ui.LayoutView
    attachments: list[discord.File]


class _Stage:
    def __init__(self, message_id: int, pictures: GuidePictures, shown: Face | None = None) -> None:
        self.message_id = message_id
        self._pictures = pictures
        self._shown = shown
        self._motion: Motion | None = None if shown is None else shown.motion

    async def edit_to(self, face: Face, locale: str, *, anew: bool) -> Edit:
        """Return what shows this face; `anew` with its picture."""
        edit = Edit(view=self._pictures.panel(face, locale))
        if anew:
            edit["attachments"] = await self._pictures.files(face, locale)
        return edit

    def moves_otherwise(self, face: Face) -> bool:
        """Whether the picture of this face is another than what is shown."""
        return face.motion != self._motion

    def showing(self, face: Face) -> None:
        self._shown, self._motion = face, face.motion


class ReplyStage(_Stage):
    """An answer to an interaction, edited with its key; each press brings a fresh one."""

    def __init__(  # noqa: PLR0917 - what it is edited with, and what it shows
        self,
        key: ReplyKey,
        edited_with: discord.Webhook,
        locale: str,
        message_id: int,
        pictures: GuidePictures,
        shown: Face | None = None,
    ) -> None:
        super().__init__(message_id, pictures, shown)
        self.reply = key
        self._webhook = edited_with
        self._locale = locale

    @classmethod
    def on(
        cls, interaction: discord.Interaction, message_id: int, pictures: GuidePictures, shown: Face
    ) -> "ReplyStage":
        """Return the stage on an answer that this interaction has got."""
        return cls(
            _key_of(interaction),
            interaction.followup,
            interaction.locale.value,
            message_id,
            pictures,
            shown,
        )

    async def pressed(self, interaction: discord.Interaction, face: Face) -> Edit:
        """Return what answers a press with this face; edit through that press from now on."""
        self.reply, self._webhook = _key_of(interaction), interaction.followup
        self._locale = interaction.locale.value
        anew = self.moves_otherwise(face)
        self.showing(face)  # before anything is waited for: the guide goes on, and would show it too
        return await self.edit_to(face, self._locale, anew=anew)

    async def show(self, face: Face) -> bool:
        if face == self._shown:
            return True
        try:
            edit = await self.edit_to(face, self._locale, anew=self.moves_otherwise(face))
            await self._webhook.edit_message(self.message_id, **edit)
        except discord.HTTPException as error:
            # An expired token is no reason to end: with closed eyes nobody sees the difference.
            _log.info("a guide's reply could not be edited: %s", error.code)
            return error.code not in _GONE
        self.showing(face)
        return True


def _key_of(interaction: discord.Interaction) -> ReplyKey:
    return ReplyKey(interaction.token, interaction.expires_at)


class MessageStage(_Stage):
    """A message of ours, edited by its id with the bot's own token, for as long as it takes."""

    reply: ReplyKey | None = None

    def __init__(
        self,
        channel: discord.PartialMessageable,
        message_id: int,
        locale: str,
        pictures: GuidePictures,
        shown: Face | None = None,
    ) -> None:
        """`shown` is what it shows already; one of an earlier process gets its picture anew."""
        super().__init__(message_id, pictures, shown)
        self._message = channel.get_partial_message(message_id)
        self._locale = locale

    async def pressed(self, interaction: discord.Interaction, face: Face) -> Edit:
        """Return what answers a press with this face."""
        self._locale = interaction.locale.value
        anew = self.moves_otherwise(face)
        self.showing(face)
        return await self.edit_to(face, self._locale, anew=anew)

    async def show(self, face: Face) -> bool:
        if face == self._shown:
            return True
        try:
            edit = await self.edit_to(face, self._locale, anew=self.moves_otherwise(face))
            await self._message.edit(**edit)
        except discord.RateLimited:
            return True
        except discord.HTTPException as error:
            _log.info("a guide's message could not be edited: %s", error.code)
            return error.code not in _GONE
        self.showing(face)
        return True


class DiscordStages:
    """Implements `bot.care.ports.Stages`."""

    def __init__(self, client: discord.Client, pictures: GuidePictures) -> None:
        self._client = client
        self._pictures = pictures

    def at(self, record: GuideRecord) -> ReplyStage | MessageStage:
        if record.reply is None:
            return self.in_channel(record.channel_id, record.message_id, record.guild_id)
        application_id = self._client.application_id or 0
        webhook = discord.Webhook.partial(application_id, record.reply.token, client=self._client)
        locale = self._locale_in(record.guild_id)
        return ReplyStage(record.reply, webhook, locale, record.message_id, self._pictures)

    def in_channel(
        self,
        channel_id: int,
        message_id: int,
        guild_id: int | None,
        locale: str | None = None,
        shown: Face | None = None,
    ) -> MessageStage:
        """Return a stage on a message of ours that shows this face; unless given, in the server's locale."""
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        return MessageStage(channel, message_id, locale or self._locale_in(guild_id), self._pictures, shown)

    def _locale_in(self, guild_id: int | None) -> str:
        guild = None if guild_id is None else self._client.get_guild(guild_id)
        spoken = discord.Locale.american_english if guild is None else guild.preferred_locale
        return spoken.value
