"""/focus."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.focus_desk import FocusDesk
from bot.gateway.offers import SoundOffers


class FocusCog(commands.Cog):
    def __init__(self, desk: FocusDesk, offers: SoundOffers) -> None:
        self._desk = desk
        self._offers = offers

    @app_commands.command(description="focus.command.description")
    @app_commands.describe(
        work="focus.command.work",
        rest="focus.command.rest",
        rounds="focus.command.rounds",
        sound="focus.command.sound",
    )
    @in_servers()
    async def focus(
        self,
        interaction: discord.Interaction,
        work: app_commands.Range[int, 5, 120] = 25,
        rest: app_commands.Range[int, 1, 60] = 5,
        rounds: app_commands.Range[int, 1, 12] = 4,
        sound: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        await self._desk.begin(interaction, work, rest, rounds, sound)

    @focus.autocomplete("sound")
    async def _sounds_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self._offers.like(interaction, current)


async def setup(client: Hush) -> None:
    await client.add_cog(FocusCog(client.focus_desk, client.services.offers))
