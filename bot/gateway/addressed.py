"""Words addressed to Hush, and nothing else: direct messages, mentions, replies that ping it.

Without the privileged intent Discord sends the content of just these. Other messages arrive empty and are
left alone. Nothing that is read here is stored, logged, quoted or sent anywhere.
"""

import logging
import re
from typing import Final

import discord
from discord import ui

from bot.content.texts import Texts
from bot.gateway.help_card import language_for, said_with_button
from bot.gateway.help_desk import HelpDesk
from bot.support.hearing import Answer, Hearing
from bot.support.levels import Level, Surface
from bot.support.service import Support

_log = logging.getLogger(__name__)

_SPOKEN: Final = (discord.MessageType.default, discord.MessageType.reply)
_MENTION: Final = re.compile(r"<@!?\d+>")
_SENTENCES: Final = {
    Answer.LINE: "support.answer.line",
    Answer.OFFER: "support.answer.offer",
    Answer.REMINDER: "support.answer.reminder",
}


class Addressed:
    """Answers what people write to Hush."""

    def __init__(
        self, client: discord.Client, hearing: Hearing, support: Support, desk: HelpDesk, texts: Texts
    ) -> None:
        self._client = client
        self._hearing = hearing
        self._support = support
        self._desk = desk
        self._texts = texts

    async def heard(self, message: discord.Message) -> None:
        """Answer a message if it is addressed to Hush. Never raises."""
        try:
            if not self._is_for_us(message):
                return
            if message.guild is None:
                await self._heard_alone(message)
            else:
                await self._heard_among_others(message, message.guild)
        except Exception as error:  # noqa: BLE001 - a traceback could quote what somebody wrote
            _log.warning("a message could not be answered: %s", type(error).__name__)

    async def edited(self, message: discord.Message) -> None:
        """Read an edited message; only one that says more than was heard before changes anything."""
        try:
            if message.edited_at is None or not self._is_for_us(message):
                return
            before = self._hearing.decisions.level_of(message.author.id)
            after = self._read(message)
            # In a channel the line stands already, and its button opens the new level.
            if message.guild is None and after > max(before, Level.NONE):
                await self._answer(message, after)
        except Exception as error:  # noqa: BLE001 - as above
            _log.warning("an edited message could not be answered: %s", type(error).__name__)

    def _is_for_us(self, message: discord.Message) -> bool:
        me = self._client.user
        if me is None or message.author.bot or message.webhook_id is not None or message.type not in _SPOKEN:
            return False
        return message.guild is None or any(person.id == me.id for person in message.mentions)

    def _read(self, message: discord.Message) -> Level:
        surface = Surface.DM if message.guild is None else Surface.CHANNEL
        return self._hearing.hear(message.author.id, _MENTION.sub(" ", message.content), surface)

    async def _heard_alone(self, message: discord.Message) -> None:
        await self._answer(message, self._read(message))

    async def _answer(self, message: discord.Message, level: Level) -> None:
        user_id = message.author.id
        known = await self._support.settings_of(user_id)
        quiet = known is not None and known.quiet
        answer = self._hearing.answer_to(user_id, level, quiet=quiet)
        if answer is Answer.NOTHING:
            return
        chosen = None if known is None else known.language
        language = language_for(chosen or self._hearing.language_of(message.content))
        if answer is Answer.CARD:
            wish = await self._support.wish_of(user_id, language)
            view = self._desk.draw(self._support.card_now(wish, level=level))
        else:
            view = said_with_button(self._texts.get(_SENTENCES[answer], language), language, self._texts)
        await self._send(message.channel, view)

    async def _heard_among_others(self, message: discord.Message, guild: discord.Guild) -> None:
        """Say the same line whatever was said; only the author's own press opens more."""
        self._read(message)
        if self._hearing.may_answer_in(message.channel.id, message.author.id):
            language = language_for(guild.preferred_locale.value)
            text = self._texts.get("support.answer.channel", language)
            await self._send(message.channel, said_with_button(text, language, self._texts))

    async def _send(self, channel: discord.abc.Messageable, view: ui.LayoutView) -> None:
        await channel.send(view=view, silent=True, allowed_mentions=discord.AllowedMentions.none())
