"""The morning's questions and the nights' picture, in words."""

from collections.abc import Sequence
from datetime import date, time
from typing import Final

import discord
from babel.dates import format_date, format_time
from discord import ui

from bot.content.texts import Texts
from bot.gateway.evening_words import locale_rules
from bot.gateway.letters import page
from bot.pictures.nights import Bar, Labels
from bot.reminders.diary import CHOICES, QUESTIONS, Night, Summary

_ASKED: Final = {
    "lay_down": "morning.ask.lay_down",
    "fell_asleep": "morning.ask.fell_asleep",
    "woke": "morning.ask.woke",
    "got_up": "morning.ask.got_up",
    "quality": "morning.ask.quality",
}
_TIMES: Final = ("lay_down", "got_up")
_NAMES: Final = {
    "fell_asleep": ("soon", "quarter", "hour", "longer"),
    "woke": ("never", "once", "twice", "often"),
    "quality": ("very_poor", "poor", "fair", "good", "very_good"),
}
"""Keys under `morning.fell_asleep.`, `morning.woke.` and `morning.quality.`, as the choices are ordered."""


class MorningWords:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def question(self, name: str, reference: str, locale: str) -> ui.LayoutView:
        """Ask one question; `reference` is the rule and the morning, as the custom_ids carry them."""
        asked = self._texts.get(_ASKED[name], locale)
        if name == QUESTIONS[0]:
            asked = self._texts.get("morning.ask.greeting", locale) + "\n" + asked
        custom_id = f"morning:{name}:v1:{reference}"
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        if name in _TIMES:
            select: ui.Select[ui.LayoutView] = ui.Select(custom_id=custom_id)
            for minute in CHOICES[name]:
                select.add_option(label=clock_of(minute, locale), value=str(minute))
            row.add_item(select)
        else:
            for value, label in zip(CHOICES[name], _NAMES[name], strict=True):
                spoken = self._texts.get(f"morning.{name}.{label}", locale)
                grey = discord.ButtonStyle.secondary
                row.add_item(ui.Button(custom_id=f"{custom_id}:{value}", label=spoken, style=grey))
        return page([asked], row)

    def first_question(self, reference: str, locale: str) -> ui.LayoutView:
        return self.question(QUESTIONS[0], reference, locale)

    def note(self, key: str, locale: str, **values: object) -> ui.LayoutView:
        return page([self._texts.get(key, locale, **values)])

    def nights(self, picture: str, alt: str, locale: str) -> ui.LayoutView:
        """Show the attached picture, with its alt text also to be read below."""
        view = page([self._texts.get("nights.now.title", locale), alt])
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery(
            discord.MediaGalleryItem(f"attachment://{picture}", description=alt[:1024])
        )
        view.add_item(gallery)
        return view

    def alt_text(self, nights: Sequence[Night], n_weeks: int, locale: str) -> str:
        """Say what the picture shows."""
        summary = Summary.of(nights)
        told = [self._texts.get("nights.alt.count", locale, count=summary.n_nights, weeks=n_weeks)]
        if summary.asleep_from is not None:
            told.append(
                self._texts.get("nights.alt.asleep", locale, time=clock_of(summary.asleep_from, locale))
            )
        if summary.got_up is not None:
            told.append(self._texts.get("nights.alt.up", locale, time=clock_of(summary.got_up, locale)))
        return " ".join(told)

    def labels(self, mornings: Sequence[date], locale: str) -> Labels:
        rules = locale_rules(locale)
        return Labels(
            asleep=self._texts.get("nights.legend.asleep", locale),
            waiting=self._texts.get("nights.legend.waiting", locale),
            hours=[(hour * 60, clock_of(hour * 60, locale)) for hour in range(8, 25, 2)],
            days={morning: format_date(morning, "d MMM", locale=rules) for morning in mornings},
        )


def bars_of(nights: Sequence[Night]) -> dict[date, Bar]:
    return {night.date: Bar(night.lay_down, night.asleep_from, night.got_up) for night in nights}


def clock_of(minute: int, locale: str) -> str:
    """Return a time given in minutes since noon, as the locale's clocks show it."""
    hour = (12 + minute // 60) % 24
    return format_time(time(hour, minute % 60), "short", locale=locale_rules(locale))
