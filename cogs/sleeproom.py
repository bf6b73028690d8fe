"""/sleeproom set, clear, list."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.offers import SoundOffers
from bot.gateway.sleep_room_desk import SleepRoomDesk


@in_servers()
@app_commands.default_permissions(manage_guild=True)
class SleepRoomCog(
    commands.GroupCog, group_name="sleeproom", group_description="sleeproom.command.description"
):
    def __init__(self, desk: SleepRoomDesk, offers: SoundOffers) -> None:
        self._desk = desk
        self._offers = offers

    @app_commands.command(name="set", description="sleeproom.command.set")
    @app_commands.rename(from_="from")
    @app_commands.describe(
        channel="sleeproom.command.channel",
        sound="sleeproom.command.sound",
        from_="sleeproom.command.from",
        to="sleeproom.command.to",
    )
    async def set_room(
        self,
        interaction: discord.Interaction,
        channel: discord.VoiceChannel | discord.StageChannel,
        sound: app_commands.Range[str, 1, 100],
        from_: app_commands.Range[str, 1, 40],
        to: app_commands.Range[str, 1, 40],
    ) -> None:
        await self._desk.set(interaction, channel, sound, from_, to)

    @set_room.autocomplete("sound")
    async def _sounds_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return await self._offers.like(interaction, current)

    @app_commands.command(description="sleeproom.command.clear")
    @app_commands.describe(channel="sleeproom.command.channel")
    async def clear(
        self, interaction: discord.Interaction, channel: discord.VoiceChannel | discord.StageChannel
    ) -> None:
        await self._desk.clear(interaction, channel)

    @app_commands.command(name="list", description="sleeproom.command.list")
    async def show(self, interaction: discord.Interaction) -> None:
        await self._desk.show(interaction)


async def setup(client: Hush) -> None:
    services = client.services
    desk = SleepRoomDesk(
        services.sleep_rooms,
        services.sounds,
        services.guild_settings,
        services.person_settings,
        services.replies,
    )
    await client.add_cog(SleepRoomCog(desk, services.offers))
