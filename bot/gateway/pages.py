"""Quiet read-only pages (Components V2): a title and a few lines."""

from collections.abc import Sequence
from typing import Final

from discord import ui

from bot.content.texts import Texts
from bot.gateway.checkup import Advice
from bot.gateway.colours import HOUSE
from bot.playback.model import DEFAULT_LENGTH

_HELP: Final = (
    "help.first.listen",
    "help.first.change",
    "help.first.calm",
    "help.first.sleep",
    "help.first.focus",
    "help.first.choose",
    "help.first.help",
)
_HELP_FIRST: Final = ("help.first.help", "help.first.listen", "help.first.change")


def help_page(texts: Texts, locale: str, *, is_held: bool = False) -> ui.LayoutView:
    """Say what to try first; in the day after a crisis people first, and nothing that is closed then."""
    lines = _HELP_FIRST if is_held else _HELP
    told = [texts.get(line, locale, length=DEFAULT_LENGTH) for line in lines]
    return _page(texts.get("help.first.title", locale), told)


def checkup_page(texts: Texts, locale: str, advice: Sequence[Advice]) -> ui.LayoutView:
    """Say what is missing and how to mend it, or that nothing is."""
    lines = [
        texts.get(
            one.key,
            locale,
            **one.values,
            permissions=tuple(texts.get(name, locale) for name in one.permissions),
        )
        for one in advice
    ]
    return _page(texts.get("doctor.list.title", locale), lines or [texts.get("doctor.list.well", locale)])


def _page(title: str, paragraphs: Sequence[str]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=HOUSE)
    for text in (f"## {title}", *paragraphs):
        container.add_item(ui.TextDisplay(text))
    return view.add_item(container)
