"""Sounds offered while somebody types: favourites first, their server's own recordings among them."""

from collections.abc import Collection

import discord
from discord import app_commands

from bot.playback.choices import Favourites
from bot.playback.search import MOST_SUGGESTIONS, SoundSearch

Choices = list[app_commands.Choice[str]]


class SoundOffers:
    def __init__(self, sounds: SoundSearch, favourites: Favourites) -> None:
        self._sounds = sounds
        self._favourites = favourites

    async def like(
        self, interaction: discord.Interaction, typed: str, *, among: Collection[str] | None = None
    ) -> Choices:
        """Return the sounds that may be meant; `among` leaves out all others."""
        favourites = await self._favourites.of(interaction.user.id)
        limit = MOST_SUGGESTIONS if among is None else len(self._sounds.names)
        found = self._sounds.suggest(typed, limit, interaction.guild_id, favourites)
        kept = [trigger for trigger in found if among is None or trigger.id in among]
        return [app_commands.Choice(name=t.name, value=t.id) for t in kept[:MOST_SUGGESTIONS]]
