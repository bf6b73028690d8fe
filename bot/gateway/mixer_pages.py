"""How the mixer and the list of presets look (Components V2)."""

from collections.abc import Sequence
from typing import Final

import discord
from discord import ui

from bot.audio.mix import Layer
from bot.content.texts import Texts
from bot.gateway.colours import HOUSE, accent_of
from bot.playback.layers import percent_of
from bot.playback.model import NowPlaying
from bot.playback.places import PLACES, name_of
from bot.playback.presets import NamedMix
from bot.playback.search import SoundSearch

PREFIX: Final = "mixer"
LAYERS_A_PAGE: Final = 4
"""Four layers are 24 components; Discord allows 40 a message."""
_ACTIONS: Final = ("softer", "louder", "place", "remove")


def action_id(action: str, subject: str, page: int = 0) -> str:
    """Return the custom_id of a control: what it does, to which layer, from which page."""
    return f"{PREFIX}:{action}:{subject}:{page}:v1"


class MixerPages:
    def __init__(self, texts: Texts, sounds: SoundSearch) -> None:
        self._texts = texts
        self._sounds = sounds

    def mixer(self, now: NowPlaying, page: int, locale: str) -> ui.LayoutView:
        """Show a page of the layers that play, each with its controls."""
        layers = () if now.mix is None else now.mix.layers
        last = max(0, (len(layers) - 1) // LAYERS_A_PAGE)
        page = min(max(page, 0), last)
        view, container = _page(accent_of(now.family))
        container.add_item(ui.TextDisplay("## " + self._texts.get("mixer.page.title", locale)))
        for layer in layers[page * LAYERS_A_PAGE : (page + 1) * LAYERS_A_PAGE]:
            container.add_item(ui.TextDisplay(self._line(layer, locale)))
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for action in _ACTIONS:
                row.add_item(self._button(action, action_id(action, layer.trigger, page), locale))
            container.add_item(row)
        if last:
            container.add_item(self._turning(page, last, locale))
        container.add_item(ui.TextDisplay("-# " + self._texts.get("mixer.page.hint", locale)))
        return view

    def places(self, trigger_id: str, page: int, locale: str) -> ui.LayoutView:
        """Ask where a layer shall be."""
        view, container = _page(HOUSE)
        asked = self._texts.get("mixer.page.where", locale, sound=self._name(trigger_id))
        container.add_item(ui.TextDisplay(asked))
        names = list(PLACES)
        for names_in_row in (names[:3], names[3:]):
            row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
            for name in names_in_row:
                label = self._texts.get(f"mixer.place.{name}", locale)
                row.add_item(ui.Button(custom_id=action_id(f"at-{name}", trigger_id, page), label=label))
            container.add_item(row)
        back = self._button("back", action_id("page", "-", page), locale)
        container.add_item(ui.ActionRow(back))
        return view

    def presets(self, own: Sequence[str], curated: Sequence[NamedMix], locale: str) -> ui.LayoutView:
        """List a person's mixes, and those of the house."""
        view, container = _page(HOUSE)
        container.add_item(ui.TextDisplay("## " + self._texts.get("preset.list.title", locale)))
        mine = "\n".join(f"**{discord.utils.escape_markdown(name)}**" for name in own)
        container.add_item(ui.TextDisplay(mine or self._texts.get("preset.list.empty", locale)))
        house = "\n".join(f"**{mix.name}** · {mix.description}" for mix in curated)
        title = self._texts.get("preset.list.house", locale)
        container.add_item(ui.TextDisplay(f"### {title}\n{house}"))
        container.add_item(ui.TextDisplay("-# " + self._texts.get("preset.list.hint", locale)))
        return view

    def _line(self, layer: Layer, locale: str) -> str:
        place = name_of(layer.place)
        where = self._texts.get(f"mixer.place.{place or 'own'}", locale)
        return self._texts.get(
            "mixer.page.layer",
            locale,
            sound=self._name(layer.trigger),
            volume=percent_of(layer.gain_db),
            place=where,
        )

    def _name(self, trigger_id: str) -> str:
        return self._sounds.names.get(trigger_id, trigger_id)

    def _button(self, action: str, custom_id: str, locale: str) -> "ui.Button[ui.LayoutView]":
        return ui.Button(custom_id=custom_id, label=self._texts.get(f"mixer.button.{action}", locale))

    def _turning(self, page: int, last: int, locale: str) -> "ui.ActionRow[ui.LayoutView]":
        earlier = self._button("earlier", action_id("page", "earlier", max(0, page - 1)), locale)
        later = self._button("later", action_id("page", "later", min(last, page + 1)), locale)
        earlier.disabled, later.disabled = page == 0, page == last
        return ui.ActionRow(earlier, later)


def _page(colour: int) -> "tuple[ui.LayoutView, ui.Container[ui.LayoutView]]":
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    view.add_item(container)
    view.stop()  # presses are answered by the desk, whatever process showed the page
    return view, container
