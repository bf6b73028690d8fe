"""What suits somebody as a picture: a row a sound, a bar for calm, a dotted one for tingles."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.theme import (
    BACKGROUND,
    FIRST,
    GRID,
    QUIET_TEXT,
    SECOND,
    TEXT,
    TEXT_PX,
    WIDTH,
)

_MARGIN: Final = 36
_ROW: Final = 142
_NAME_PX: Final = TEXT_PX + 8
"""Inside a panel a phone shows it at a third of its width."""
_BAR: Final = 22
_LEGEND: Final = 74
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Bar:
    """One sound: its name, and how likely (0..1) it is pleasant and tingles."""

    name: str
    calm: float
    tingle: float


def draw_profile(bars: Sequence[Bar], calm_label: str, tingle_label: str) -> bytes:
    """Return a PNG, twice a phone's width. The two series differ in shape as well as in colour."""
    height = _MARGIN + _LEGEND + _ROW * len(bars) + _MARGIN // 2
    image = Image.new("RGB", (WIDTH, height), BACKGROUND)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(_NAME_PX)
    small = ImageFont.load_default(TEXT_PX + 2)
    _legend(pen, small, calm_label, tingle_label)
    for row, bar in enumerate(bars):
        top = _MARGIN + _LEGEND + row * _ROW
        pen.text((_MARGIN, top), bar.name, fill=TEXT, font=font)
        for offset, share, is_calm in ((54, bar.calm, True), (85, bar.tingle, False)):
            _bar(pen, top + offset, share, is_calm=is_calm)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _legend(pen: ImageDraw.ImageDraw, font: _Font, calm: str, tingle: str) -> None:
    pen.rounded_rectangle((_MARGIN, 42, _MARGIN + 44, 42 + _BAR), 6, fill=FIRST)
    pen.text((_MARGIN + 58, 36), calm, fill=QUIET_TEXT, font=font)
    left = WIDTH // 2
    _dots(pen, left, 42, 44)
    pen.text((left + 58, 36), tingle, fill=QUIET_TEXT, font=font)


def _bar(pen: ImageDraw.ImageDraw, top: int, share: float, *, is_calm: bool) -> None:
    room = WIDTH - 2 * _MARGIN
    pen.rounded_rectangle((_MARGIN, top, _MARGIN + room, top + _BAR), 6, fill=GRID)
    length = round(room * max(0.0, min(1.0, share)))
    if is_calm and length > 12:
        pen.rounded_rectangle((_MARGIN, top, _MARGIN + length, top + _BAR), 6, fill=FIRST)
    elif not is_calm:
        _dots(pen, _MARGIN, top, length)


def _dots(pen: ImageDraw.ImageDraw, left: int, top: int, length: int) -> None:
    """Draw a row of dots: told from a bar without colour."""
    radius = 6
    middle = top + _BAR // 2
    for x in range(left + 10, left + length - 4, 20):
        pen.ellipse((x - radius, middle - radius, x + radius, middle + radius), fill=SECOND)
