"""The process that opens an untrusted file: `python -m bot.audio.importing.worker LIMITS SOURCE OUT`.

It prints one line of JSON: a bed's measures, or `{"refused": key, …values}`. Whatever happens to it, nothing
else of Hush is touched: it has its own limits of memory, time and file size, and opens no other file.
"""

import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bot.audio.importing.limits import FORMATS, Limits

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from bot.audio.opus import Pcm


class _Refused(Exception):  # noqa: N818 - an answer
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.answer = {"refused": key, **values}


def main(argv: list[str]) -> int:
    limits = Limits(**json.loads(argv[0]))
    _confine(limits)
    try:
        answer = _imported(limits, Path(argv[1]), Path(argv[2]))
    except _Refused as refused:
        answer = refused.answer
    except MemoryError:
        answer = {"refused": "too_big_inside"}
    print(json.dumps(answer))  # noqa: T201 - the parent reads it
    return 0


def _confine(limits: Limits) -> None:
    try:
        import resource  # noqa: PLC0415 - POSIX only; elsewhere the parent's clock and polling hold it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _imported(limits: Limits, source: Path, out: Path) -> dict[str, object]:
    import numpy as np  # noqa: PLC0415 - after the limits

    from bot.audio import codec, loudness  # noqa: PLC0415
    from bot.audio.build import HOUSE_LUFS, PEAK_DBTP  # noqa: PLC0415
    from bot.audio.importing.limits import Bed  # noqa: PLC0415
    from bot.audio.importing.loop import find_loop  # noqa: PLC0415
    from bot.audio.opus import SAMPLE_RATE  # noqa: PLC0415
    from bot.audio.soften import MOST_DB, softened  # noqa: PLC0415

    pcm, notes = _decoded(limits, source)
    pcm = _trimmed(pcm)
    if len(pcm) < limits.shortest_s * SAMPLE_RATE:
        raise _Refused("too_short", seconds=round(limits.shortest_s))
    loop = find_loop(pcm, limits.kept_s, 0.8 * limits.shortest_s)
    if loop is None:
        raise _Refused("no_loop")
    sound = loop.pcm.T.astype(np.float64)
    crest = loudness.crest_db(sound.T)
    over_db = min(
        loudness.true_peak_dbtp(sound.T) + HOUSE_LUFS - loudness.integrated_lufs(sound.T) - PEAK_DBTP, MOST_DB
    )
    if over_db > 0.0:
        sound = softened(sound, float(np.abs(sound).max()) * 10.0 ** (-over_db / 20.0))
    sound *= 10.0 ** (
        (min(-2.0 - loudness.true_peak_dbtp(sound.T), -21.0 - loudness.integrated_lufs(sound.T))) / 20.0
    )
    codec.encode_file(np.ascontiguousarray(sound.T, np.float32), out, 96_000)
    made = codec.decode(out)
    level = loudness.integrated_lufs(made)
    gain_db = round(min(HOUSE_LUFS - level, PEAK_DBTP - loudness.true_peak_dbtp(made)), 2)
    seconds = len(made) / SAMPLE_RATE
    longest = min(24.0, seconds / 2.5)
    bed = Bed(
        gain_db=gain_db,
        level_lufs=round(level + gain_db, 2),
        raw_crest_db=round(crest, 1),
        seconds=round(seconds, 1),
        grain_s=(round(0.7 * longest, 2), round(longest, 2)),
        crossfade_s=round(min(3.0, 0.2 * longest), 2),
        notes=tuple(notes),
    )
    return asdict(bed)


def _decoded(limits: Limits, source: Path) -> "tuple[Pcm, list[str]]":
    import av  # noqa: PLC0415

    if source.stat().st_size > limits.file_bytes:
        raise _Refused("too_many_bytes", megabytes=limits.file_bytes // 1_000_000)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        with source.open("rb") as file, av.open(file, "r", options=options) as container:
            if not container.streams.audio:
                raise _Refused("no_sound")
            if (container.duration or 0) > limits.longest_s * 1.02 * av.time_base:
                raise _Refused("too_long", minutes=round(limits.longest_s / 60))
            if container.streams.audio[0].codec_context is None:  # nothing here can decode it
                raise _Refused("unreadable")
            notes = _notes(container)
            return _judged(_frames(container, limits), notes)
    except (av.FFmpegError, OSError, ValueError, UnicodeError):
        raise _Refused("unreadable") from None


def _notes(container: "InputContainer") -> list[str]:
    stream = container.streams.audio[0]
    found = {
        "video": any(not _is_cover(video) for video in container.streams.video),
        "mono": stream.channels == 1,
        "narrow": 0 < (stream.rate or 0) < 32_000,
    }
    return [note for note, holds in found.items() if holds]


def _frames(container: "InputContainer", limits: Limits) -> "Pcm":
    """Decode, never more than the longest: what a header says about length is not believed."""
    import av  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from bot.audio.opus import SAMPLE_RATE  # noqa: PLC0415

    to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
    most, held, blocks = round(limits.longest_s * SAMPLE_RATE), 0, []
    for frame in container.decode(container.streams.audio[0]):
        for part in to_floats.resample(frame):
            blocks.append(part.to_ndarray().astype(np.float32).T)
            held += len(blocks[-1])
        if held > most:
            raise _Refused("too_long", minutes=round(limits.longest_s / 60))
    if not held:
        raise _Refused("no_sound")
    return np.concatenate(blocks)


def _is_cover(video: "VideoStream") -> bool:
    codec = getattr(video.codec_context, "name", None)  # a damaged stream has none
    return bool(getattr(video.disposition, "attached_pic", False)) or codec in {"png", "mjpeg"}


def _judged(pcm: "Pcm", notes: list[str]) -> "tuple[Pcm, list[str]]":
    import numpy as np  # noqa: PLC0415

    if not np.isfinite(pcm).all():
        raise _Refused("unreadable")
    pcm -= pcm.mean(axis=0)
    loudest = float(np.abs(pcm).max())
    if loudest < 10.0 ** (-60.0 / 20.0):
        raise _Refused("silent")
    flat = np.abs(pcm) > 0.995 * loudest
    runs = float((flat[1:] & flat[:-1]).mean())
    if loudest > 0.9 and runs > 0.01:
        raise _Refused("clipped")
    if loudest > 0.9 and runs > 0.0005:
        notes.append("clipped")
    return pcm, notes


def _trimmed(pcm: "Pcm") -> "Pcm":
    """Cut silence off both ends, with pydub on a small mono copy."""
    import numpy as np  # noqa: PLC0415

    from bot.audio.opus import SAMPLE_RATE  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub looks for ffmpeg; nothing here needs it
        from pydub import AudioSegment  # noqa: PLC0415
        from pydub.silence import detect_leading_silence  # noqa: PLC0415
    coarse = pcm[::6].mean(axis=1)
    whole = (np.clip(coarse / max(float(np.abs(coarse).max()), 1e-9), -1.0, 1.0) * 32_000).astype("<i2")
    segment = AudioSegment(whole.tobytes(), frame_rate=SAMPLE_RATE // 6, sample_width=2, channels=1)
    threshold = segment.dBFS - 30.0
    start_ms = detect_leading_silence(segment, threshold, 20)
    end_ms = detect_leading_silence(segment.reverse(), threshold, 20)
    start, end = (ms * SAMPLE_RATE // 1000 for ms in (start_ms, end_ms))
    return pcm[start : max(len(pcm) - end, start)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
