"""/morning, /nights."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere, in_private
from bot.gateway.morning_desk import MorningDesk
from bot.reminders.mornings import MOST_WEEKS


class MorningCog(commands.Cog):
    def __init__(self, desk: MorningDesk) -> None:
        self._desk = desk

    @app_commands.command(description="morning.command.description")
    @app_commands.describe(at="morning.command.at", on="morning.command.on")
    @in_private()
    async def morning(
        self,
        interaction: discord.Interaction,
        at: app_commands.Range[str, 1, 80] | None = None,
        on: bool | None = None,
    ) -> None:
        await self._desk.morning(interaction, at, on=on)

    @app_commands.command(description="nights.command.description")
    @app_commands.describe(weeks="nights.command.weeks")
    @anywhere()
    async def nights(
        self, interaction: discord.Interaction, weeks: app_commands.Range[int, 1, MOST_WEEKS] = 4
    ) -> None:
        await self._desk.nights(interaction, weeks)


async def setup(client: Hush) -> None:
    await client.add_cog(MorningCog(client.morning_desk))
