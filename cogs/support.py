"""/support, /therapy, "Help a friend"."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.content.texts import Texts
from bot.content.therapy_guide import TherapyGuide
from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere, in_servers
from bot.gateway.help_card import language_for
from bot.gateway.help_desk import HelpDesk
from bot.gateway.replies import Replies
from bot.gateway.therapy_pages import friend_page, therapies_page, therapy_page
from bot.support.concerns import CONCERNS
from bot.support.countries import Countries

Choices = list[app_commands.Choice[str]]


class SupportCog(commands.Cog):
    def __init__(
        self, desk: HelpDesk, countries: Countries, therapies: TherapyGuide, texts: Texts, replies: Replies
    ) -> None:
        self._desk = desk
        self._countries = countries
        self._therapies = therapies
        self._texts = texts
        self._replies = replies

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

    @app_commands.command(description="therapy.command.description")
    @app_commands.describe(kind="therapy.command.kind")
    @anywhere()
    async def therapy(
        self, interaction: discord.Interaction, kind: app_commands.Range[str, 1, 50] | None = None
    ) -> None:
        locale = interaction.locale.value
        if kind is None:
            await self._replies.show(interaction, therapies_page(self._therapies, self._texts, locale))
        elif found := self._therapies.find(kind):
            await self._replies.show(interaction, therapy_page(self._therapies, found, self._texts, locale))
        else:
            raise Refusal("therapy.refused.unknown")

    @therapy.autocomplete("kind")
    async def _kinds_like(self, _interaction: discord.Interaction, typed: str) -> Choices:
        found = self._therapies.suggest(typed) or list(self._therapies.therapies)
        names = {i: self._therapies.therapies[i].name for i in found}
        return [app_commands.Choice(name=name, value=therapy_id) for therapy_id, name in names.items()]

    async def help_a_friend(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Show how to support somebody. The message is not read, its author neither told nor marked."""
        if message.author.id == interaction.user.id:
            await self._desk.open(interaction)
        else:
            await self._replies.show(interaction, friend_page(self._texts, interaction.locale.value))


async def setup(client: Hush) -> None:
    services = client.services
    cog = SupportCog(
        client.help_desk,
        services.support.countries,
        services.therapies,
        services.texts,
        services.replies,
    )
    await client.add_cog(cog)
    friend = app_commands.ContextMenu(name="Help a friend", callback=cog.help_a_friend)
    client.tree.add_command(in_servers()(friend))
