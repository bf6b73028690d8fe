"""A picture of each sound, drawn from the sound itself when somebody first looks."""

import asyncio
import io
import logging
from collections.abc import Mapping, Sequence
from typing import Final

from bot.audio.library import Library
from bot.audio.spectrogram import pixels, shown_part
from bot.core.errors import ContentError
from bot.pictures import theme

_log = logging.getLogger(__name__)

SIDE: Final = 160
"""Pixels: Discord shows it at half of that, so that it stays sharp on a phone."""
_MOST_KEPT: Final = 400
"""Each is a few kilobytes."""
_QUALITY: Final = 70
_DIM: Final = 3.0
_LIGHT: Final = 0.7
"""Looked at in the dark: an even noise is a mild grey, not a lamp."""


class Portraits:
    """Pictures by sound, each drawn once a process, off the event loop, one at a time."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[tuple[str, str], bytes] = {}
        self._turn = asyncio.Lock()

    async def of(self, trigger_ids: Sequence[str]) -> Mapping[str, bytes]:
        """Return a WebP of SIDE by SIDE pixels for each sound; one that cannot be drawn is left out."""
        found: dict[str, bytes] = {}
        for trigger_id in trigger_ids:
            trigger = self._library.triggers.get(trigger_id)
            if trigger is None:
                continue
            key = trigger_id, trigger.recipe
            async with self._turn:
                if key not in self._known:
                    self._remember(key, await asyncio.to_thread(self._draw, trigger_id))
                found[trigger_id] = self._known[key]
        return {trigger_id: picture for trigger_id, picture in found.items() if picture}

    def _draw(self, trigger_id: str) -> bytes:
        try:
            return draw(self._library, trigger_id)
        except (ContentError, OSError) as error:
            _log.warning("a sound's picture cannot be drawn: %s", error)
            return b""

    def _remember(self, key: tuple[str, str], picture: bytes) -> None:
        while len(self._known) >= _MOST_KEPT:
            del self._known[next(iter(self._known))]
        self._known[key] = picture


def draw(library: Library, trigger_id: str) -> bytes:
    """Return a sound's spectrogram in its own colour as WebP; ContentError when its file is damaged."""
    from PIL import Image  # noqa: PLC0415 - only who draws needs it

    picture = io.BytesIO()
    seen = pixels(shown_part(library, trigger_id), library.triggers[trigger_id].colour, SIDE, SIDE, dim=_DIM)
    ground = Image.new("RGB", (SIDE, SIDE), theme.BACKGROUND)
    dimmed = Image.blend(ground, Image.fromarray(seen), _LIGHT)
    dimmed.save(picture, "WEBP", quality=_QUALITY, method=4)
    return picture.getvalue()
