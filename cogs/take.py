"""/take."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.audio.taking.order import Form
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.offers import SoundOffers
from bot.gateway.replies import Replies
from bot.gateway.take_desk import TakeDesk
from bot.playback.presets import Presets
from bot.playback.search import MOST_SUGGESTIONS

_LONGEST_MINUTES = 180
"""What can be typed; how much fits is said."""
_FORMATS = [
    app_commands.Choice(name="take.format.opus", value=Form.OGG.value),
    app_commands.Choice(name="take.format.aac", value=Form.M4A.value),
]


class TakeCog(commands.Cog):
    def __init__(self, desk: TakeDesk, presets: Presets, offers: SoundOffers, replies: Replies) -> None:
        self._desk = desk
        self._presets = presets
        self._offers = offers
        self._replies = replies

    @app_commands.command(description="take.command.description")
    @app_commands.rename(form="format")
    @app_commands.describe(
        preset="take.command.preset", minutes="take.command.minutes", form="take.command.format"
    )
    @app_commands.choices(form=_FORMATS)
    @anywhere()
    async def take(
        self,
        interaction: discord.Interaction,
        preset: app_commands.Range[str, 1, 300] | None = None,
        minutes: app_commands.Range[int, 1, _LONGEST_MINUTES] | None = None,
        form: str = Form.OGG.value,
    ) -> None:
        await self._replies.defer(interaction)
        await self._desk.send(interaction, preset, minutes, Form(form))

    @take.autocomplete("preset")
    async def _mixes_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        wanted = current.strip().casefold()
        named = [
            app_commands.Choice(name=name, value=name)
            for name in await self._presets.names(interaction.user.id)
            if wanted in name.casefold()
        ]
        return [*named, *await self._offers.like(interaction, current)][:MOST_SUGGESTIONS]


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(TakeCog(client.take_desk, services.presets, services.offers, services.replies))
