"""/breathe, /meditate."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.care_desk import CareDesk
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere


class PracticesCog(commands.Cog):
    def __init__(self, desk: CareDesk) -> None:
        self._desk = desk

    @app_commands.command(description="breathe.command.description")
    @app_commands.describe(practice="breathe.command.practice", minutes="breathe.command.minutes")
    @anywhere()
    async def breathe(
        self,
        interaction: discord.Interaction,
        practice: app_commands.Range[str, 1, 50] | None = None,
        minutes: app_commands.Range[int, 1, 60] | None = None,
    ) -> None:
        await self._desk.practise(interaction, practice, minutes, breath=True)

    @app_commands.command(description="meditate.command.description")
    @app_commands.describe(practice="meditate.command.practice", minutes="meditate.command.minutes")
    @anywhere()
    async def meditate(
        self,
        interaction: discord.Interaction,
        practice: app_commands.Range[str, 1, 50] | None = None,
        minutes: app_commands.Range[int, 1, 60] | None = None,
    ) -> None:
        await self._desk.practise(interaction, practice, minutes, breath=False)

    @breathe.autocomplete("practice")
    async def _breaths_like(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return _choices(self._desk.practices_like(current, breath=True))

    @meditate.autocomplete("practice")
    async def _meditations_like(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return _choices(self._desk.practices_like(current, breath=False))


def _choices(titled: list[tuple[str, str]]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=title, value=practice_id) for title, practice_id in titled]


async def setup(client: Hush) -> None:
    await client.add_cog(PracticesCog(client.care_desk))
