"""A piece of a night with a beginning and an end: a channel's fades, level and limits, before any codec."""

from collections.abc import Iterator
from typing import Final

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.limiter import Limiter
from bot.audio.master import FADE_OUT_S, Master
from bot.audio.mix import Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm

_BLOCK: Final = SAMPLE_RATE // 10


def piece(
    library: Library, plan: Plan, seconds: float, *, volume: int = 100, tail_s: float = 0.0
) -> Iterator[Pcm]:
    """Yield blocks of shape (n, 2), `seconds` long in all, from silence to exact zero, in constant memory.

    volume 100 is the house level; it grows softer over the last `tail_s`. Raises ContentError when a file is
    damaged.
    """
    mixer = Mixer(plan, SourceShelf(library).open)
    master = Master(volume)
    n_frames, tail = round(seconds * SAMPLE_RATE), round(tail_s * SAMPLE_RATE)
    fade_at = n_frames - round(FADE_OUT_S * SAMPLE_RATE) - 2 * _BLOCK
    late, left = Limiter.delay, n_frames
    for start in range(0, n_frames + late, _BLOCK):
        if start >= fade_at:
            master.fade_out()
        if tail and start > n_frames - tail:
            master.set_tail(1.0 - (n_frames - start) / tail if start < n_frames else 1.0)
        block = master.process(mixer.render(start, _BLOCK))
        block, late = block[late:][:left], max(0, late - len(block))
        left -= len(block)
        yield block
