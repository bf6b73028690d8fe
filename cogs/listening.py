"""/play, /volume, /pause, /resume, /timer, /stop."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.preferences import LONGEST_MINUTES
from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.gateway.offers import SoundOffers
from bot.gateway.panels import Panels
from bot.gateway.replies import Replies
from bot.gateway.rooms import room_of, seat_of
from bot.playback.model import Wish
from bot.playback.presets import Presets
from bot.playback.search import MOST_SUGGESTIONS
from bot.playback.service import Playback

_MOST_PRESETS_SHOWN = 5


class ListeningCog(commands.Cog):
    def __init__(
        self,
        *,
        playback: Playback,
        panels: Panels,
        presets: Presets,
        offers: SoundOffers,
        replies: Replies,
        cooldowns: Cooldowns,
    ) -> None:
        self._playback = playback
        self._panels = panels
        self._presets = presets
        self._offers = offers
        self._replies = replies
        self._cooldowns = cooldowns

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
        self._cooldowns.spend(Costly.PLAY, interaction.user.id)
        await self._replies.defer(interaction)
        now = await self._playback.play(room, Wish(sound, volume, minutes), by=seat_of(interaction))
        shown = await self._panels.place(now, interaction.channel)
        await self._replies.playing(interaction, now, panel=shown)

    @play.autocomplete("sound")
    async def _sounds_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        typed = current.strip().casefold()
        named = [
            app_commands.Choice(name=name, value=name)
            for name in await self._presets.names(interaction.user.id)
            if typed and typed in name.casefold()
        ]
        sounds = await self._offers.like(interaction, current)
        named = named[:_MOST_PRESETS_SHOWN]
        return [*sounds[: MOST_SUGGESTIONS - len(named)], *named]

    @app_commands.command(description="volume.command.description")
    @app_commands.describe(percent="volume.command.percent")
    @in_servers()
    async def volume(
        self, interaction: discord.Interaction, percent: app_commands.Range[int, 0, 100]
    ) -> None:
        now = await self._playback.set_volume(seat_of(interaction), percent)
        key = "volume.now.set" if now.volume else "volume.now.muted"
        if now.volume < percent:
            key = "volume.now.capped"
        await self._replies.say(interaction, key, volume=now.volume)

    @app_commands.command(description="pause.command.description")
    @in_servers()
    async def pause(self, interaction: discord.Interaction) -> None:
        await self._playback.pause(seat_of(interaction))
        await self._replies.say(interaction, "pause.now.paused")

    @app_commands.command(description="resume.command.description")
    @in_servers()
    async def resume(self, interaction: discord.Interaction) -> None:
        now = await self._playback.resume(seat_of(interaction))
        await self._replies.say(interaction, "resume.now.playing", title=now.title, volume=now.volume)

    @app_commands.command(description="timer.command.description")
    @app_commands.describe(minutes="timer.command.minutes", arc="timer.command.arc")
    @in_servers()
    async def timer(
        self,
        interaction: discord.Interaction,
        minutes: app_commands.Range[int, 0, LONGEST_MINUTES],
        arc: bool = False,
    ) -> None:
        now = await self._playback.set_timer(seat_of(interaction), minutes, arc=arc)
        await self._replies.timer(interaction, now)

    @app_commands.command(description="stop.command.description")
    @in_servers()
    async def stop(self, interaction: discord.Interaction) -> None:
        await self._playback.stop(seat_of(interaction))
        await self._replies.say(interaction, "stop.now.fading")


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(
        ListeningCog(
            playback=services.playback,
            panels=services.panels,
            presets=services.presets,
            offers=services.offers,
            replies=services.replies,
            cooldowns=services.cooldowns,
        )
    )
