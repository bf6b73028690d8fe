"""How a server's settings look: one page that says them all, and one for each that changes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

import discord
from babel import Locale
from discord import ui

from bot.content.texts import Texts
from bot.core.preferences import GuildSettings, QuietHours
from bot.gateway.colours import HOUSE
from bot.gateway.evening_words import button, row, wall_time
from bot.gateway.letters import page

TOPICS: Final[Mapping[str, str]] = {
    "listener": "settings.topic.listener",
    "volume": "settings.topic.volume",
    "quiet": "settings.topic.quiet",
    "timer": "settings.topic.timer",
    "end": "settings.topic.end",
    "reminders": "settings.topic.reminders",
    "status": "settings.topic.status",
    "language": "settings.topic.language",
}
PERCENTS: Final = (100, 90, 80, 70, 60, 50, 40, 30, 20, 10)
MINUTES: Final = (15, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 0)
TAILS: Final = (0, 5, 10, 15, 20, 30)
PATIENCES: Final = (1, 2, 5, 10, 15, 30, 60)
OWN: Final = "own"
"""What stands for a channel's or a language's being the server's own."""
_MOST_CHANNELS: Final = 25
_Row = ui.ActionRow[ui.LayoutView]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a server has chosen, as far as a page needs it."""

    settings: GuildSettings
    reminder_channels: frozenset[int]
    hoster_cap: int
    may_write_status: bool
    """Whether Hush may write voice channels' statuses there."""


def custom_id(act: str, argument: int | str = 0) -> str:
    return f"settings:{act}:v1:{argument}"


