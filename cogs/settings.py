"""/settings."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.settings_desk import SettingsDesk


class SettingsCog(commands.Cog):
    def __init__(self, desk: SettingsDesk) -> None:
        self._desk = desk

    @app_commands.command(description="settings.command.description")
    @app_commands.default_permissions(manage_guild=True)
    @in_servers()
    async def settings(self, interaction: discord.Interaction) -> None:
        await self._desk.show(interaction)


async def setup(client: Hush) -> None:
    await client.add_cog(SettingsCog(client.settings_desk))
