"""A short taste of one sound as a file: with the fades, level and limits a channel would have."""

import io
from typing import Final

from bot.audio.codec import ogg_opus, write_file
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.piece import piece

_VOLUME: Final = 70
_BITRATE: Final = 64_000


def preview(library: Library, trigger_id: str, seconds: float, seed: int) -> bytes:
    """Return Ogg Opus of that many seconds; takes about a second of work, so never on the event loop."""
    out = io.BytesIO()
    plan = Plan(Mix((Layer(trigger_id),)), seed)
    write_file(piece(library, plan, seconds, volume=_VOLUME), out, ogg_opus(_BITRATE))
    return out.getvalue()
