"""The importer as strangers use it: whatever the file is, a bed at house level or a sentence."""

import io
import os
import random
import struct
import sys
import wave
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest

from bot.audio import loudness
from bot.audio.assay import seam_percentile
from bot.audio.codec import decode
from bot.audio.importing.importer import import_recording
from bot.audio.importing.limits import Limits
from bot.core.errors import Refusal


def murmur(seconds, rate=48_000, channels=2, level=0.1, seed=1):
    """A brownish noise that swells slowly, as a recording of weather does."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate)
    noise = np.cumsum(rng.standard_normal((n, channels)), axis=0)
    noise -= np.apply_along_axis(lambda x: np.convolve(x, np.ones(400) / 400, "same"), 0, noise)
    swell = 1.0 + 0.3 * np.sin(2.0 * np.pi * np.arange(n) / rate / 7.0)[:, None]
    return level * noise / np.abs(noise).max() * swell


def wav(path, sound, rate=48_000, width=2):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(sound.shape[1])
        out.setsampwidth(width)
        out.setframerate(rate)
        whole = np.clip(np.rint(sound * (2 ** (8 * width - 1) - 1)), -(2 ** (8 * width - 1)), None).astype(
            "<i4"
        )
        out.writeframes(whole.reshape(-1, 1).view(np.uint8)[:, :width].tobytes())
    return path


def encoded(path, sound, codec, container, rate=48_000):
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(sound.T, np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="stereo", rate=rate, frame_size=1152
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return path


def refused(source, tmp_path, **limits):
    out = tmp_path / "out.opus"
    with pytest.raises(Refusal) as refusal:
        import_recording(source, out, Limits(**limits))
    assert not out.exists()
    return refusal.value.key.removeprefix("sounds.import.")


def test_a_recording_becomes_a_bed_at_house_level_without_seam_or_metadata(tmp_path):
    source = wav(tmp_path / "river at our cabin, Anna.wav", murmur(24.0))
    out = tmp_path / "out.opus"
    bed = import_recording(source, out)
    pcm = decode(out) * 10.0 ** (bed.gain_db / 20.0)
    assert loudness.integrated_lufs(pcm) == pytest.approx(-30.0, abs=1.0)
    assert loudness.true_peak_dbtp(pcm) < -8.5
    assert seam_percentile(pcm) <= 97.0
    assert 2.0 * bed.crossfade_s < bed.grain_s[0] <= bed.grain_s[1] <= bed.seconds / 2.0
    assert bed.notes == ()
    data = out.read_bytes()
    assert b"Anna" not in data
    assert b"river" not in data


@pytest.mark.parametrize(
    ("name", "shape", "notes"),
    [
        ("mono.wav", (48_000, 1, 2), {"mono"}),
        ("phone.wav", (8_000, 1, 2), {"mono", "narrow"}),
        ("24.wav", (44_100, 2, 3), set()),
    ],
)
def test_mono_eight_kilohertz_and_24_bit_are_taken_and_said(tmp_path, name, shape, notes):
    rate, channels, width = shape
    source = wav(tmp_path / name, murmur(12.0, rate, channels), rate, width)
    assert set(import_recording(source, tmp_path / "out.opus").notes) == notes


@pytest.mark.parametrize(
    ("codec", "container"), [("flac", "flac"), ("libopus", "ogg"), ("libmp3lame", "mp3"), ("aac", "mp4")]
)
def test_common_formats_are_read(tmp_path, codec, container):
    source = encoded(tmp_path / f"sound.{container}", murmur(12.0), codec, container)
    assert import_recording(source, tmp_path / "out.opus").seconds >= 6.0


def test_what_cannot_be_a_bed_is_refused_with_its_reason(tmp_path):
    assert refused(wav(tmp_path / "short.wav", murmur(3.0)), tmp_path) == "too_short"
    assert refused(wav(tmp_path / "silent.wav", murmur(12.0, level=0.0002)), tmp_path) == "silent"
    assert (
        refused(wav(tmp_path / "loud.wav", np.clip(murmur(12.0, level=30.0), -1, 1)), tmp_path) == "clipped"
    )
    assert (
        refused(wav(tmp_path / "long.wav", murmur(30.0, 8_000, 1), 8_000), tmp_path, longest_s=20.0)
        == "too_long"
    )
    assert (
        refused(wav(tmp_path / "big.wav", murmur(12.0)), tmp_path, file_bytes=1_000_000) == "too_many_bytes"
    )


def test_rubbish_and_files_that_name_other_files_are_unreadable(tmp_path):
    (tmp_path / "rubbish.mp3").write_bytes(random.Random(1).randbytes(20_000))
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")
    (tmp_path / "list.ffconcat").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    (tmp_path / "empty.ogg").write_bytes(b"")
    for name in ("rubbish.mp3", "list.m3u8", "list.ffconcat", "empty.ogg"):
        assert refused(tmp_path / name, tmp_path) in {"unreadable", "no_sound"}


def test_a_codec_that_nobody_knows_is_unreadable(tmp_path, caplog):
    source = wav(tmp_path / "unknown.wav", murmur(2.0))
    data = bytearray(source.read_bytes())
    data[20:22] = struct.pack("<H", 0x4242)
    source.write_bytes(data)
    assert refused(source, tmp_path) == "unreadable"
    assert not caplog.records  # the process answered


def test_a_header_that_lies_about_eight_hours_is_stopped_by_what_it_holds(tmp_path):
    source = wav(tmp_path / "lie.wav", murmur(12.0))
    data = bytearray(source.read_bytes())
    data[40:44] = struct.pack("<I", 0x7FFFFFFF)
    source.write_bytes(data)
    try:
        seconds = import_recording(source, tmp_path / "out.opus").seconds
    except Refusal as refusal:
        seconds, why = 0.0, refusal.key.removeprefix("sounds.import.")
        assert why in {"too_long", "unreadable"}
    assert seconds < 13.0


def test_a_bomb_meets_its_limits_and_the_process_ends(tmp_path):
    """A small FLAC of hours of silence: refused by its length before it is held."""
    buffer = io.BytesIO()
    quiet = np.zeros((48_000 * 700, 1), np.int16)
    with av.open(buffer, "w", format="flac") as out:
        stream = out.add_stream("flac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(quiet.T, format="s16", layout="mono")
        frame.sample_rate = 48_000
        for part in av.AudioResampler("s16", "mono", 48_000, frame_size=4608).resample(frame):
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    data = bytearray(buffer.getvalue())
    (tmp_path / "bomb.flac").write_bytes(data)
    assert len(data) < 2_000_000
    assert refused(tmp_path / "bomb.flac", tmp_path) == "too_long"


def test_a_slow_one_is_ended(tmp_path):
    source = wav(tmp_path / "slow.wav", murmur(20.0))
    out = tmp_path / "out.opus"
    with pytest.raises(Refusal, match="too_slow"):
        import_recording(source, out, Limits(wall_s=0.2))
    assert not out.exists()


def damaged(original, rng):
    """Change some bytes, most of them near the start, and often cut the end off."""
    data = bytearray(original)
    for _ in range(rng.choice((1, 3, 20, 400))):
        at = min(int(rng.expovariate(1.0) * len(data) / rng.choice((2, 50, 400))), len(data) - 1)
        data[at] = rng.randrange(256)
    if rng.random() < 0.4:
        del data[rng.randrange(len(data)) :]
    return bytes(data)


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder, sound = tmp_path_factory.mktemp("originals"), murmur(9.0, 16_000)
    return [
        wav(folder / "a.wav", sound, 16_000).read_bytes(),
        encoded(folder / "a.flac", sound, "flac", "flac", 16_000).read_bytes(),
        encoded(folder / "a.mp3", sound, "libmp3lame", "mp3", 16_000).read_bytes(),
        encoded(folder / "a.mp4", sound, "aac", "mp4", 16_000).read_bytes(),
        encoded(folder / "a.ogg", murmur(9.0), "libopus", "ogg").read_bytes(),
    ]


@pytest.mark.long
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("fifty", range(20))
def test_a_thousand_damaged_files_end_in_a_bed_or_a_sentence(tmp_path, originals, fifty, caplog):
    resource = pytest.importorskip("resource")
    rng = random.Random(fifty)
    files = [damaged(rng.choice(originals), rng) for _ in range(50)]

    def outcome(index):
        source = tmp_path / f"{index}"
        source.write_bytes(files[index])
        try:
            import_recording(source, tmp_path / f"{index}.opus", Limits(wall_s=60.0))
        except Refusal as refusal:
            return refusal.key
        return "bed"

    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        outcomes = Counter(side_by_side.map(outcome, range(len(files))))
    print(outcomes)
    assert outcomes["bed"] > 0
    assert outcomes["sounds.import.too_slow"] == 0
    assert not caplog.records  # each process gave an answer
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest * (1 if sys.platform == "darwin" else 1024) < Limits().memory_bytes
