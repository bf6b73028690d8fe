"""The sound library as people browse it: shelves, one a family, under names they can read and type."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.audio.library import Library, Trigger
from bot.content.texts import Texts
from bot.core.errors import Refusal

FAVOURITES: Final = "favourites"
OWN: Final = "own"
"""What a server brought itself; no family may be called so."""
_SPECIAL: Final = {FAVOURITES: "library.shelf.favourites", OWN: "library.shelf.own"}


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

    def all(
        self, locale: str, server: int | None = None, favourites: Collection[str] = ()
    ) -> Sequence[Shelf]:
        """Return every shelf that has something: favourites first, what the server brought last."""
        triggers = self._library.triggers.values()
        here = sorted((t for t in triggers if t.server in (None, server)), key=lambda t: t.name)
        liked = tuple(trigger for trigger in here if trigger.id in favourites)
        brought = tuple(trigger for trigger in here if server is not None and trigger.server == server)
        shelves = [
            Shelf(FAVOURITES, self._texts.get(_SPECIAL[FAVOURITES], locale), liked),
            *self._families(locale),
            Shelf(OWN, self._texts.get(_SPECIAL[OWN], locale), brought),
        ]
        return [shelf for shelf in shelves if shelf.sounds]

    def meant(self, category: str, locale: str, server: int | None = None) -> str:
        """Return the shelf somebody means, full or not, by id or name; raise Refusal when it is none."""
        asked = category.strip().casefold()
        for shelf, key in _SPECIAL.items():
            if asked in (shelf, self._texts.get(key, locale).casefold()) and (shelf != OWN or server):
                return shelf
        return self.family_meant(category, locale)

    def family_meant(self, category: str, locale: str) -> str:
        """Return the family (by id or name) a sound may belong to; raise Refusal when there is none such."""
        asked = category.strip().casefold()
        families = self._families(locale)
        found = [shelf for shelf in families if asked in (shelf.family, shelf.name.casefold())]
        if not found:
            raise Refusal("library.refused.category", families=tuple(shelf.name for shelf in families))
        return found[0].family

    def suggest(self, text: str, locale: str) -> Sequence[Shelf]:
        """Return the families whose name has what is typed so far; all when none has."""
        return matching(self._families(locale), text)

    def _families(self, locale: str) -> list[Shelf]:
        families = self._library.families.items()
        return [Shelf(family, self._name(family, locale), sounds) for family, sounds in families]

    def _name(self, family: str, locale: str) -> str:
        """Return the family's name; one that an added sound brought along goes by its id."""
        key = f"sound.family.{family}"
        return self._texts.get(key, locale) if self._texts.has(key) else family.replace("-", " ").capitalize()


def matching(shelves: Sequence[Shelf], text: str) -> Sequence[Shelf]:
    """Return the shelves whose name has what is typed so far; all when none has."""
    typed = text.strip().casefold()
    return [shelf for shelf in shelves if typed in shelf.name.casefold()] or shelves
