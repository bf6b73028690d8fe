"""The sound library as people browse it: shelves, one a family, under names they can read and type."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.audio.library import Library, Trigger
from bot.content.texts import Texts
from bot.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Shelf:
    """The sounds of one family. `name` is in the reader's language."""

    family: str
    name: str
    sounds: tuple[Trigger, ...]


class Shelves:
    def __init__(self, library: Library, texts: Texts) -> None:
        self._library = library
        self._texts = texts

    def browse(self, category: str | None, locale: str) -> Sequence[Shelf]:
        """Return the shelf of that family (id or name), or all; raise Refusal when there is none such."""
        shelves = self._all(locale)
        if category is None:
            return shelves
        asked = category.strip().casefold()
        found = [shelf for shelf in shelves if asked in (shelf.family, shelf.name.casefold())]
        if not found:
            raise Refusal("library.refused.category", families=tuple(shelf.name for shelf in shelves))
        return found

    def suggest(self, text: str, locale: str) -> Sequence[Shelf]:
        """Return the shelves whose name has what is typed so far; all when none has."""
        shelves = self._all(locale)
        typed = text.strip().casefold()
        return [shelf for shelf in shelves if typed in shelf.name.casefold()] or shelves

    def _all(self, locale: str) -> list[Shelf]:
        families = self._library.families.items()
        return [Shelf(family, self._name(family, locale), sounds) for family, sounds in families]

    def _name(self, family: str, locale: str) -> str:
        """Return the family's name; one that an added sound brought along goes by its id."""
        key = f"sound.family.{family}"
        return self._texts.get(key, locale) if self._texts.has(key) else family.replace("-", " ").capitalize()
