"""/privacy view, export, delete, quiet."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.privacy_desk import PrivacyDesk


@anywhere()
class PrivacyCog(commands.GroupCog, group_name="privacy", group_description="privacy.command.description"):
    def __init__(self, desk: PrivacyDesk) -> None:
        self._desk = desk

    @app_commands.command(description="privacy.command.view")
    async def view(self, interaction: discord.Interaction) -> None:
        await self._desk.view(interaction)

    @app_commands.command(description="privacy.command.export")
    async def export(self, interaction: discord.Interaction) -> None:
        await self._desk.export(interaction)

    @app_commands.command(description="privacy.command.delete")
    async def delete(self, interaction: discord.Interaction) -> None:
        await self._desk.ask_to_delete(interaction)

    @app_commands.command(description="privacy.command.quiet")
    async def quiet(self, interaction: discord.Interaction) -> None:
        await self._desk.quiet(interaction)


async def setup(client: Hush) -> None:
    await client.add_cog(PrivacyCog(client.privacy_desk))
