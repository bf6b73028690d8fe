"""One accent colour a family of sounds: dark and desaturated, for a screen in a dark room."""

from collections.abc import Mapping
from typing import Final

HOUSE: Final = 0x4F5D75
"""Hush's own."""
HELP: Final = 0x5E7A6D
"""The help card's, the same whatever is on it."""

EVENING: Final = 0x5A5578
"""Reminders, wind-downs, mornings."""

_FAMILIES: Final[Mapping[str, int]] = {
    "voice": 0x6A5F80,
    "tapping": 0x7A5C45,
    "brushing": 0x6C5B7B,
    "crinkles": 0x7C7462,
    "attention": 0x5A6A78,
    "hands": 0x7A6876,
    "water": 0x3F6B73,
    "nature": 0x5B7356,
    "rooms": 0x5F6D78,
    "tones": 0x6A6F78,
}


def accent_of(family: str | None) -> int:
    """Return a family's colour, 0xRRGGBB; the house's for one that has none, or for none."""
    return HOUSE if family is None else _FAMILIES.get(family, HOUSE)
