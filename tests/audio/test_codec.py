"""Sound files in and out: exact lengths and places, and a sentence for whatever is broken."""

import wave

import numpy as np
import pytest

from bot.audio.codec import decode, encode_file, write_wav
from bot.audio.opus import SAMPLE_RATE
from bot.core.errors import ContentError


@pytest.fixture
def opus(tmp_path):
    noise = np.random.default_rng(1).normal(0.0, 0.1, (3 * SAMPLE_RATE + 123, 2)).astype(np.float32)
    path = tmp_path / "noise.opus"
    encode_file(noise, path)
    return path


@pytest.mark.parametrize("at", [0, 1, 311, 959, 20_000, 47_700])
def test_a_click_comes_back_where_it_was_and_the_length_is_exact(tmp_path, at):
    pcm = np.zeros((47_777, 2), np.float32)
    pcm[at : at + 8] = 0.7
    encode_file(pcm, tmp_path / "click.opus")
    heard = decode(tmp_path / "click.opus")
    assert heard.shape == pcm.shape
    assert heard.dtype == np.float32
    lag = int(np.correlate(heard[:, 0], pcm[:, 0], "full").argmax()) - (len(pcm) - 1)
    assert abs(lag) <= 1


def test_left_stays_left(tmp_path):
    pcm = np.zeros((SAMPLE_RATE, 2), np.float32)
    pcm[:, 0] = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    encode_file(pcm, tmp_path / "left.opus")
    left, right = np.sqrt((decode(tmp_path / "left.opus") ** 2).mean(axis=0))
    assert left == pytest.approx(0.3 / np.sqrt(2.0), rel=0.05)
    assert right < 0.02 * left


def test_the_same_samples_give_the_same_file(tmp_path, opus):
    again = tmp_path / "again.opus"
    encode_file(
        np.random.default_rng(1).normal(0.0, 0.1, (3 * SAMPLE_RATE + 123, 2)).astype(np.float32), again
    )
    assert again.read_bytes() == opus.read_bytes()


def test_bytes_and_path_decode_alike(opus):
    np.testing.assert_array_equal(decode(opus), decode(opus.read_bytes()))


@pytest.mark.parametrize("data", [b"", b"no sound at all" * 50])
def test_what_is_no_sound_is_refused(data):
    with pytest.raises(ContentError, match="not a sound I can read"):
        decode(data)


def test_a_file_cut_off_is_refused_by_name(tmp_path, opus):
    short = tmp_path / "short.opus"
    short.write_bytes(opus.read_bytes()[:30_000])
    with pytest.raises(ContentError, match=r"^short\.opus: it is cut off"):
        decode(short)


def test_a_file_with_a_hole_is_refused(opus):
    data = bytearray(opus.read_bytes())
    data[20_000:24_000] = bytes(4_000)
    with pytest.raises(ContentError, match=r"damaged|cut off|read"):
        decode(bytes(data))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ContentError, match=r"^nothing\.opus"):
        decode(tmp_path / "nothing.opus")


def test_other_rates_are_refused(tmp_path):
    path = tmp_path / "slow.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(8000))
    with pytest.raises(ContentError, match="needs 48000 Hz stereo, is 8000 Hz with 1"):
        decode(path)


def test_wav_keeps_24_bits_and_takes_blocks(tmp_path):
    pcm = np.random.default_rng(2).uniform(-1.0, 1.0, (5000, 2)).astype(np.float32)
    write_wav(tmp_path / "whole.wav", pcm)
    write_wav(tmp_path / "blocks.wav", iter(np.array_split(pcm, 7)))
    assert (tmp_path / "whole.wav").read_bytes() == (tmp_path / "blocks.wav").read_bytes()
    assert np.abs(decode(tmp_path / "whole.wav") - pcm).max() < 2.0**-22


def test_wav_clips_what_is_too_loud(tmp_path):
    write_wav(tmp_path / "loud.wav", np.array([[2.0, -2.0]], np.float32))
    np.testing.assert_allclose(decode(tmp_path / "loud.wav"), [[1.0, -1.0]], atol=1e-6)
