"""The one funnel from errors to words: nobody sees a traceback, nobody gets silence."""

import logging
import traceback

import discord
from discord import app_commands

from bot.core.errors import Refusal
from bot.gateway.replies import Replies
from bot.gateway.tally import Tally

_log = logging.getLogger(__name__)


class Funnel:
    """What is said when a command or a press cannot be done.

    1. A Refusal is an answer: its sentence.
    2. A command that Discord knows in another shape than we do: how to refresh it.
    3. Anything else is our fault: one calm sentence, and a log line without anything a person wrote.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self.tally = Tally()

    async def answer(self, interaction: discord.Interaction, error: Exception) -> None:
        """Say it to the person who asked. Never raises because Discord does not take the answer."""
        try:
            await self._say(interaction, error)
        except discord.HTTPException as unsent:  # the interaction is too old, or Discord is not there
            self.tally.unsent += 1
            _log.warning("an answer could not be given: %s", type(unsent).__name__)

    async def _say(self, interaction: discord.Interaction, error: Exception) -> None:
        match error:
            case Refusal():
                self.tally.refused += 1
                await self._replies.say(interaction, error.key, **error.values)
            case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
                self.tally.outdated += 1
                await self._replies.say(interaction, "error.outdated.sentence")
            case _:
                # The message of an exception may quote what somebody typed; its type and place do not.
                self.tally.failed += 1
                place = "".join(traceback.format_tb(error.__traceback__))
                _log.error("an interaction failed: %s\n%s", type(error).__name__, place)
                await self._replies.say(interaction, "error.unexpected.sentence")
