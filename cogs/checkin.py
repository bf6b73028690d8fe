"""/checkin."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.check_in import CheckInDesk
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere


class CheckInCog(commands.Cog):
    def __init__(self, desk: CheckInDesk) -> None:
        self._desk = desk

    @app_commands.command(description="checkin.command.description")
    @anywhere()
    async def checkin(self, interaction: discord.Interaction) -> None:
        await self._desk.begin(interaction)


async def setup(client: Hush) -> None:
    await client.add_cog(CheckInCog(client.check_in_desk))
