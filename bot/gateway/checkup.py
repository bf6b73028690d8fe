"""What keeps Hush from doing its work in one place on Discord, and how to mend it, as text keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.core.errors import Refusal
from bot.gateway.access import PERMISSION_NAMES
from bot.gateway.rooms import VocalChannel

_THIN_BELOW = 64_000
"""bit/s; from here on stereo noise and tapping keep their air."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that is missing: a key of the locale files, with what fills it.

    permissions: the missing ones' names, as text keys; spoken as `permissions`.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    permissions: tuple[str, ...] = ()


def checkup(interaction: discord.Interaction) -> list[Advice]:
    """Look at the room the asker sits in, and at the channel they ask in; return what is missing.

    Raises Refusal unless they manage the server: it tells of permissions, which are theirs to give.
    """
    guild, user = interaction.guild, interaction.user
    if guild is None or not isinstance(user, discord.Member) or not interaction.permissions.manage_guild:
        raise Refusal("doctor.refused.not_admin")
    if guild.me.is_timed_out():
        return [Advice("doctor.server.timeout", {"until": guild.me.timed_out_until})]
    room = user.voice.channel if user.voice is not None else None
    return [*_in_voice(room, guild), *_in_text(interaction, room)]


def _in_voice(room: VocalChannel | None, guild: discord.Guild) -> Iterator[Advice]:
    if room is None:
        if lacking := _lacking(guild.me.guild_permissions, "view_channel", "connect", "speak"):
            yield Advice("doctor.server.permissions", {}, lacking)
        return
    name = discord.utils.escape_markdown(room.name)
    mine = room.permissions_for(guild.me)
    is_stage = isinstance(room, discord.StageChannel)
    if lacking := _lacking(mine, "view_channel", "connect", *(() if is_stage else ("speak",))):
        yield Advice("doctor.voice.permissions", {"channel": name}, lacking)
    if guild.me.id not in room.voice_states and _is_full(room) and not mine.move_members:
        yield Advice("doctor.voice.full", {"channel": name, "limit": room.user_limit})
    if is_stage:
        yield from _on_stage(mine, name)
    elif room.bitrate < _THIN_BELOW:
        yield Advice("doctor.voice.bitrate", {"channel": name, "kbit": room.bitrate // 1000})
    yield from _silenced(room, guild, name)


def _silenced(room: VocalChannel, guild: discord.Guild, name: str) -> Iterator[Advice]:
    if room == guild.afk_channel:
        yield Advice("doctor.voice.afk", {"channel": name})
    if guild.me.voice is not None and guild.me.voice.mute:
        yield Advice("doctor.voice.muted")


def _on_stage(mine: discord.Permissions, name: str) -> Iterator[Advice]:
    if not mine.mute_members:
        key = "doctor.voice.stage_asks" if mine.request_to_speak else "doctor.voice.stage_waits"
        yield Advice(key, {"channel": name})


def _in_text(interaction: discord.Interaction, room: VocalChannel | None) -> Iterator[Advice]:
    """Look where the panel lives: the voice channel's own chat, or else where the command was given."""
    channel = room or interaction.channel
    if channel is None or isinstance(channel, discord.DMChannel | discord.GroupChannel):
        return
    mine = channel.permissions_for(channel.guild.me) if room is not None else interaction.app_permissions
    sending = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    wanted = (sending, "embed_links") if room is not None else ("view_channel", sending, "embed_links")
    if lacking := _lacking(mine, *wanted):
        name = discord.utils.escape_markdown(channel.name)
        key = "doctor.text.room_chat" if room is not None else "doctor.text.channel"
        yield Advice(key, {"channel": name}, lacking)


def _is_full(room: VocalChannel) -> bool:
    return bool(room.user_limit) and len(room.voice_states) >= room.user_limit


def _lacking(mine: discord.Permissions, *names: str) -> tuple[str, ...]:
    return tuple(PERMISSION_NAMES[name] for name in names if not getattr(mine, name))
