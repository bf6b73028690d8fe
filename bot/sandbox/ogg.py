"""Opus packets as a live Ogg stream."""

import io
from fractions import Fraction

import av

PACKET_S = 0.02
FRAMES_PER_PACKET = 960
SILENCE = b"\xf8\xff\xfe"
"""20 ms of silence, as Discord's clients send it."""

_CODE_BITS = 0b11
_ONE_PADDED_FRAME = b"\x41"
_LONGEST_STEP = 254


class OggOpusStream:
    """Turns 20 ms stereo Opus packets into Ogg pages, a page a packet.

    packet_bytes: packets are padded to at least this size. Browsers hand streamed media to their decoder in
    blocks of tens of kilobytes; at the plain size of Opus a listener would be seconds behind.
    """

    def __init__(self, *, packet_bytes: int = 0) -> None:
        self._packet_bytes = packet_bytes
        self._pages = _Pages()
        self._container = av.open(
            self._pages, "w", format="ogg", options={"page_duration": "1", "flush_packets": "1"}
        )
        self._stream = self._container.add_stream("libopus", rate=48_000)
        self._stream.layout = "stereo"
        self._n_packets = 0

    def write(self, packet: bytes) -> bytes:
        """Return the pages that are ready; the packet itself comes out with the next one."""
        muxed = av.Packet(pad(packet, self._packet_bytes))
        muxed.stream = self._stream
        muxed.time_base = Fraction(1, 48_000)
        muxed.pts = muxed.dts = self._n_packets * FRAMES_PER_PACKET
        muxed.duration = FRAMES_PER_PACKET
        self._n_packets += 1
        self._container.mux(muxed)
        return self._pages.take()

    def close(self) -> bytes:
        """Return the last pages."""
        self._container.close()
        return self._pages.take()


class _Pages:
    """The file the muxer writes to; it only ever appends."""

    def __init__(self) -> None:
        self._written = io.BytesIO()

    def write(self, data: bytes) -> int:
        return self._written.write(data)

    def take(self) -> bytes:
        taken = self._written.getvalue()
        self._written = io.BytesIO()
        return taken


def pad(packet: bytes, n_bytes: int) -> bytes:
    """Return the packet padded to n_bytes (RFC 6716, 3.2.5); it decodes to the same sound.

    A packet of several frames, or one that is long enough, comes back as it is.
    """
    n_spare = n_bytes - len(packet) - 1  # the frame count byte
    if n_spare < 1 or not packet or packet[0] & _CODE_BITS:
        return packet
    n_steps = (n_spare - 1) // (_LONGEST_STEP + 1)
    n_rest = n_spare - 1 - n_steps * (_LONGEST_STEP + 1)
    lengths = b"\xff" * n_steps + bytes([n_rest])
    n_zeros = n_steps * _LONGEST_STEP + n_rest
    toc = bytes([packet[0] | _CODE_BITS])
    return toc + _ONE_PADDED_FRAME + lengths + packet[1:] + bytes(n_zeros)
