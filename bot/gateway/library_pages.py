"""How the sound library looks (Components V2): all shelves at a glance, and one shelf with its sounds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from discord import ui

from bot.audio.library import Trigger
from bot.content.texts import Texts
from bot.gateway.colours import HOUSE, accent_of
from bot.gateway.letters import page
from bot.gateway.shelves import FAVOURITES, OWN, Shelf

PREFIX: Final = "library"
VERSION: Final = "v1"
SOUNDS_A_PAGE: Final = 4
"""Four sounds with picture and three buttons each are 35 components; Discord allows 40 a message."""
_NAMED: Final = 3
_LONGEST: Final = 100
"""Characters Discord allows for what an option says of itself."""
_Row = ui.ActionRow[ui.LayoutView]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader has chosen, and whether they are where a sound can be played."""

    favourites: Collection[str]
    blocked: Collection[str]
    can_play: bool


def press_id(act: str, subject: str = "", shelf: str = "", page: int = 0) -> str:
    """Return the custom_id of a control: what it does, to what, on which shelf and page."""
    return f"{PREFIX}:{act}:{VERSION}:{subject}:{shelf}:{page}"


def picture_name(trigger_id: str) -> str:
    return f"{trigger_id}.webp"


def on_page(shelf: Shelf, number: int) -> tuple[int, Sequence[Trigger]]:
    """Return the page nearest to the one asked for, and the sounds on it."""
    last = max(0, (len(shelf.sounds) - 1) // SOUNDS_A_PAGE)
    number = min(max(number, 0), last)
    return number, shelf.sounds[number * SOUNDS_A_PAGE : (number + 1) * SOUNDS_A_PAGE]


class LibraryPages:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def overview(self, shelves: Sequence[Shelf], locale: str) -> ui.LayoutView:
        """Ask which shelf to look at; the list names what is on each."""
        title = self._texts.get("library.page.title", locale)
        hint = self._texts.get("library.page.hint", locale)
        return page([f"## {title}", hint], self._select(shelves, None, locale), colour=HOUSE)

    def empty(self, shelves: Sequence[Shelf], shelf: str, locale: str) -> ui.LayoutView:
        """Say how something comes onto a shelf that has nothing yet."""
        said = self._texts.get(f"library.empty.{shelf}", locale)
        title = self._texts.get(f"library.shelf.{shelf}", locale)
        return page([f"## {title}", said], self._select(shelves, None, locale), colour=HOUSE)

    def shelf(
        self,
        shelf: Shelf,
        number: int,
        *,
        shelves: Sequence[Shelf],
        chosen: Chosen,
        pictures: Collection[str],
        locale: str,
    ) -> ui.LayoutView:
        """Show a page of one shelf. `pictures`: the sounds whose picture is attached under `picture_name`."""
        number, sounds = on_page(shelf, number)
        colour = HOUSE if shelf.family in (FAVOURITES, OWN) else accent_of(shelf.family)
        view = ui.LayoutView(timeout=None)
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
        container.add_item(ui.TextDisplay(f"## {shelf.name}"))
        for sound in sounds:
            text = ui.TextDisplay[ui.LayoutView](self._words(sound, chosen, locale))
            if sound.id in pictures:
                alt = self._texts.get("library.picture.alt", locale, sound=sound.name)
                picture = ui.Thumbnail[ui.LayoutView](
                    f"attachment://{picture_name(sound.id)}", description=alt
                )
                container.add_item(ui.Section(text, accessory=picture))
            else:
                container.add_item(text)
            container.add_item(self._buttons(sound, shelf.family, number, chosen, locale))
        n_pages = -(-len(shelf.sounds) // SOUNDS_A_PAGE)
        if n_pages > 1:
            container.add_item(self._turning(shelf.family, number, n_pages, locale))
        container.add_item(self._select(shelves, shelf.family, locale))
        view.add_item(container)
        view.stop()  # presses are answered by the desk, whatever process showed the page
        return view

    def _words(self, sound: Trigger, chosen: Chosen, locale: str) -> str:
        evidence = self._texts.get(f"sound.evidence.{sound.evidence}", locale)
        star = "★ " if sound.id in chosen.favourites else ""
        words = f"**{star}{sound.name}**\n{sound.description}\n-# {evidence[:1].upper()}{evidence[1:]}"
        if sound.id in chosen.blocked:
            words += "\n-# " + self._texts.get("library.page.blocked", locale)
        return words

    def _buttons(self, sound: Trigger, shelf: str, number: int, chosen: Chosen, locale: str) -> _Row:
        liked, blocked = sound.id in chosen.favourites, sound.id in chosen.blocked
        acts = ["unfavourite" if liked else "favourite", "unblock" if blocked else "block"]
        if chosen.can_play:
            acts.insert(0, "play")
        row: _Row = ui.ActionRow()
        for act in acts:
            button: ui.Button[ui.LayoutView] = ui.Button(
                custom_id=press_id(act, sound.id, shelf, number),
                label=self._texts.get(f"library.button.{act}", locale),
                disabled=act == "play" and blocked,
            )
            row.add_item(button)
        return row

    def _turning(self, shelf: str, number: int, n_pages: int, locale: str) -> _Row:
        row: _Row = ui.ActionRow()
        for act, to in (("earlier", number - 1), ("later", number + 1)):
            count = self._texts.get("library.button.page", locale, page=to + 1, pages=n_pages)
            label = self._texts.get(f"library.button.{act}", locale)
            outside = not 0 <= to < n_pages
            row.add_item(
                ui.Button(
                    custom_id=press_id(act, "", shelf, to),
                    label=label if outside else f"{label} · {count}",
                    disabled=outside,
                )
            )
        return row

    def _select(self, shelves: Sequence[Shelf], now: str | None, locale: str) -> _Row:
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id=press_id("open"), placeholder=self._texts.get("library.page.choose", locale)
        )
        for shelf in shelves:
            select.add_option(
                label=shelf.name,
                value=shelf.family,
                description=self._named(shelf, locale),
                default=shelf.family == now,
            )
        return ui.ActionRow(select)

    def _named(self, shelf: Shelf, locale: str) -> str:
        """Name some of a shelf's sounds, and how many more there are."""
        names = [sound.name for sound in shelf.sounds]
        said, more = ", ".join(names), len(names) - _NAMED
        if more > 1:
            listed = ", ".join(names[:_NAMED])
            said = self._texts.get("library.page.and_more", locale, names=listed, count=more)
        return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
