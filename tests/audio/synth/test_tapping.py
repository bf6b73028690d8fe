"""Tapping: what each tap of each material is like, and that wood, glass, cork and the rest differ."""

from dataclasses import replace

import numpy as np
import pytest

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.recipes import recipes
from bot.audio.synth.rendering import ONSET_S
from bot.audio.synth.tapping import Tapped, render_taps

MATERIALS = ("wood-tapping", "glass-tapping", "nails-on-plastic", "book-tapping", "cork-tapping")


def taps_of(sound, count=8):
    recipe = recipes()[sound]
    return render_taps(replace(recipe.parameters, taps=count), np.random.default_rng(recipe.seed))


@pytest.fixture(scope="module")
def taps():
    return {sound: taps_of(sound) for sound in MATERIALS}


def centroid_hz(shot):
    power = np.abs(np.fft.rfft(shot)) ** 2
    hz = np.fft.rfftfreq(len(shot), 1.0 / SAMPLE_RATE)
    return float((hz * power).sum() / power.sum())


def decay_s(shot, fall_db=20.0):
    left = np.cumsum(shot[::-1] ** 2)[::-1]
    return int(np.argmax(left < left[0] * 10.0 ** (-fall_db / 10.0))) / SAMPLE_RATE


@pytest.mark.parametrize("sound", MATERIALS)
def test_every_tap_rises_from_silence_in_under_five_milliseconds(taps, sound):
    onset = round(ONSET_S * SAMPLE_RATE)
    for tap in taps[sound]:
        assert np.abs(tap[: onset - 1]).max() == 0.0
        loud = np.convolve(np.abs(tap), np.ones(24) / 24, "same")
        audible, half = (int(np.argmax(loud > share * loud.max())) for share in (0.1, 0.5))
        assert audible >= onset - 24
        assert half - audible < 0.005 * SAMPLE_RATE or sound == "nails-on-plastic"  # which roll


@pytest.mark.parametrize("sound", MATERIALS)
def test_every_tap_dies_slower_than_it_rises_and_has_neither_rumble_nor_glare(taps, sound):
    for tap in taps[sound]:
        power = np.abs(np.fft.rfft(tap)) ** 2
        hz = np.fft.rfftfreq(len(tap), 1.0 / SAMPLE_RATE)
        assert np.abs(tap[-480:]).max() < 1e-3
        assert abs(tap.mean()) < 1e-4
        assert 10.0 * np.log10(power[hz > 4000.0].sum() / power.sum()) < -14.0
        assert decay_s(tap) - ONSET_S > 0.004


def test_glass_rings_longest_and_highest_and_cork_is_the_dullest(taps):
    tone = {sound: np.median([centroid_hz(tap) for tap in shots]) for sound, shots in taps.items()}
    ring = {sound: np.median([decay_s(tap) for tap in shots]) for sound, shots in taps.items()}
    assert tone["glass-tapping"] > 1.3 * tone["wood-tapping"]
    assert tone["book-tapping"] < tone["wood-tapping"]
    assert ring["glass-tapping"] > 1.2 * ring["wood-tapping"]
    assert ring["wood-tapping"] > ring["cork-tapping"]


def test_a_shorter_bank_begins_with_the_same_taps(taps):
    for tap, again in zip(taps["wood-tapping"], taps_of("wood-tapping", 3), strict=False):
        np.testing.assert_array_equal(tap, again)


def test_a_softer_touch_is_darker():
    hard = Tapped(taps=8, pad_contact_s=(0.0005, 0.0006), nail_share=0.0)
    soft = Tapped(taps=8, pad_contact_s=(0.003, 0.0032), nail_share=0.0)
    dark, bright = (
        np.median([centroid_hz(tap) for tap in render_taps(thing, np.random.default_rng(3))])
        for thing in (soft, hard)
    )
    assert bright > 1.3 * dark
