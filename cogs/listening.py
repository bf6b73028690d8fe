"""/play, /volume, /pause, /resume, /stop."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.replies import Replies
from bot.gateway.rooms import room_of, seat_of
from bot.playback.model import LONGEST_MINUTES, Wish
from bot.playback.search import SoundSearch
from bot.playback.service import Playback


class ListeningCog(commands.Cog):
    def __init__(self, playback: Playback, sounds: SoundSearch, replies: Replies) -> None:
        self._playback = playback
        self._sounds = sounds
        self._replies = replies

    @app_commands.command(description="play.command.description")
    @app_commands.describe(
        sound="play.command.sound", volume="play.command.volume", minutes="play.command.minutes"
    )
    @in_servers()
    async def play(
        self,
        interaction: discord.Interaction,
        sound: app_commands.Range[str, 1, 100],
        volume: app_commands.Range[int, 0, 100] | None = None,
        minutes: app_commands.Range[int, 0, LONGEST_MINUTES] | None = None,
    ) -> None:
        room = room_of(interaction)
        await self._replies.defer(interaction)
        now = await self._playback.play(room, Wish(sound, volume, minutes))
        await self._replies.playing(interaction, now)

    @play.autocomplete("sound")
    async def _sounds_like(
        self, _interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=t.name, value=t.id) for t in self._sounds.suggest(current)]

    @app_commands.command(description="volume.command.description")
    @app_commands.describe(percent="volume.command.percent")
    @in_servers()
    async def volume(
        self, interaction: discord.Interaction, percent: app_commands.Range[int, 0, 100]
    ) -> None:
        now = self._playback.set_volume(seat_of(interaction), percent)
        key = "volume.now.set" if now.volume else "volume.now.muted"
        await self._replies.say(interaction, key, volume=now.volume)

    @app_commands.command(description="pause.command.description")
    @in_servers()
    async def pause(self, interaction: discord.Interaction) -> None:
        self._playback.pause(seat_of(interaction))
        await self._replies.say(interaction, "pause.now.paused")

    @app_commands.command(description="resume.command.description")
    @in_servers()
    async def resume(self, interaction: discord.Interaction) -> None:
        now = self._playback.resume(seat_of(interaction))
        await self._replies.say(interaction, "resume.now.playing", title=now.title, volume=now.volume)

    @app_commands.command(description="stop.command.description")
    @in_servers()
    async def stop(self, interaction: discord.Interaction) -> None:
        self._playback.stop(seat_of(interaction))
        await self._replies.say(interaction, "stop.now.fading")


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(ListeningCog(services.playback, services.sounds, services.replies))
