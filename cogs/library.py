"""/library."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.library_desk import LibraryDesk


class LibraryCog(commands.Cog):
    def __init__(self, desk: LibraryDesk) -> None:
        self._desk = desk

    @app_commands.command(description="library.command.description")
    @app_commands.describe(category="library.command.category")
    @anywhere()
    async def library(
        self, interaction: discord.Interaction, category: app_commands.Range[str, 1, 50] | None = None
    ) -> None:
        await self._desk.open(interaction, category)

    @library.autocomplete("category")
    async def _category_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        shelves = await self._desk.shelves_like(interaction, current)
        return [app_commands.Choice(name=s.name, value=s.family) for s in shelves]


async def setup(client: Hush) -> None:
    await client.add_cog(LibraryCog(client.library_desk))
