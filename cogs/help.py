"""/help."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.content.texts import Texts
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.help_desk import HelpDesk
from bot.gateway.pages import help_page
from bot.gateway.replies import Replies


class HelpCog(commands.Cog):
    def __init__(self, texts: Texts, replies: Replies, help_desk: HelpDesk) -> None:
        self._texts = texts
        self._replies = replies
        self._help_desk = help_desk

    @app_commands.command(description="help.command.description")
    @anywhere()
    async def help(self, interaction: discord.Interaction) -> None:
        is_held = self._help_desk.stands_alone(interaction.user.id)
        view = help_page(self._texts, interaction.locale.value, is_held=is_held)
        await self._replies.show(interaction, view)


async def setup(client: Hush) -> None:
    await client.add_cog(HelpCog(client.services.texts, client.services.replies, client.help_desk))
