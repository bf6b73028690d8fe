"""What a person has chosen to keep: presets, favourites, and sounds they never want to hear."""

import enum
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bot.core.errors import Refusal

LONGEST_NAME: Final = 40
MOST_PRESETS: Final = 50
"""A person's; enough for a life of nights, and a list that can still be read."""
_SPACES = re.compile(r"\s+")


class Taste(enum.Enum):
    FAVOURITE = "favourite"
    BLOCKED = "blocked"
    """Never while this person listens."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A mix under a name; `code` is its share code."""

    name: str
    code: str


def tidy_name(text: str) -> str:
    """Return a preset's name as it is kept and shown; raise Refusal when it is none."""
    name = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Refusal("preset.refused.name", longest=LONGEST_NAME)
    return name


def name_key(name: str) -> str:
    """Return what tells two presets' names apart: neither case nor spaces."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


class PresetStore(Protocol):
    """Remembers people's presets. Every method raises StoreError when the database does not answer."""

    async def put(self, user_id: int, kept: Preset) -> None:
        """Remember a preset, in place of one with the same name."""
        ...

    async def all(self, user_id: int) -> Sequence[Preset]:
        """Return the person's presets by name."""
        ...

    async def remove(self, user_id: int, name: str) -> bool:
        """Forget one; return whether there was one of that name."""
        ...


class TasteStore(Protocol):
    """Remembers favourites and blocked sounds. Raises StoreError when the database does not answer."""

    async def add(self, taste: Taste, user_id: int, sound: str) -> None: ...

    async def remove(self, taste: Taste, user_id: int, sound: str) -> None: ...

    async def sounds(self, taste: Taste, user_id: int) -> frozenset[str]: ...
