"""Pages about therapy, and about being there for somebody (Components V2)."""

from collections.abc import Sequence
from typing import Final

from discord import ui

from bot.content.texts import Texts
from bot.content.therapy_guide import TherapyGuide
from bot.gateway.colours import HELP
from bot.gateway.help_card import language_for, support_row
from bot.support.card import Wish

_FRIEND: Final = (
    "friend.page.ask",
    "friend.page.listen",
    "friend.page.stay",
    "friend.page.connect",
    "friend.page.call",
    "friend.page.yourself",
)


def therapies_page(guide: TherapyGuide, texts: Texts, locale: str) -> ui.LayoutView:
    """List every kind with what it is for."""
    entries = [
        texts.get("therapy.page.entry", locale, name=one.name, used_for=one.used_for)
        for one in guide.therapies.values()
    ]
    overview, more = texts.get("therapy.page.overview", locale), texts.get("therapy.page.more", locale)
    return _page([overview, "\n".join(entries), more], texts, locale)


def therapy_page(guide: TherapyGuide, therapy_id: str, texts: Texts, locale: str) -> ui.LayoutView:
    """Say of one kind what it is and is for, what a first session is like, how to find one, what to ask."""
    one = guide.therapies[therapy_id]
    label = texts.get(f"therapy.evidence.{one.evidence}", locale)
    ways = [
        texts.get("therapy.page.way", locale, where=way.where, what=way.what, link=way.link)
        for way in guide.ways
    ]
    asked = "\n".join([texts.get("therapy.page.ask", locale), *(f"- {question}" for question in one.ask)])
    return _page(
        [
            f"## {one.name}\n{one.what}",
            texts.get("therapy.page.evidence", locale, used_for=one.used_for, label=label, source=one.source),
            texts.get("therapy.page.first", locale, text=one.first_session),
            asked,
            "\n".join([texts.get("therapy.page.find", locale), *ways]),
        ],
        texts,
        locale,
    )


def friend_page(texts: Texts, locale: str) -> ui.LayoutView:
    """Say how to be there for somebody."""
    title = texts.get("friend.page.title", locale)
    return _page([f"## {title}", *(texts.get(key, locale) for key in _FRIEND)], texts, locale)


def _page(paragraphs: Sequence[str], texts: Texts, locale: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=HELP)
    for text in paragraphs:
        container.add_item(ui.TextDisplay(text))
    container.add_item(support_row(Wish(language_for(locale)), texts))
    view.add_item(container)
    view.stop()
    return view
