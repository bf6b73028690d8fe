"""Bedtimes in words: a rule's time and days in the reader's language, and the pages that show them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Final

import discord
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_time
from discord import ui

from bot.content.texts import Texts
from bot.gateway.letters import page
from bot.reminders.model import Rule
from bot.reminders.service import Planned, Told
from bot.reminders.zone_search import Found

_EVERY: Final = frozenset(range(1, 8))
_TOLD: Final = {
    Told.ARRIVED: "bedtime.set.arrived",
    Told.SOON: "bedtime.set.soon",
    Told.CLOSED: "bedtime.set.closed",
}

Row = ui.ActionRow[ui.LayoutView]


class EveningWords:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def say(self, key: str, locale: str, **values: object) -> str:
        return self._texts.get(key, locale, **values)

    def days(self, days: frozenset[int], locale: str) -> str:
        if days == _EVERY:
            return self.say("bedtime.days.every", locale)
        if days == frozenset({1, 2, 3, 4, 5}):
            return self.say("bedtime.days.weekdays", locale)
        if days == frozenset({6, 7}):
            return self.say("bedtime.days.weekend", locale)
        names = locale_rules(locale).days["format"]["abbreviated"]
        if (span := _span(days)) is not None:
            first, last = span
            return self.say("bedtime.days.span", locale, first=names[first - 1], last=names[last - 1])
        return self.say("bedtime.days.some", locale, names=tuple(names[day - 1] for day in sorted(days)))

    def label(self, rule: Rule, locale: str) -> str:
        """Return a rule in one short line: "22:30, on weekdays"."""
        return f"{wall_time(rule.at, locale)}, {self.days(rule.days, locale)}"[:100]

    def planned(self, planned: Planned, told: Told | None, locale: str) -> ui.LayoutView:
        """Show a rule as kept: its next three, what the clock does before them, and where it comes."""
        rule, at = planned.rule, wall_time(planned.rule.at, locale)
        state = "bedtime.set.state" if rule.lead_minutes else "bedtime.set.state_now"
        days = self.days(rule.days, locale)
        first, second, third = planned.bedtimes
        title = self.say("bedtime.set.title", locale, time=at)
        paragraphs = [
            f"## {title}",
            self.say(state, locale, days=days[:1].upper() + days[1:], lead=rule.lead),
            self.say("bedtime.set.next", locale, first=first, second=second, third=third),
            *self._clock_words(planned, locale),
        ]
        if planned.is_guess:
            paragraphs.append(self.say("bedtime.set.guess", locale, time=at))
        if rule.place is not None:
            paragraphs.append(self.say("bedtime.set.channel", locale, channel_id=rule.place.channel_id))
        else:
            paragraphs.append(self.say("bedtime.set.direct" if told is None else _TOLD[told], locale))
        if told is Told.CLOSED:
            retry = button(
                f"bedtime:confirm:v1:{rule.id}", self.say("bedtime.retry.button", locale), primary=True
            )
            return page(paragraphs, row(retry))
        return page(paragraphs)

    def _clock_words(self, planned: Planned, locale: str) -> list[str]:
        said = [self.say("bedtime.set.skipped", locale, at=at) for at in planned.skipped]
        if planned.change is not None:
            key = "bedtime.set.lost" if planned.change.by.total_seconds() > 0 else "bedtime.set.gained"
            said.append(self.say(key, locale, at=planned.change.at))
        return said

    def rules(
        self, rules: Sequence[Rule], next_at: Mapping[int, datetime], locale: str, *, closed: bool
    ) -> ui.LayoutView:
        if not rules:
            return page([self.say("bedtime.list.empty", locale)])
        entries = [self._entry(rule, next_at.get(rule.id), locale) for rule in rules]
        note = [self.say("bedtime.list.closed", locale)] if closed else []
        title = self.say("bedtime.list.title", locale)
        return page([f"## {title}", *entries, *note])

    def _entry(self, rule: Rule, at: datetime | None, locale: str) -> str:
        how = [self.days(rule.days, locale)]
        if rule.lead_minutes:
            how.append(self.say("bedtime.list.lead", locale, lead=rule.lead))
        if rule.place is not None:
            how.append(self.say("bedtime.list.place", locale, channel_id=rule.place.channel_id))
        words = {"time": wall_time(rule.at, locale), "days": ", ".join(how)}
        if rule.paused or at is None:
            return self.say("bedtime.list.paused", locale, **words)
        return self.say("bedtime.list.entry", locale, at=at, **words)

    def ask_zone(self, draft: str, locale: str) -> ui.LayoutView:
        """Ask for the person's clock; `draft` is what to go on with."""
        tell = button(f"bedtime:zone:v1:{draft}", self.say("timezone.ask.button", locale), primary=True)
        return page([self.say("timezone.ask.sentence", locale)], row(tell))

    def pick_zone(self, draft: str, found: Sequence[Found], locale: str) -> ui.LayoutView:
        select: ui.Select[ui.LayoutView] = ui.Select(custom_id=f"bedtime:pick:v1:{draft}")
        for hit in found:
            select.add_option(label=hit.place[:100], value=hit.name, description=hit.country[:100] or None)
        return page([self.say("timezone.ask.pick", locale)], ui.ActionRow(select))

    def zone_modal(self, draft: str, locale: str) -> ui.Modal:
        modal = ui.Modal(title=self.say("timezone.ask.title", locale), custom_id=f"bedtime:told:v1:{draft}")
        field: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id="zone", placeholder=self.say("timezone.ask.hint", locale), max_length=80
        )
        modal.add_item(ui.Label(text=self.say("timezone.ask.field", locale), component=field))
        modal.stop()  # answered by its custom_id, also after a restart
        return modal

    def change_modal(self, rule: Rule, locale: str) -> ui.Modal:
        modal = ui.Modal(
            title=self.say("bedtime.change.title", locale), custom_id=f"bedtime:changed:v1:{rule.id}"
        )
        for custom_id, key, default in (
            ("time", "bedtime.change.time", rule.at.strftime("%H:%M")),
            ("days", "bedtime.change.days", typed_days(rule.days)),
        ):
            field: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=custom_id, default=default, max_length=60)
            modal.add_item(ui.Label(text=self.say(key, locale), component=field))
        modal.stop()
        return modal


def _span(days: frozenset[int]) -> tuple[int, int] | None:
    """Return the first and last of three or more days in a row, over a Sunday as well; None for others."""
    firsts = [day for day in days if (day - 2) % 7 + 1 not in days]
    lasts = [day for day in days if day % 7 + 1 not in days]
    return (firsts[0], lasts[0]) if len(days) >= 3 and len(firsts) == 1 else None


def wall_time(at: time, locale: str) -> str:
    """Return a time as the locale's clocks show it."""
    return format_time(at, "short", locale=locale_rules(locale))


def typed_days(days: frozenset[int]) -> str:
    """Return days as `spoken.read_days` reads them back."""
    if days == _EVERY:
        return "every day"
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return ", ".join(names[day - 1] for day in sorted(days))


def button(custom_id: str, label: str, *, primary: bool = False) -> "ui.Button[ui.LayoutView]":
    style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
    return ui.Button(custom_id=custom_id, label=label, style=style)


def row(*buttons: "ui.Button[ui.LayoutView]") -> "ui.ActionRow[ui.LayoutView]":
    return ui.ActionRow(*buttons)


def locale_rules(locale: str) -> Locale:
    """Return Babel's rules for one of Discord's tags; American English for one it does not know."""
    try:
        return Locale.parse(locale, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "US")
