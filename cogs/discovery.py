"""/discover, /tingles."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.discover_desk import DiscoverDesk


class DiscoveryCog(commands.Cog):
    def __init__(self, desk: DiscoverDesk) -> None:
        self._desk = desk

    @app_commands.command(description="discover.command.description")
    @anywhere()
    async def discover(self, interaction: discord.Interaction) -> None:
        await self._desk.begin(interaction)

    @app_commands.command(description="tingles.command.description")
    @anywhere()
    async def tingles(self, interaction: discord.Interaction) -> None:
        await self._desk.tingles(interaction)


async def setup(client: Hush) -> None:
    await client.add_cog(DiscoveryCog(client.discover_desk))
