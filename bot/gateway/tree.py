"""The one funnel from errors to words: nobody sees a traceback, nobody gets silence."""

import logging
import traceback

import discord
from discord import app_commands

from bot.core.errors import Refusal
from bot.gateway.replies import Replies

_log = logging.getLogger(__name__)


class HushTree(app_commands.CommandTree[discord.Client]):
    """Slash commands, and what is said when one cannot be done.

    1. A Refusal is an answer: its sentence.
    2. A command that Discord knows in another shape than we do: how to refresh it.
    3. Anything else is our fault: one calm sentence, and a log line without anything a person wrote.
    """

    replies: Replies
    """Set once the services are open, before any interaction can arrive."""

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        try:
            await self._answer(interaction, cause)
        except discord.HTTPException as unsent:  # the interaction is too old, or Discord is not there
            _log.warning("an answer could not be given: %s", type(unsent).__name__)

    async def _answer(self, interaction: discord.Interaction, cause: Exception) -> None:
        match cause:
            case Refusal():
                await self.replies.say(interaction, cause.key, **cause.values)
            case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
                await self.replies.say(interaction, "error.outdated.sentence")
            case _:
                # The message of an exception may quote what somebody typed; its type and place do not.
                place = "".join(traceback.format_tb(cause.__traceback__))
                _log.error("a command failed: %s\n%s", type(cause).__name__, place)
                await self.replies.say(interaction, "error.unexpected.sentence")
