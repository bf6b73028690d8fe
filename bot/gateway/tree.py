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
        return await self.typed.command_may_go_on(interaction)

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        await self.funnel.answer(interaction, cause)
