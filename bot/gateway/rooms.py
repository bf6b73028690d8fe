"""Reading from an interaction where a person sits, and whether Hush can be heard there."""

import discord

from bot.core.errors import Refusal
from bot.playback.model import Room, Seat

VocalChannel = discord.VoiceChannel | discord.StageChannel

_HOUSE_BITRATE = 128_000
_STAGE_BITRATE = 64_000
"""Discord carries no more on a stage."""


def seat_of(interaction: discord.Interaction) -> Seat:
    """Return who asks, and where they sit."""
    person = interaction.user
    if interaction.guild_id is None or not isinstance(person, discord.Member):
        raise Refusal("listener.refused.nothing_plays")
    channel = _channel_of(person)
    return Seat(
        interaction.guild_id,
        channel.id if channel is not None else None,
        user_id=person.id,
        role_ids=frozenset(role.id for role in person.roles),
        manages_server=interaction.permissions.manage_guild,
    )


def room_of(interaction: discord.Interaction) -> Room:
    """Return the room to play in: where the asker sits.

    Raises Refusal when they sit nowhere, or when Hush could not be heard there; it names what is missing.
    """
    channel = _channel_of(interaction.user)
    if channel is None:
        raise Refusal("play.refused.not_in_voice")
    return room_to_enter(channel)


def room_to_enter(channel: VocalChannel) -> Room:
    """Return the room; raise Refusal, naming what is missing, when Hush could not be heard there."""
    me = channel.guild.me
    if me.id not in channel.voice_states:
        _refuse_without_a_way_in(channel, channel.permissions_for(me))
    return room_from(channel)


def room_from(channel: VocalChannel) -> Room:
    limit = _STAGE_BITRATE if isinstance(channel, discord.StageChannel) else _HOUSE_BITRATE
    name = discord.utils.escape_markdown(channel.name)
    return Room(channel.guild.id, channel.id, name, min(channel.bitrate, limit))


def people_in(channel: VocalChannel) -> int:
    """Count who may be listening."""
    return len(who_is_in(channel))


def who_is_in(channel: VocalChannel) -> frozenset[int]:
    """Return who may be listening. Whoever is not in the cache counts as a person: rather stay than leave."""
    members = {user_id: channel.guild.get_member(user_id) for user_id in channel.voice_states}
    return frozenset(user_id for user_id, member in members.items() if member is None or not member.bot)


def _channel_of(user: discord.User | discord.Member) -> VocalChannel | None:
    voice = user.voice if isinstance(user, discord.Member) else None
    return voice.channel if voice is not None else None


def _refuse_without_a_way_in(channel: VocalChannel, mine: discord.Permissions) -> None:
    needed = {"play.refused.view": mine.view_channel, "play.refused.connect": mine.connect}
    if not isinstance(channel, discord.StageChannel):  # on a stage everybody starts in the audience
        needed["play.refused.speak"] = mine.speak
    name = discord.utils.escape_markdown(channel.name)
    for refusal, granted in needed.items():
        if not granted:
            raise Refusal(refusal, channel=name)
    full = channel.user_limit and len(channel.voice_states) >= channel.user_limit
    if full and not mine.move_members:
        raise Refusal("play.refused.full", channel=name)
