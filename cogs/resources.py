"""/resources add, list, remove."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.resource_desk import ResourceDesk
from bot.support.ports import HOURS_LIMIT, HOW_LIMIT, LINK_LIMIT, NAME_LIMIT, WHAT_LIMIT, Resource

_MOST_CHOICES = 25


@in_servers()
@app_commands.default_permissions(manage_guild=True)
class ResourcesCog(
    commands.GroupCog, group_name="resources", group_description="resources.command.description"
):
    def __init__(self, desk: ResourceDesk) -> None:
        self._desk = desk

    @app_commands.command(description="resources.command.add")
    @app_commands.describe(
        name="resources.command.name",
        what="resources.command.what",
        how="resources.command.how",
        hours="resources.command.hours",
        link="resources.command.link",
    )
    async def add(  # noqa: PLR0917 - options of a command
        self,
        interaction: discord.Interaction,
        name: app_commands.Range[str, 1, NAME_LIMIT],
        what: app_commands.Range[str, 1, WHAT_LIMIT],
        how: app_commands.Range[str, 1, HOW_LIMIT],
        hours: app_commands.Range[str, 1, HOURS_LIMIT] | None = None,
        link: app_commands.Range[str, 1, LINK_LIMIT] | None = None,
    ) -> None:
        await self._desk.add(interaction, Resource(name, what, how, hours, link))

    @app_commands.command(name="list", description="resources.command.list")
    async def show(self, interaction: discord.Interaction) -> None:
        await self._desk.show(interaction)

    @app_commands.command(description="resources.command.remove")
    @app_commands.describe(name="resources.command.name")
    async def remove(self, interaction: discord.Interaction, name: str) -> None:
        await self._desk.remove(interaction, name)

    @remove.autocomplete("name")
    async def _names_like(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        try:
            names = await self._desk.names(interaction, typed)
        except Refusal:
            return []
        return [app_commands.Choice(name=name, value=name) for name in names[:_MOST_CHOICES]]


async def setup(client: Hush) -> None:
    await client.add_cog(ResourcesCog(client.resource_desk))
