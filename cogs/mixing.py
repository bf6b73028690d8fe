"""/layer add, remove, volume; /mixer."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.mixer_desk import MixerDesk
from bot.gateway.offers import Choices, SoundOffers
from bot.gateway.replies import Replies
from bot.gateway.rooms import seat_of
from bot.playback.places import AROUND, PLACES
from bot.playback.service import Playback

Sound = app_commands.Range[str, 1, 100]
Percent = app_commands.Range[int, 0, 100]
_PLACES = [app_commands.Choice(name=name.replace("-", " "), value=name) for name in PLACES]


class MixingCog(commands.Cog):
    layer = in_servers()(app_commands.Group(name="layer", description="layer.command.description"))

    def __init__(self, playback: Playback, offers: SoundOffers, replies: Replies, desk: MixerDesk) -> None:
        self._playback = playback
        self._offers = offers
        self._replies = replies
        self._desk = desk

    @app_commands.command(description="mixer.command.description")
    @in_servers()
    async def mixer(self, interaction: discord.Interaction) -> None:
        await self._desk.open(interaction)

    @layer.command(name="add", description="layer.command.add")
    @app_commands.describe(
        sound="layer.command.sound", volume="layer.command.volume", place="layer.command.place"
    )
    @app_commands.choices(place=_PLACES)
    async def add(
        self,
        interaction: discord.Interaction,
        sound: Sound,
        volume: Percent | None = None,
        place: str = AROUND,
    ) -> None:
        now = await self._playback.add_layer(seat_of(interaction), sound, volume=volume, place=place)
        await self._replies.say(interaction, "layer.now.added", title=now.title)

    @layer.command(name="remove", description="layer.command.remove")
    @app_commands.describe(sound="layer.command.sound")
    async def remove(self, interaction: discord.Interaction, sound: Sound) -> None:
        now = await self._playback.remove_layer(seat_of(interaction), sound)
        await self._replies.say(interaction, "layer.now.removed", title=now.title)

    @layer.command(name="volume", description="layer.command.change")
    @app_commands.describe(
        sound="layer.command.sound", volume="layer.command.volume", place="layer.command.place"
    )
    @app_commands.choices(place=_PLACES)
    async def volume(
        self, interaction: discord.Interaction, sound: Sound, volume: Percent, place: str | None = None
    ) -> None:
        await self._playback.change_layer(seat_of(interaction), sound, volume=volume, place=place)
        await self._replies.say(interaction, "layer.now.changed", volume=volume)

    @add.autocomplete("sound")
    async def _sounds_like(self, interaction: discord.Interaction, current: str) -> Choices:
        return await self._offers.like(interaction, current)

    @remove.autocomplete("sound")
    @volume.autocomplete("sound")
    async def _layers_like(self, interaction: discord.Interaction, current: str) -> Choices:
        now = None if interaction.guild_id is None else self._playback.now_playing(interaction.guild_id)
        playing = {layer.trigger for layer in now.mix.layers} if now is not None and now.mix else set()
        return await self._offers.like(interaction, current, among=playing)


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(MixingCog(services.playback, services.offers, services.replies, client.mixer_desk))
