"""/doctor."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.content.texts import Texts
from bot.gateway.checkup import checkup
from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.pages import checkup_page
from bot.gateway.replies import Replies


class DoctorCog(commands.Cog):
    def __init__(self, texts: Texts, replies: Replies) -> None:
        self._texts = texts
        self._replies = replies

    @app_commands.command(description="doctor.command.description")
    @app_commands.default_permissions(manage_guild=True)
    @in_servers()
    async def doctor(self, interaction: discord.Interaction) -> None:
        page = checkup_page(self._texts, interaction.locale.value, checkup(interaction))
        await self._replies.show(interaction, page)


async def setup(client: Hush) -> None:
    await client.add_cog(DoctorCog(client.services.texts, client.services.replies))
