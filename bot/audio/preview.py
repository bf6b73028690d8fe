"""A short taste of one sound as a file: with the fades, level and limits a channel would have."""

import tempfile
from pathlib import Path

import numpy as np

from bot.audio.codec import encode_file
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.limiter import Limiter
from bot.audio.master import FADE_OUT_S, Master
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm

_VOLUME = 70
_BITRATE = 64_000
_BLOCK = SAMPLE_RATE // 10


def preview(library: Library, trigger_id: str, seconds: float, seed: int) -> bytes:
    """Return Ogg Opus of that many seconds; takes about a second of work, so never on the event loop."""
    with tempfile.TemporaryDirectory(prefix="hush-") as folder:
        path = Path(folder) / "taste.ogg"
        encode_file(_render(library, trigger_id, seconds, seed), path, _BITRATE)
        return path.read_bytes()


def _render(library: Library, trigger_id: str, seconds: float, seed: int) -> Pcm:
    mixer = Mixer(Plan(Mix((Layer(trigger_id),)), seed), SourceShelf(library).open)
    master = Master(_VOLUME)
    n_frames = round(seconds * SAMPLE_RATE)
    fade_at = n_frames - round((FADE_OUT_S + 0.2) * SAMPLE_RATE) - Limiter.delay
    blocks = []
    for start in range(0, n_frames, _BLOCK):
        if start >= fade_at:
            master.fade_out()
        blocks.append(master.process(mixer.render(start, _BLOCK)))
    return np.concatenate(blocks)[:n_frames]
