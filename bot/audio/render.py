"""Offline rendering: exactly what a channel would hear, block by block, in constant memory."""

from collections.abc import Iterator

import numpy as np

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.limiter import Limiter
from bot.audio.master import FADE_OUT_S
from bot.audio.mix import Plan
from bot.audio.opus import SAMPLE_RATE, OpusDecoder, Pcm
from bot.audio.stream import Stream

_DECODER_DELAY = 312
"""Frames by which libopus is late (its algorithmic delay at 48 kHz)."""


def render(
    library: Library, plan: Plan, seconds: float, *, volume: int = 100, bitrate: int = 128_000
) -> Iterator[Pcm]:
    """Yield blocks of shape (n, 2), `seconds` long in all: fades, limits and codec as in a channel.

    volume 100 is the house level. Raises ContentError when a file is damaged.
    """
    stream = Stream(
        plan,
        SourceShelf(library).open,
        lambda: None,
        volume=volume,
        bitrate=bitrate,
        seconds=max(seconds, FADE_OUT_S),
    )
    late = _DECODER_DELAY + Limiter.delay
    left = round(seconds * SAMPLE_RATE)
    decoder = OpusDecoder()
    for packet in _packets(stream):
        block = decoder.decode(packet)
        block, late = block[late:][:left], max(0, late - len(block))
        left -= len(block)
        yield block
    yield np.zeros((left, 2), np.float32)


def _packets(stream: Stream) -> Iterator[bytes]:
    while True:
        if stream.wants_more():
            stream.produce()
        if not (packet := stream.read()):
            return
        yield packet
