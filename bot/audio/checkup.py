"""Whether every sound there is can be played here: its file decodes, and Opus can be made of it."""

import io
from itertools import islice
from typing import Final

import av
import numpy as np

from bot.audio.library import Library
from bot.audio.opus import FRAME, SAMPLE_RATE, OpusEncoder, Pcm
from bot.core.errors import ContentError

_N_PACKETS: Final = SAMPLE_RATE // FRAME + 1
"""A second of packets, and one for the codec's lead-in."""


def check_sounds(library: Library) -> None:
    """Decode the first second of every file and encode from it; raise ContentError naming what fails."""
    for trigger_id in library.triggers:
        OpusEncoder().encode(_first_second(library, trigger_id)[:FRAME])


def _first_second(library: Library, trigger_id: str) -> Pcm:
    file = library.audio_file(trigger_id)
    try:
        with av.open(io.BytesIO(file.read_bytes()), "r") as container:
            to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
            frames = islice(container.decode(container.streams.audio[0]), _N_PACKETS)
            blocks = [out.to_ndarray() for frame in frames for out in to_floats.resample(frame)]
    except (av.FFmpegError, OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContentError(f"{file.name}: it does not decode ({reason}).") from None
    pcm = np.ascontiguousarray(np.concatenate(blocks, axis=1).T, np.float32) if blocks else np.empty((0, 2))
    if len(pcm) < SAMPLE_RATE:
        raise ContentError(f"{file.name}: it ends within its first second.")
    return pcm.astype(np.float32, copy=False)
