import asyncio
import io
import math
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.ears import FLOOR_DBFS, Ears
from bot.sandbox.ogg import FRAMES_PER_PACKET, SILENCE, OggOpusStream, pad


def opus_packets(sound):
    """Encode float sound of shape (n, 2) into 20 ms packets."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "flt"
    encoder.bit_rate, encoder.time_base = 128_000, Fraction(1, 48_000)
    packets = []
    for start in range(0, len(sound) - FRAMES_PER_PACKET + 1, FRAMES_PER_PACKET):
        block = sound[start : start + FRAMES_PER_PACKET].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, start
        packets += [bytes(p) for p in encoder.encode(frame)]
    return packets


def tone(seconds, amplitude):
    wave = amplitude * np.sin(2 * math.pi * 440 * np.arange(int(seconds * 48_000)) / 48_000)
    return np.stack([wave, wave], axis=1)


def decode_ogg(data):
    """Return the sound, float, shape (2, n)."""
    with av.open(io.BytesIO(data), format="ogg") as container:
        planar = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        frames = [g for f in container.decode(audio=0) for g in planar.resample(f)]
    return np.concatenate([f.to_ndarray() for f in frames], axis=1)


def ogg_packets(data):
    with av.open(io.BytesIO(data), format="ogg") as container:
        return [bytes(p) for p in container.demux(audio=0) if p.size]


@given(st.binary(max_size=400), st.integers(0, 5000))
def test_padding_reaches_the_size_asked_for(frame, n_bytes):
    packet = b"\xfc" + frame
    padded = pad(packet, n_bytes)
    assert len(padded) >= min(n_bytes, len(packet) + 1) or padded == packet
    assert padded == packet or len(padded) in {n_bytes, n_bytes - 1}


def test_padded_packets_sound_the_same():
    decoded = []
    for n_bytes in (0, 700, 4096):
        decoder = av.CodecContext.create("libopus", "r")
        frames = [
            f.to_ndarray()
            for p in opus_packets(tone(0.2, 0.3))
            for f in decoder.decode(av.Packet(pad(p, n_bytes)))
        ]
        decoded.append(np.concatenate(frames, axis=None))
    assert np.array_equal(decoded[0], decoded[1])
    assert np.array_equal(decoded[0], decoded[2])


def test_a_packet_of_several_frames_is_left_alone():
    assert pad(b"\xfd" + bytes(20), 500) == b"\xfd" + bytes(20)


def test_every_packet_but_the_newest_is_out_at_once():
    packets = opus_packets(tone(0.5, 0.3))
    ogg = OggOpusStream()
    so_far = b""
    for n, packet in enumerate(packets, 1):
        so_far += ogg.write(packet)
        assert so_far.count(b"OggS") == 2 + n - 1  # two header pages, then one a packet
    assert ogg_packets(so_far + ogg.close()) == packets


def test_the_meter_reads_a_tone_as_it_is():
    ears = Ears()
    assert ears.level().rms_dbfs == FLOOR_DBFS
    for packet in opus_packets(tone(0.4, 0.1)):
        ears.hear(packet)
    assert ears.level().peak_dbfs == pytest.approx(-20.0, abs=1.5)
    assert ears.level().rms_dbfs == pytest.approx(-23.0, abs=1.5)


async def test_a_stream_carries_what_is_heard_and_silence_in_real_time():
    ears = Ears()
    sound = opus_packets(tone(0.6, 0.3))
    received = b""
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    stream = ears.stream()
    async with asyncio.timeout(20):
        async for pages in stream:
            received += pages
            if sound and received.count(b"OggS") > 12:
                ears.hear(sound.pop(0))
            elif not sound and received.count(b"OggS") > 100:
                break
    elapsed_s = loop.time() - started_s
    await stream.aclose()
    assert len(ogg_packets(received)) * 0.02 == pytest.approx(elapsed_s, abs=0.3)
    assert np.max(np.abs(decode_ogg(received))) > 0.2


async def test_streams_do_not_outlive_their_listener():
    ears = Ears()
    stream = ears.stream()
    await anext(stream)
    await stream.aclose()
    ears.hear(SILENCE)
    assert not ears._streams
