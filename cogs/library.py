"""/library."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.content.texts import Texts
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.pages import library_page
from bot.gateway.replies import Replies
from bot.gateway.shelves import Shelves
from bot.playback.search import MOST_SUGGESTIONS


class LibraryCog(commands.Cog):
    def __init__(self, shelves: Shelves, texts: Texts, replies: Replies) -> None:
        self._shelves = shelves
        self._texts = texts
        self._replies = replies

    @app_commands.command(description="library.command.description")
    @app_commands.describe(category="library.command.category")
    @anywhere()
    async def library(
        self, interaction: discord.Interaction, category: app_commands.Range[str, 1, 50] | None = None
    ) -> None:
        locale = interaction.locale.value
        page = library_page(self._texts, locale, self._shelves.browse(category, locale))
        await self._replies.show(interaction, page)

    @library.autocomplete("category")
    async def _category_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        shelves = self._shelves.suggest(current, interaction.locale.value)
        return [app_commands.Choice(name=s.name, value=s.family) for s in shelves[:MOST_SUGGESTIONS]]


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(LibraryCog(services.shelves, services.texts, services.replies))
