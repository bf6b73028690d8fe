"""A loop at another pace, or begun in the middle, without drawing it again: its frames, told anew.

Animated WebP (RIFF): a header, and an `ANMF` chunk a frame, whose bytes 12 to 14 are its milliseconds. Frames
of `render` are whole pictures, so that they may follow each other in any order.
"""

from collections.abc import Iterator

_RIFF = 12
"""Bytes before the first chunk."""
_DURATION = slice(12, 15)


def retimed(loop: bytes, pace: float, from_s: float = 0.0) -> bytes:
    """Return an animated WebP in which everything takes `pace` times as long.

    It begins `from_s` seconds into the loop, which are its own: before it was slowed down. Milliseconds are
    rounded so that the whole never drifts. Raises ValueError for a WebP that is none or does not move.
    """
    if loop[:4] != b"RIFF" or loop[8:_RIFF] != b"WEBP":
        raise ValueError("not a WebP")
    chunks = list(_chunks(loop))
    frames = [payload for name, payload in chunks if name == b"ANMF"]
    if len(frames) < 2:
        raise ValueError("a WebP that does not move")
    head = b"".join(_chunk(name, payload) for name, payload in chunks if name in (b"VP8X", b"ANIM"))
    body = head + b"".join(_chunk(b"ANMF", frame) for frame in _told(frames, pace, from_s * 1000.0))
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _told(frames: list[bytes], pace: float, from_ms: float) -> Iterator[bytes]:
    """Yield the frames in their new order, each with its new length; the one that is begun in comes twice."""
    lengths = [int.from_bytes(frame[_DURATION], "little") for frame in frames]
    left = from_ms % sum(lengths)
    first = 0
    while left >= lengths[first]:
        left -= lengths[first]
        first += 1
    order = [*range(first, len(frames)), *range(first)]
    shown = [(index, float(lengths[index])) for index in order]
    if left:
        shown = [(first, lengths[first] - left), *shown[1:], (first, left)]
    end, told_ms = 0.0, 0
    for index, length in shown:
        end += length * pace
        n_ms = round(end) - told_ms
        told_ms += n_ms
        if n_ms:
            yield frames[index][:12] + n_ms.to_bytes(3, "little") + frames[index][15:]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _RIFF
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, payload: bytes) -> bytes:
    return name + len(payload).to_bytes(4, "little") + payload + b"\0" * (len(payload) % 2)
