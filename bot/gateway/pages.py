"""Quiet read-only pages (Components V2): a title and a few lines."""

from collections.abc import Sequence

from discord import ui

from bot.content.texts import Texts
from bot.gateway.checkup import Advice
from bot.gateway.colours import HOUSE
from bot.playback.model import DEFAULT_LENGTH


def help_page(texts: Texts, locale: str) -> ui.LayoutView:
    """Say what to try first."""
    return _page(
        texts.get("help.first.title", locale),
        [
            texts.get("help.first.listen", locale, length=DEFAULT_LENGTH),
            texts.get("help.first.change", locale),
            texts.get("help.first.calm", locale),
            texts.get("help.first.sleep", locale),
            texts.get("help.first.focus", locale),
            texts.get("help.first.choose", locale),
            texts.get("help.first.help", locale),
        ],
    )


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