class SettingsPages:
    def __init__(self, texts: Texts, place_of: Callable[[str, str], str]) -> None:
        """`place_of` names a zone in a language: "Berlin, Germany"."""
        self._texts = texts
        self._place_of = place_of
        self._drawn: dict[str, Callable[[Chosen, str], tuple[str, list[_Row]]]] = {
            "listener": self._listener,
            "volume": self._volume,
            "quiet": self._quiet,
            "timer": self._timer,
            "end": self._end,
            "reminders": self._reminders,
            "status": self._status,
            "language": self._language,
        }

    def all(self, chosen: Chosen, locale: str) -> ui.LayoutView:
        """Say every setting in a line, and ask which to change."""
        lines = [self._line(topic, chosen, locale) for topic in TOPICS]
        options = {topic: self._texts.get(key, locale) for topic, key in TOPICS.items()}
        select = self._select("open", options, None, "settings.page.choose", locale)
        title = self._texts.get("settings.page.title", locale)
        return page([f"## {title}", "\n".join(lines)], select, colour=HOUSE)

    def one(self, topic: str, chosen: Chosen, locale: str) -> ui.LayoutView:
        """Show one setting with what changes it."""
        explained, rows = self._drawn[topic](chosen, locale)
        title = self._texts.get(TOPICS[topic], locale)
        back = row(button(custom_id("back"), self._texts.get("settings.button.back", locale)))
        state = self._state(topic, chosen, locale)
        return page(
            [f"## {title}", f"{state[:1].upper()}{state[1:]}\n-# {explained}"], *rows, back, colour=HOUSE
        )

    def channel(self, channel_id: int, chosen: Chosen, locale: str) -> ui.LayoutView:
        """Ask how loud one channel may be."""
        options = {OWN: self._texts.get("settings.volume.as_server", locale)}
        options |= {str(percent): self._percent(percent, locale) for percent in PERCENTS}
        cap = chosen.settings.channel_caps.get(channel_id)
        select = self._select(
            "channel-cap", options, str(cap or OWN), "settings.volume.choose", locale, argument=channel_id
        )
        back = row(button(custom_id("open", "volume"), self._texts.get("settings.button.back", locale)))
        asked = self._texts.get("settings.volume.of_channel", locale, channel_id=channel_id)
        return page([f"## {self._texts.get(TOPICS['volume'], locale)}", asked], select, back, colour=HOUSE)

    def hours_form(self, hours: QuietHours | None, zone: str | None, locale: str) -> ui.Modal:
        """Ask from when to when, and by whose clock."""
        modal = ui.Modal(
            title=self._texts.get("settings.topic.quiet", locale), custom_id=custom_id("quiet-hours")
        )
        for name, key, known in (
            ("from", "settings.quiet.from", None if hours is None else _typed(hours.from_minutes)),
            ("to", "settings.quiet.to", None if hours is None else _typed(hours.to_minutes)),
            ("zone", "settings.quiet.zone", zone),
        ):
            field: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=name, default=known, max_length=60)
            modal.add_item(ui.Label(text=self._texts.get(key, locale), component=field))
        modal.stop()  # answered by its custom_id, also after a restart
        return modal

    # What is said ----------------------------------------------------------------------------------------

    def _line(self, topic: str, chosen: Chosen, locale: str) -> str:
        name = self._texts.get(TOPICS[topic], locale)
        return f"**{name}** · {self._state(topic, chosen, locale)}"

    def _state(self, topic: str, chosen: Chosen, locale: str) -> str:  # noqa: C901, PLR0911 - a table
        say, settings = self._texts.get, chosen.settings
        match topic:
            case "listener" if settings.listener_role_id is not None:
                return say("settings.listener.role", locale, role_id=settings.listener_role_id)
            case "listener":
                return say("settings.listener.everyone", locale)
            case "volume":
                return self._loudest(chosen, locale)
            case "quiet":
                return self._hours(settings, locale)
            case "timer":
                return self._session(settings, locale)
            case "end":
                key = "settings.end.leave" if settings.leave_at_end else "settings.end.stay"
                return say(key, locale, length=timedelta(minutes=settings.empty_minutes))
            case "reminders":
                named = tuple(f"<#{channel_id}>" for channel_id in sorted(chosen.reminder_channels))
                return (
                    say("settings.reminders.in", locale, channels=named)
                    if named
                    else say("settings.reminders.nowhere", locale)
                )
            case "status":
                return say("settings.status.on" if settings.voice_status else "settings.status.off", locale)
            case _:
                tag = settings.language
                return say("settings.language.own", locale) if tag is None else _language_name(tag, locale)

    def _loudest(self, chosen: Chosen, locale: str) -> str:
        settings, say = chosen.settings, self._texts.get
        said = say(
            "settings.volume.at_most", locale, percent=min(settings.volume_cap_percent, chosen.hoster_cap)
        )
        for channel_id, percent in sorted(settings.channel_caps.items()):
            said += ", " + say("settings.volume.in_channel", locale, percent=percent, channel_id=channel_id)
        return said

    def _hours(self, settings: GuildSettings, locale: str) -> str:
        hours = settings.quiet
        if hours is None:
            return self._texts.get("settings.quiet.off", locale)
        return self._texts.get(
            "settings.quiet.on",
            locale,
            begin=wall_time(time(*divmod(hours.from_minutes, 60)), locale),
            end=wall_time(time(*divmod(hours.to_minutes, 60)), locale),
            place=self._place_of(settings.timezone or "UTC", locale),
            percent=hours.cap_percent,
        )

    def _session(self, settings: GuildSettings, locale: str) -> str:
        length = self._length(settings.timer_default_minutes, locale)
        if not (settings.timer_default_minutes and settings.tail_minutes):
            return length
        tail = timedelta(minutes=settings.tail_minutes)
        return self._texts.get("settings.timer.with_tail", locale, length=length, tail=tail)

    def _tail(self, minutes: int, locale: str) -> str:
        if not minutes:
            return self._texts.get("settings.timer.no_tail", locale)
        return self._texts.get("settings.timer.tail", locale, length=timedelta(minutes=minutes))

    def _length(self, minutes: int, locale: str) -> str:
        if minutes == 0:
            return self._texts.get("settings.timer.open", locale)
        return self._texts.get("settings.timer.length", locale, length=timedelta(minutes=minutes))

    def _percent(self, percent: int, locale: str) -> str:
        return self._texts.get("settings.volume.percent", locale, percent=percent)

    # What changes it -------------------------------------------------------------------------------------

    def _listener(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        select: ui.RoleSelect[ui.LayoutView] = ui.RoleSelect(
            custom_id=custom_id("role"), placeholder=self._texts.get("settings.listener.choose", locale)
        )
        rows: list[_Row] = [ui.ActionRow(select)]
        if chosen.settings.listener_role_id is not None:
            everyone = self._texts.get("settings.button.everyone", locale)
            rows.append(row(button(custom_id("everyone"), everyone)))
        return self._texts.get("settings.listener.explained", locale), rows

    def _volume(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        settings = chosen.settings
        allowed = [percent for percent in PERCENTS if percent <= chosen.hoster_cap] or [chosen.hoster_cap]
        options = {str(percent): self._percent(percent, locale) for percent in allowed}
        everywhere = self._select(
            "cap", options, str(settings.volume_cap_percent), "settings.volume.choose", locale
        )
        channel: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
            custom_id=custom_id("channel"),
            channel_types=[discord.ChannelType.voice, discord.ChannelType.stage_voice],
            placeholder=self._texts.get("settings.volume.choose_channel", locale),
        )
        explained = self._texts.get("settings.volume.explained", locale)
        if chosen.hoster_cap < 100:
            explained += " " + self._texts.get("settings.volume.hoster", locale, percent=chosen.hoster_cap)
        return explained, [everywhere, ui.ActionRow(channel)]

    def _quiet(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        hours = chosen.settings.quiet
        buttons = [
            button(custom_id("ask-hours"), self._texts.get("settings.button.hours", locale), primary=True)
        ]
        rows: list[_Row] = []
        if hours is not None:
            buttons.append(button(custom_id("no-hours"), self._texts.get("settings.button.off", locale)))
            options = {str(percent): self._percent(percent, locale) for percent in PERCENTS}
            rows.append(
                self._select("quiet-cap", options, str(hours.cap_percent), "settings.volume.choose", locale)
            )
        return self._texts.get("settings.quiet.explained", locale), [*rows, row(*buttons)]

    def _timer(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        options = {str(minutes): self._length(minutes, locale) for minutes in MINUTES}
        now = str(chosen.settings.timer_default_minutes)
        select = self._select("timer", options, now, "settings.timer.choose", locale)
        tails = {str(minutes): self._tail(minutes, locale) for minutes in TAILS}
        tail = self._select(
            "tail", tails, str(chosen.settings.tail_minutes), "settings.timer.choose_tail", locale
        )
        return self._texts.get("settings.timer.explained", locale), [select, tail]

    def _end(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        key = "settings.button.stay" if chosen.settings.leave_at_end else "settings.button.leave"
        toggle = row(
            button(custom_id("end", int(not chosen.settings.leave_at_end)), self._texts.get(key, locale))
        )
        options = {
            str(minutes): self._texts.get("settings.end.empty", locale, length=timedelta(minutes=minutes))
            for minutes in PATIENCES
        }
        now = str(chosen.settings.empty_minutes)
        patience = self._select("empty", options, now, "settings.end.choose_empty", locale)
        return self._texts.get("settings.end.explained", locale), [patience, toggle]

    def _reminders(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        known = sorted(chosen.reminder_channels)[:_MOST_CHANNELS]
        select: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
            custom_id=custom_id("reminder-channels"),
            channel_types=[discord.ChannelType.text],
            placeholder=self._texts.get("settings.reminders.choose", locale),
            min_values=0,
            max_values=_MOST_CHANNELS,
            default_values=[
                discord.SelectDefaultValue(id=i, type=discord.SelectDefaultValueType.channel) for i in known
            ],
        )
        return self._texts.get("settings.reminders.explained", locale), [ui.ActionRow(select)]

    def _status(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        key = "settings.button.hide" if chosen.settings.voice_status else "settings.button.show"
        toggle = row(
            button(custom_id("status", int(not chosen.settings.voice_status)), self._texts.get(key, locale))
        )
        explained = self._texts.get("settings.status.explained", locale)
        if chosen.settings.voice_status and not chosen.may_write_status:
            explained = self._texts.get("settings.status.not_allowed", locale)
        return explained, [toggle]

    def _language(self, chosen: Chosen, locale: str) -> tuple[str, list[_Row]]:
        discords = {tag.value for tag in discord.Locale}
        options = {OWN: self._texts.get("settings.language.own", locale)}
        options |= {tag: _language_name(tag, locale) for tag in self._texts.locales if tag in discords}
        select = self._select(
            "language", options, chosen.settings.language or OWN, "settings.language.choose", locale
        )
        return self._texts.get("settings.language.explained", locale), [select]

    def _select(
        self,
        act: str,
        options: Mapping[str, str],
        now: str | None,
        placeholder: str,
        locale: str,
        *,
        argument: int = 0,
    ) -> _Row:
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=custom_id(act, argument), placeholder=self._texts.get(placeholder, locale)
        )
        for value, label in options.items():
            select.add_option(label=label, value=value, default=value == now)
        return ui.ActionRow(select)


def _typed(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _language_name(tag: str, locale: str) -> str:
    return Locale.parse(tag, sep="-").get_display_name(Locale.parse(locale, sep="-")) or tag


def chosen_values(data: Mapping[str, object]) -> Sequence[str]:
    """Return what was picked in a select."""
    values = data.get("values")
    return [str(value) for value in values] if isinstance(values, list) else []
