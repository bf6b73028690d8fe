"""The slash commands."""

import discord
from discord import app_commands

from bot.gateway.funnel import Funnel
from bot.gateway.typed import Typed


class HushTree(app_commands.CommandTree[discord.Client]):
    """Slash commands; an error in one goes down the funnel."""

    funnel: Funnel
    """Set once the services are open, before any interaction can arrive."""

    typed: Typed
    """Set with it."""

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        try:
            return await self.typed.command_may_go_on(interaction)
        except Exception as error:  # noqa: BLE001 - discord.py hands only its own errors to on_error
            await self.funnel.answer(interaction, error)
            return False

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await self.funnel.answer(interaction, cause)
