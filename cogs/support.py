"""/support."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.content.texts import Texts
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.help_card import language_for
from bot.gateway.help_desk import HelpDesk
from bot.support.concerns import CONCERNS
from bot.support.countries import Countries

Choices = list[app_commands.Choice[str]]


class SupportCog(commands.Cog):
    def __init__(self, desk: HelpDesk, countries: Countries, texts: Texts) -> None:
        self._desk = desk
        self._countries = countries
        self._texts = texts

    @app_commands.command(description="support.command.description")
    @app_commands.describe(country="support.command.country", concern="support.command.concern")
    @anywhere()
    async def support(
        self, interaction: discord.Interaction, country: str | None = None, concern: str | None = None
    ) -> None:
        await self._desk.open(interaction, country=country, concern=concern)

    @support.autocomplete("country")
    async def _countries_like(self, interaction: discord.Interaction, typed: str) -> Choices:
        language = language_for(interaction.locale.value)
        found = self._countries.suggest(typed, language)
        return [app_commands.Choice(name=self._countries.name(iso, language), value=iso) for iso in found]

    @support.autocomplete("concern")
    async def _concerns_like(self, interaction: discord.Interaction, typed: str) -> Choices:
        names = {c: self._texts.get(f"support.concern.{c}", interaction.locale.value) for c in CONCERNS}
        wanted = typed.strip().casefold()
        found = [c for c, name in names.items() if wanted in name.casefold()] or list(names)
        return [app_commands.Choice(name=names[concern], value=concern) for concern in found]


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(SupportCog(client.help_desk, services.support.countries, services.texts))
