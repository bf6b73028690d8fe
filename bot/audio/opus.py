"""Opus, packet by packet: 20 ms of 48 kHz stereo in or out, through the libopus that PyAV's wheels carry."""

from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

SAMPLE_RATE: Final = 48_000
FRAME: Final = 960
"""Sample frames in a packet: 20 ms."""
SILENCE_PACKET: Final = b"\xf8\xff\xfe"
"""What Discord asks to be sent when nothing sounds."""

Pcm = NDArray[np.float32]
"""A block of sound: shape (n, 2), float32, 48 kHz, full scale 1.0."""


class OpusEncoder:
    """One running encoder; blocks must be given in order, whole packets each.

    bitrate: bit/s, 6_000..510_000. complexity 2 costs a quarter less than 5 and leaves the same error, only
    0.3 dB more in the worst band of the worst sound (`benchmarks/engine.py --only encoder`).
    """

    def __init__(self, bitrate: int = 128_000, complexity: int = 2) -> None:
        context = av.CodecContext.create("libopus", "w")
        if not isinstance(context, AudioCodecContext):
            raise TypeError("PyAV's libopus is not an audio codec")
        context.sample_rate = SAMPLE_RATE
        context.layout = "stereo"
        context.format = "flt"
        context.bit_rate = bitrate
        context.options = {
            "application": "audio",
            "frame_duration": "20",
            "compression_level": str(complexity),
            "vbr": "on",
        }
        context.open()
        self._context = context
        self._pts = 0

    def encode(self, block: Pcm) -> list[bytes]:
        """Encode shape (n * 960, 2) float32 into n packets; other Python code runs meanwhile."""
        audio = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="stereo")
        audio.sample_rate = SAMPLE_RATE
        audio.pts = self._pts
        self._pts += len(block)
        packets = [bytes(packet) for packet in self._context.encode(audio)]
        if len(packets) * FRAME != len(block):
            raise RuntimeError(f"libopus gave {len(packets)} packets for {len(block)} frames")
        return packets


class OpusDecoder:
    """One running decoder; packets must be given in order.

    FFmpeg's own decoder, since it keeps floats where PyAV's libopus would round to 16 bits: at the levels
    people sleep with, that rounding is audible hiss.
    """

    def __init__(self) -> None:
        context = av.CodecContext.create("opus", "r")
        if not isinstance(context, AudioCodecContext):
            raise TypeError("PyAV's opus is not an audio codec")
        context.sample_rate = SAMPLE_RATE
        context.layout = "stereo"
        self._context = context

    def decode(self, packet: bytes) -> Pcm:
        """Decode one packet to shape (n, 2) float32; n is 960 for 20 ms packets.

        Raises ValueError when the bytes are no Opus packet.
        """
        try:
            frames = self._context.decode(av.Packet(packet))
        except av.FFmpegError as error:
            raise ValueError(f"not an Opus packet: {error}") from None
        blocks = [frame.to_ndarray().T for frame in frames]
        return np.ascontiguousarray(np.concatenate(blocks)) if blocks else np.zeros((0, 2), np.float32)
