"""Wood tapping: a bank without twins, each tap from silence to silence, and the room they fall into."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.tapping import WoodTapping, render_floor, render_taps

WOOD = WoodTapping(floor_s=8.0)


@pytest.fixture(scope="module")
def taps():
    return render_taps(WOOD, np.random.default_rng(5))


def spectrum_db(tap):
    hz, power = signal.welch(tap.mean(axis=0), SAMPLE_RATE, nperseg=4096)
    edges = np.geomspace(100.0, 8000.0, 25)
    bands = [power[(hz >= low) & (hz < high)].sum() for low, high in pairwise(edges)]
    level = 10.0 * np.log10(np.array(bands) + 1e-12)
    return level - level.max()


def test_no_two_taps_are_alike(taps):
    shapes = np.array([spectrum_db(tap) for tap in taps])
    apart = np.sqrt(((shapes[:, None] - shapes[None]) ** 2).mean(axis=-1))
    nearest = (apart + np.where(np.eye(len(taps), dtype=bool), np.inf, 0.0)).min(axis=1)
    assert len(taps) == 32
    assert nearest.min() > 0.5
    waveforms = np.array([tap.mean(axis=0) / np.linalg.norm(tap.mean(axis=0)) for tap in taps])
    alike = np.abs(waveforms @ waveforms.T - np.eye(len(taps)))
    assert alike.max() < 0.99


def test_every_tap_rises_from_silence_in_under_five_milliseconds(taps):
    onset = round(WOOD.onset_s * SAMPLE_RATE)
    for tap in taps:
        assert np.abs(tap[:, : onset - 1]).max() == 0.0
        loud = np.convolve(np.abs(tap).max(axis=0), np.ones(24) / 24, "same")
        audible, half = (int(np.argmax(loud > share * loud.max())) for share in (0.1, 0.5))
        assert audible >= onset - 24
        assert half - audible < 0.005 * SAMPLE_RATE


def test_every_tap_ends_in_silence_and_has_neither_rumble_nor_glare(taps):
    for tap in taps:
        mono = tap.mean(axis=0)
        power = np.abs(np.fft.rfft(mono)) ** 2
        hz = np.fft.rfftfreq(len(mono), 1.0 / SAMPLE_RATE)
        assert np.abs(tap[:, -480:]).max() < 1e-4
        assert abs(mono.mean()) < 1e-4
        assert 10.0 * np.log10(power[hz > 4000.0].sum() / power.sum()) < -18.0
        assert 0.7 <= np.abs(tap).max() <= 1.0


def test_the_ears_agree_enough_for_one_loudspeaker(taps):
    for tap in taps:
        stereo, mono = np.mean(tap**2), np.mean(tap.mean(axis=0) ** 2)
        assert 10.0 * np.log10(stereo / mono) < 1.5


def test_a_shorter_bank_begins_with_the_same_taps(taps):
    few = render_taps(WoodTapping(taps=3), np.random.default_rng(5))
    for tap, again in zip(taps, few, strict=False):
        np.testing.assert_array_equal(tap, again)


def test_the_room_is_quiet_alive_and_the_same_for_a_seed():
    floor = render_floor(WOOD, np.random.default_rng(6))
    level_db = 10.0 * np.log10(np.mean(floor**2))
    assert floor.shape == (2, 8 * SAMPLE_RATE)
    assert WOOD.floor_db <= level_db < WOOD.floor_db + 4.0
    loud = 10.0 * np.log10((floor.mean(axis=0).reshape(-1, 4800) ** 2).mean(axis=1))
    assert loud.std() > 0.5
    np.testing.assert_array_equal(floor, render_floor(WOOD, np.random.default_rng(6)))
