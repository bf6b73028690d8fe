"""Where admins say which channels play by themselves at night."""

from dataclasses import replace

import discord

from bot.core.errors import Refusal
from bot.core.preferences import GuildSettings, PersonSettingsStore
from bot.gateway.replies import Replies
from bot.gateway.rooms import VocalChannel
from bot.playback.preferences import CachedGuildSettings
from bot.playback.search import SoundSearch
from bot.playback.sleep_rooms import SleepRoom, SleepRooms, clock_time, hours
from bot.reminders.spoken import read_time


class SleepRoomDesk:
    def __init__(
        self,
        rooms: SleepRooms,
        sounds: SoundSearch,
        settings: CachedGuildSettings,
        people: PersonSettingsStore,
        replies: Replies,
    ) -> None:
        self._rooms = rooms
        self._sounds = sounds
        self._settings = settings
        self._people = people
        self._replies = replies

    async def set(
        self, interaction: discord.Interaction, channel: VocalChannel, sound: str, from_: str, to: str
    ) -> None:
        """Keep a window, in the server's time zone."""
        _refuse_others(interaction)
        await self._replies.defer(interaction)
        trigger = self._sounds.find(sound, interaction.guild_id)
        if trigger is None:
            raise Refusal("play.refused.unknown")
        begins, ends = (read_time(text).at for text in (from_, to))
        if begins == ends:
            raise Refusal("sleeproom.refused.no_length")
        settings = await self._with_zone(channel.guild.id, interaction.user.id)
        room = SleepRoom(
            room_id=interaction.id,
            guild_id=channel.guild.id,
            channel_id=channel.id,
            sound=trigger.id,
            from_minute=begins.hour * 60 + begins.minute,
            to_minute=ends.hour * 60 + ends.minute,
        )
        await self._rooms.set(room)
        await self._replies.say(
            interaction,
            "sleeproom.now.set",
            channel_id=channel.id,
            title=trigger.name,
            zone=settings.timezone,
            **hours(room),
        )

    async def clear(self, interaction: discord.Interaction, channel: VocalChannel) -> None:
        _refuse_others(interaction)
        await self._replies.defer(interaction)
        n_cleared = await self._rooms.clear(channel.guild.id, channel.id)
        key = "sleeproom.now.cleared" if n_cleared else "sleeproom.now.none"
        await self._replies.say(interaction, key, channel_id=channel.id)

    async def show(self, interaction: discord.Interaction) -> None:
        _refuse_others(interaction)
        guild_id = interaction.guild_id or 0
        rooms = self._rooms.of(guild_id)
        if not rooms:
            await self._replies.say(interaction, "sleeproom.now.empty")
            return
        names = self._sounds.names
        lines = "\n".join(
            f"<#{room.channel_id}> · {clock_time(room.from_minute)}–{clock_time(room.to_minute)} · "
            f"{names.get(room.sound, room.sound)}"
            for room in rooms
        )
        settings = await self._settings.get(guild_id)
        await self._replies.say(
            interaction, "sleeproom.now.list", rooms=lines, zone=settings.timezone or "UTC"
        )

    async def _with_zone(self, guild_id: int, user_id: int) -> GuildSettings:
        """Return the server's settings with a zone: its own, else the one of who first sets a window."""
        settings = await self._settings.get(guild_id)
        if settings.timezone is not None:
            return settings
        theirs = (await self._people.get(user_id)).timezone
        if theirs is None:
            raise Refusal("sleeproom.refused.zone")
        return await self._settings.change(guild_id, lambda s: replace(s, timezone=s.timezone or theirs))


def _refuse_others(interaction: discord.Interaction) -> None:
    """Hold the permission that the command asks for: a server may have given the command to others."""
    if not interaction.permissions.manage_guild:
        raise Refusal("sleeproom.refused.not_admin")
