"""The one palette of everything drawn: dark, desaturated, no pure red, no bright blue."""

from typing import Final

Colour = tuple[int, int, int]
"""sRGB, 0..255."""

BACKGROUND: Final[Colour] = (0x1A, 0x1B, 0x26)
SURFACE: Final[Colour] = (0x24, 0x26, 0x34)
GRID: Final[Colour] = (0x34, 0x37, 0x48)
TEXT: Final[Colour] = (0xC8, 0xCC, 0xD8)
QUIET_TEXT: Final[Colour] = (0x8C, 0x92, 0xA6)

FIRST: Final[Colour] = (0x7F, 0xA8, 0xA9)
"""The series that is looked at first: a grey sea green."""
SECOND: Final[Colour] = (0xC9, 0xA3, 0x7C)
"""The other one: dull sand. Told apart by shape or label as well, never by colour alone."""

WIDTH: Final = 720
"""Pixels: twice a phone's 360, so that small type stays sharp."""
TEXT_PX: Final = 30
"""Smallest type at that width: 15 px as it is seen on a phone."""


def unit(colour: Colour) -> tuple[float, float, float]:
    """Return a colour as 0..1 floats, as matplotlib and numpy take it."""
    red, green, blue = colour
    return red / 255.0, green / 255.0, blue / 255.0


def hex_of(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
