"""One picture of every sound: its spectrogram, ten seconds of it, pitch upwards by octaves."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.audio.opus import Pcm
from bot.audio.spectrogram import GROUND, pixels

_WIDE, _HIGH, _TEXT = 250, 120, 18
_COLUMNS: Final = 6
_INK: Final = (200, 205, 220)


def draw(sounds: Sequence[tuple[str, str, Pcm]], path: Path) -> None:
    """Write a PNG of (name, "#rrggbb", sound) each; needs Pillow, and matplotlib for its font."""
    from matplotlib import get_data_path  # noqa: PLC0415
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only who draws needs it

    font_path = Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"  # Pillow's own has no é
    rows = -(-len(sounds) // _COLUMNS)
    cell_high = _HIGH + _TEXT + 6
    sheet = Image.new("RGB", (_COLUMNS * (_WIDE + 6) + 6, rows * cell_high + 6), GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(font_path, 12)
    for index, (name, colour, pcm) in enumerate(sounds):
        left, top = 6 + index % _COLUMNS * (_WIDE + 6), 6 + index // _COLUMNS * cell_high
        sheet.paste(Image.fromarray(pixels(pcm, colour, _WIDE, _HIGH)), (left, top + _TEXT))
        pen.text((left + 2, top + 1), name, fill=_INK, font=font)
    sheet.quantize(128).save(path, optimize=True)
