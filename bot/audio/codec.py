"""Sound files: what Hush ships (Ogg Opus, 48 kHz stereo) in and out, and plain WAV out."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class Coding:
    """How sound becomes a file, in FFmpeg's names. `samples`: how the codec takes them; bitrate in bit/s."""

    container: str
    codec: str
    samples: str
    bitrate: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    """The codec's."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The container's."""


def ogg_opus(bitrate: int, vbr: str = "on") -> Coding:
    return Coding("opus", "libopus", "flt", bitrate, {"vbr": vbr})


def m4a(bitrate: int) -> Coding:
    """AAC by FFmpeg's own encoder, for what plays nothing else."""
    return Coding("ipod", "aac", "fltp", bitrate)


WAV: Final = Coding("wav", "pcm_s24le", "s32", form={"rf64": "auto"})
"""24 bit; beyond 4 GiB it goes on as RF64."""


def write_file(
    blocks: Iterable[Pcm], to: Path | IO[bytes], coding: Coding, *, title: str | None = None
) -> None:
    """Write blocks of shape (n, 2) one after another; the same samples give the same file.

    In constant memory, but for what `to` holds. Beyond full scale, whole numbers are clipped.
    """
    target = str(to) if isinstance(to, Path) else to
    options = {"fflags": "+bitexact", **coding.form}
    with av.open(target, "w", format=coding.container, options=options) as container:
        if title is not None:
            container.metadata["title"] = title
        stream = container.add_stream(
            coding.codec, rate=SAMPLE_RATE, layout="stereo", options=dict(coding.options)
        )
        if not isinstance(stream, AudioStream):
            raise TypeError(f"PyAV's {coding.codec} is not an audio codec")
        stream.format = coding.samples
        if coding.bitrate is not None:
            stream.bit_rate = coding.bitrate
        at = 0
        for block in blocks:
            for start in range(0, len(block), _BLOCK):
                part = block[start : start + _BLOCK]
                frame = av.AudioFrame.from_ndarray(
                    _laid_out(part, coding.samples), format=coding.samples, layout="stereo"
                )
                frame.sample_rate = SAMPLE_RATE
                frame.pts = at
                at += len(part)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _laid_out(pcm: Pcm, samples: str) -> NDArray[np.float32] | NDArray[np.int32]:
    """Return a block as FFmpeg takes it: planes, or one row of both ears by turns."""
    if samples == "fltp":
        return np.ascontiguousarray(pcm.T, dtype=np.float32)
    if samples == "s32":  # the upper 24 bits count
        whole = np.clip(np.rint(pcm.astype(np.float64) * 8_388_607.0), -8_388_608, 8_388_607)
        return np.ascontiguousarray(whole, dtype=np.int32).reshape(1, -1) << 8
    return np.ascontiguousarray(pcm, dtype=np.float32).reshape(1, -1)


def encode_file(pcm: Pcm, path: Path, bitrate: int = 128_000) -> None:
    """Write shape (n, 2) as Ogg Opus; the same samples give the same file. bitrate in bit/s."""
    write_file([pcm], path, ogg_opus(bitrate))


def write_wav(path: Path, pcm: Pcm | Iterable[Pcm]) -> None:
    """Write shape (n, 2), or blocks of it one after another, as 24-bit WAV; beyond full scale is clipped."""
    write_file([pcm] if isinstance(pcm, np.ndarray) else pcm, path, WAV)
