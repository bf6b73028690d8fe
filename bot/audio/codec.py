"""Sound files: what Hush ships (Ogg Opus, 48 kHz stereo) in and out, and plain WAV out."""

import io
import wave
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer

from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.core.errors import ContentError

LONGEST_S: Final = 3600
_BLOCK: Final = SAMPLE_RATE
_SLACK: Final = 4_800
"""Frames a file may declare beyond what it plays: the codec's lead-in."""
_NAMELESS: Final = "the given bytes"


def decode(source: Path | bytes) -> Pcm:
    """Decode a whole file to shape (n, 2); n is exactly what was encoded, the codec's lead-in removed.

    Raises ContentError, naming the file, when it is not an intact 48 kHz stereo sound of at most an hour.
    """
    name = source.name if isinstance(source, Path) else _NAMELESS
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
        if _is_cut_off(data):
            raise ContentError(f"{name}: it is cut off before its end.")
        with av.open(io.BytesIO(data), "r") as container:
            pcm = _decoded(container, name)
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContentError(f"{name}: not a sound I can read ({reason}).") from None
    if not len(pcm):
        raise ContentError(f"{name}: there is no sound in it.")
    if not np.isfinite(pcm).all():
        raise ContentError(f"{name}: it holds samples that are not numbers.")
    return pcm


def _decoded(container: InputContainer, name: str) -> Pcm:
    if not container.streams.audio:
        raise ContentError(f"{name}: there is no sound in it.")
    stream = container.streams.audio[0]
    if (stream.rate, stream.channels) != (SAMPLE_RATE, 2):
        raise ContentError(
            f"{name}: needs 48000 Hz stereo, is {stream.rate} Hz with {stream.channels} channels."
        )
    if (container.duration or 0) > LONGEST_S * av.time_base:
        raise ContentError(f"{name}: longer than an hour.")
    to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    blocks = [out.to_ndarray() for frame in container.decode(stream) for out in to_floats.resample(frame)]
    if not blocks:
        return np.zeros((0, 2), np.float32)
    pcm = np.ascontiguousarray(np.concatenate(blocks, axis=1).T, dtype=np.float32)
    declared = float((stream.duration or 0) * (stream.time_base or 0)) * SAMPLE_RATE
    if len(pcm) < declared - _SLACK:
        raise ContentError(f"{name}: parts of it are missing or damaged.")
    return pcm


def _is_cut_off(data: bytes) -> bool:
    """Whether an Ogg file's last page is not marked as its last."""
    last_page = data[data.rfind(b"OggS") :] if data.startswith(b"OggS") else b""
    return len(last_page) > 5 and not last_page[5] & 0x04


def encode_file(pcm: Pcm, path: Path, bitrate: int = 128_000) -> None:
    """Write shape (n, 2) as Ogg Opus; the same samples give the same file. bitrate in bit/s."""
    with av.open(str(path), "w", format="opus", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, layout="stereo", options={"vbr": "on"})
        if not isinstance(stream, AudioStream):
            raise TypeError("PyAV's libopus is not an audio codec")
        stream.format = "flt"
        stream.bit_rate = bitrate
        for start in range(0, len(pcm), _BLOCK):
            block = np.ascontiguousarray(pcm[start : start + _BLOCK], dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_wav(path: Path, pcm: Pcm | Iterable[Pcm]) -> None:
    """Write shape (n, 2), or blocks of it one after another, as 24-bit WAV; beyond full scale is clipped."""
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(3)
        out.setframerate(SAMPLE_RATE)
        for block in [pcm] if isinstance(pcm, np.ndarray) else pcm:
            out.writeframes(_to_24_bit(block))


def _to_24_bit(pcm: Pcm) -> bytes:
    whole = np.clip(np.rint(pcm.astype(np.float64) * 8_388_607.0), -8_388_608, 8_388_607).astype("<i4")
    return whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
