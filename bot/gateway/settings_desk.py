"""Where admins say how Hush behaves in their server; every press is kept at once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import time
from typing import Any, Final, cast

import discord

from bot.core.errors import Refusal, StoreError
from bot.core.preferences import GuildSettings, QuietHours
from bot.gateway.channel_status import ChannelStatuses
from bot.gateway.funnel import Funnel
from bot.gateway.settings_pages import OWN, TOPICS, Chosen, SettingsPages, chosen_values
from bot.playback.limits import VolumeLimits
from bot.playback.preferences import CachedGuildSettings
from bot.playback.service import Playback
from bot.reminders.ports import ReminderChannels
from bot.reminders.service import Evenings
from bot.reminders.spoken import SpokenTime, read_time

_PREFIX: Final = "settings"
_VERSION: Final = "v1"
_USUAL_QUIET_CAP: Final = 30
_Act = Callable[[discord.Interaction, str], Awaitable[None]]
_Change = Callable[[GuildSettings, str, str], GuildSettings]
"""Settings, what a button carries, what was picked -> settings."""


class SettingsDesk:
    def __init__(
        self,
        *,
        settings: CachedGuildSettings,
        reminder_channels: ReminderChannels,
        evenings: Evenings,
        limits: VolumeLimits,
        playback: Playback,
        statuses: ChannelStatuses,
        pages: SettingsPages,
        funnel: Funnel,
    ) -> None:
        self._settings = settings
        self._reminder_channels = reminder_channels
        self._evenings = evenings
        self._limits = limits
        self._playback = playback
        self._statuses = statuses
        self._pages = pages
        self._funnel = funnel
        self._acts: dict[str, _Act] = {
            "open": self._open,
            "back": self._back,
            "role": self._changing("listener", _with_role),
            "everyone": self._changing("listener", lambda s, _, __: replace(s, listener_role_id=None)),
            "cap": self._changing("volume", lambda s, _, p: replace(s, volume_cap_percent=int(p))),
            "channel": self._ask_channel_cap,
            "channel-cap": self._changing("volume", _with_channel_cap),
            "ask-hours": self._ask_hours,
            "quiet-hours": self._set_hours,
            "quiet-cap": self._changing("quiet", _with_quiet_cap),
            "no-hours": self._changing("quiet", lambda s, _, __: replace(s, quiet=None)),
            "timer": self._changing("timer", lambda s, _, p: replace(s, timer_default_minutes=int(p))),
            "tail": self._changing("timer", lambda s, _, p: replace(s, tail_minutes=int(p))),
            "empty": self._changing("end", lambda s, _, p: replace(s, empty_minutes=int(p))),
            "end": self._changing("end", lambda s, a, _: replace(s, leave_at_end=a == "1")),
            "reminder-channels": self._set_reminder_channels,
            "status": self._changing("status", lambda s, a, _: replace(s, voice_status=a == "1")),
            "language": self._changing(
                "language", lambda s, _, p: replace(s, language=None if p == OWN else p)
            ),
        }

    async def show(self, interaction: discord.Interaction) -> None:
        _server_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = self._pages.all(await self._chosen(interaction), interaction.locale.value)
        await interaction.edit_original_response(view=view)

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press or a form of the settings; False when it was something else's."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        prefix, *rest = str(data.get("custom_id", "")).split(":")
        if prefix != _PREFIX or len(rest) != 3 or rest[1] != _VERSION:
            return False
        act, _, argument = rest
        try:
            _server_of(interaction)
            await self._acts[act](interaction, argument)
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _open(self, interaction: discord.Interaction, argument: str) -> None:
        topic = argument if argument in TOPICS else _picked(interaction)
        await interaction.response.defer()
        await self._redraw(interaction, topic)

    async def _back(self, interaction: discord.Interaction, _: str) -> None:
        await interaction.response.defer()
        view = self._pages.all(await self._chosen(interaction), interaction.locale.value)
        await interaction.edit_original_response(view=view)

    def _changing(self, topic: str, change: _Change) -> _Act:
        async def act(interaction: discord.Interaction, argument: str) -> None:
            picked = _picked(interaction)
            await interaction.response.defer()
            await self._keep(interaction, lambda settings: change(settings, argument, picked))
            await self._redraw(interaction, topic)

        return act

    async def _ask_channel_cap(self, interaction: discord.Interaction, _: str) -> None:
        channel_id = int(_picked(interaction))
        await interaction.response.defer()
        chosen = await self._chosen(interaction)
        view = self._pages.channel(channel_id, chosen, interaction.locale.value)
        await interaction.edit_original_response(view=view)

    async def _ask_hours(self, interaction: discord.Interaction, _: str) -> None:
        # A form must be the first answer, and memory knows the settings: they were just shown.
        settings = await self._settings.get(_server_of(interaction))
        zone = settings.timezone or await self._own_zone(interaction)
        await interaction.response.send_modal(
            self._pages.hours_form(settings.quiet, zone, interaction.locale.value)
        )

    async def _set_hours(self, interaction: discord.Interaction, _: str) -> None:
        typed = dict(_fields(cast("Mapping[str, Any]", interaction.data or {})))
        await interaction.response.defer()
        begin, end = read_time(typed.get("from", "")).at, _morning(read_time(typed.get("to", "")))
        zone = self._evenings.zone_meant(typed.get("zone", ""), interaction.locale.value)
        if begin == end:
            raise Refusal("settings.refused.no_time")
        minutes = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute

        def change(settings: GuildSettings) -> GuildSettings:
            cap = _USUAL_QUIET_CAP if settings.quiet is None else settings.quiet.cap_percent
            return replace(settings, timezone=zone, quiet=QuietHours(*minutes, cap))

        await self._keep(interaction, change)
        await self._redraw(interaction, "quiet")

    async def _set_reminder_channels(self, interaction: discord.Interaction, _: str) -> None:
        channel_ids = frozenset(int(value) for value in chosen_values(_data(interaction)))
        await interaction.response.defer()
        for channel_id in channel_ids:
            _refuse_unwritable(interaction.guild, channel_id)
        try:
            await self._reminder_channels.put(_server_of(interaction), channel_ids)
        except StoreError:
            raise Refusal("settings.refused.unwritten") from None
        await self._redraw(interaction, "reminders")

    async def _own_zone(self, interaction: discord.Interaction) -> str | None:
        try:
            return await self._evenings.zone_of(interaction.user.id)
        except StoreError:
            return None  # it only saves typing

    async def _keep(
        self, interaction: discord.Interaction, change: Callable[[GuildSettings], GuildSettings]
    ) -> None:
        guild_id = _server_of(interaction)
        try:
            await self._settings.change(guild_id, change)
        except StoreError:
            raise Refusal("settings.refused.unwritten") from None
        self._playback.limits_changed(guild_id)
        self._statuses.look(guild_id)

    async def _redraw(self, interaction: discord.Interaction, topic: str) -> None:
        chosen = await self._chosen(interaction)
        view = self._pages.one(topic, chosen, interaction.locale.value)
        await interaction.edit_original_response(view=view)

    async def _chosen(self, interaction: discord.Interaction) -> Chosen:
        guild_id = _server_of(interaction)
        try:
            reminder_channels = await self._reminder_channels.of(guild_id)
        except StoreError:
            raise Refusal("settings.refused.unwritten") from None
        settings = await self._settings.get(guild_id)
        guild = interaction.guild
        may_write = guild is None or guild.me.guild_permissions.set_voice_channel_status
        return Chosen(settings, reminder_channels, self._limits.hoster_percent, may_write)


def _server_of(interaction: discord.Interaction) -> int:
    """Return the server; refuse whoever does not manage it."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise Refusal("settings.refused.not_admin")
    return interaction.guild_id


