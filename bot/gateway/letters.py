"""How the evenings' messages look (Components V2): a few words, and buttons that work for weeks."""

import random
from collections.abc import Callable, Sequence
from typing import Final

import discord
from discord import ui

from bot.content.texts import Texts
from bot.gateway.colours import EVENING
from bot.gateway.help_card import language_for, support_row
from bot.reminders.model import Letter, Topic
from bot.support.card import Wish

_LINES: Final = "bedtime.line."
_EVENING: Final = ("winddown", "snooze10", "snooze30", "skip", "change")
_PLAIN: Final = ("snooze10", "snooze30", "skip", "change")
_TOO_MUCH: Final = ("later", "fewer", "stop", "keep")
_LABELS: Final = {
    "winddown": "bedtime.button.winddown",
    "snooze10": "bedtime.button.snooze_short",
    "snooze30": "bedtime.button.snooze_long",
    "skip": "bedtime.button.skip",
    "change": "bedtime.button.change",
    "later": "bedtime.button.later",
    "fewer": "bedtime.button.fewer",
    "stop": "bedtime.button.stop",
    "keep": "bedtime.button.keep",
}


def nobody(_user_id: int) -> bool:
    """Say that this is nobody's day after a crisis: for who only delivers, and cannot know."""
    return False


Ask = Callable[[str, str], ui.LayoutView]
"""Draw the morning's first question for a reference, in a locale."""


def press_id(action: str, rule_id: int) -> str:
    return f"bedtime:{action}:v1:{rule_id}"


class Letters:
    """Puts letters into words. `is_held`: whether it is less than a day since somebody's crisis."""

    def __init__(self, texts: Texts, first_question: Ask, is_held: Callable[[int], bool] = nobody) -> None:
        self._texts = texts
        self._first_question = first_question
        self._is_held = is_held
        self._lines = sorted(key for key in texts.templates() if key.startswith(_LINES))

    def write(self, letter: Letter) -> ui.LayoutView:
        match letter.topic:
            case Topic.BEDTIME:
                if self._is_held(letter.user_id) and not letter.in_server:
                    support = support_row(Wish(language_for(letter.locale)), self._texts)
                    plain = self._say(letter, "bedtime.letter.plain")
                    return page([plain], self._buttons(letter, _PLAIN), support)
                return page(self._evening(letter), self._buttons(letter, _EVENING))
            case Topic.TOO_MUCH:
                return page([self._say(letter, "bedtime.letter.too_much")], self._buttons(letter, _TOO_MUCH))
            case Topic.MISSED:
                return page([self._say(letter, "bedtime.letter.missed")])
            case Topic.MORNING:
                reference = f"{letter.rule_id}:{int(letter.about_at.timestamp())}"
                return self._first_question(reference, letter.locale)
            case _:
                return page([self._say(letter, "bedtime.letter.confirm")], self._buttons(letter, ("change",)))

    def _evening(self, letter: Letter) -> list[str]:
        if letter.in_server:
            return [self._say(letter, "bedtime.letter.in_server")]
        key = "bedtime.letter.soon" if letter.has_lead else "bedtime.letter.now"
        if letter.was_put_off:
            key = "bedtime.letter.again"
        told = [self._say(letter, key, line=self._texts.get(self._line(letter), letter.locale))]
        return [*told, self._say(letter, "bedtime.letter.fallback")] if letter.is_fallback else told

    def _line(self, letter: Letter) -> str:
        """Return the evening's line: each person goes through all of them in an order of their own."""
        lines = list(self._lines)
        random.Random(f"{letter.user_id}:{letter.rule_id}").shuffle(lines)  # noqa: S311 - an order, not a secret
        return lines[(letter.about_at.toordinal() + letter.was_put_off) % len(lines)]

    def _say(self, letter: Letter, key: str, **more: object) -> str:
        return self._texts.get(
            key,
            letter.locale,
            about_at=letter.about_at,
            user_id=letter.user_id,
            count=letter.n_missed,
            **more,
        )

    def _buttons(self, letter: Letter, actions: Sequence[str]) -> "ui.ActionRow[ui.LayoutView]":
        row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        for action in actions:
            row.add_item(
                ui.Button(
                    custom_id=press_id(action, letter.rule_id),
                    label=self._texts.get(_LABELS[action], letter.locale),
                    style=discord.ButtonStyle.primary
                    if action == actions[0] and actions is not _PLAIN and len(actions) > 1
                    else discord.ButtonStyle.secondary,
                )
            )
        return row


def page(
    paragraphs: Sequence[str], *rows: "ui.ActionRow[ui.LayoutView]", colour: int = EVENING
) -> ui.LayoutView:
    """Return a message of a few paragraphs with rows below. It only shows: presses are answered elsewhere."""
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    for text in paragraphs:
        container.add_item(ui.TextDisplay(text))
    for row in rows:
        container.add_item(row)
    view.add_item(container)
    view.stop()  # discord.py then does not keep it; one registered item answers every button there ever was
    return view
