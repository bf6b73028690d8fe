"""/pair, /learn."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.care_desk import CareDesk
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere

_USUAL_MINUTES = 10


class CareCog(commands.Cog):
    def __init__(self, desk: CareDesk) -> None:
        self._desk = desk

    @app_commands.command(description="pair.command.description")
    @app_commands.describe(feeling="pair.command.feeling", minutes="pair.command.minutes")
    @anywhere()
    async def pair(
        self,
        interaction: discord.Interaction,
        feeling: app_commands.Range[str, 1, 50],
        minutes: app_commands.Range[int, 3, 60] = _USUAL_MINUTES,
    ) -> None:
        await self._desk.pair(interaction, feeling, minutes)

    @pair.autocomplete("feeling")
    async def _feelings_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        feelings = self._desk.feelings_like(current, interaction.locale.value)
        return [app_commands.Choice(name=name, value=feeling) for name, feeling in feelings]

    @app_commands.command(description="learn.command.description")
    @app_commands.describe(topic="learn.command.topic")
    @anywhere()
    async def learn(
        self, interaction: discord.Interaction, topic: app_commands.Range[str, 1, 50] | None = None
    ) -> None:
        await self._desk.learn(interaction, topic)

    @learn.autocomplete("topic")
    async def _topics_like(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return [
            app_commands.Choice(name=title, value=topic) for title, topic in self._desk.topics_like(current)
        ]


async def setup(client: Hush) -> None:
    await client.add_cog(CareCog(client.care_desk))