def _morning(spoken: SpokenTime) -> time:
    """Quiet hours end in the morning, where the words alone would fit both."""
    return spoken.at.replace(hour=spoken.at.hour % 12) if spoken.is_guess else spoken.at


def _data(interaction: discord.Interaction) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", interaction.data or {})


def _picked(interaction: discord.Interaction) -> str:
    return next(iter(chosen_values(_data(interaction))), "")


def _fields(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what was typed into a form, by field."""
    if isinstance(value := node.get("value"), str):
        yield str(node.get("custom_id")), value
    for inner in (*node.get("components", ()), node.get("component")):
        if inner:
            yield from _fields(inner)


def _refuse_unwritable(guild: discord.Guild | None, channel_id: int) -> None:
    channel = None if guild is None else guild.get_channel(channel_id)
    mine = None if guild is None or channel is None else channel.permissions_for(guild.me)
    if mine is None or not (mine.view_channel and mine.send_messages):
        raise Refusal("settings.refused.unwritable", channel_id=channel_id)


def _with_role(settings: GuildSettings, _: str, picked: str) -> GuildSettings:
    role_id = int(picked)
    return replace(settings, listener_role_id=None if role_id == settings.guild_id else role_id)


def _with_channel_cap(settings: GuildSettings, channel_id: str, picked: str) -> GuildSettings:
    others = {known: cap for known, cap in settings.channel_caps.items() if known != int(channel_id)}
    caps = others if picked == OWN else others | {int(channel_id): int(picked)}
    return replace(settings, channel_caps=caps)


def _with_quiet_cap(settings: GuildSettings, _: str, picked: str) -> GuildSettings:
    if settings.quiet is None:
        raise Refusal("settings.refused.no_hours")
    return replace(settings, quiet=replace(settings.quiet, cap_percent=int(picked)))
