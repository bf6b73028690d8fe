import numpy as np
import pytest

from bot.audio.soften import MOST_DB, softened


def clicks(*heights):
    rng = np.random.default_rng(1)
    sound = 0.002 * rng.standard_normal((2, 48_000))
    for index, height in enumerate(heights, 1):
        sound[:, index * 8_000 : index * 8_000 + 60] += height * np.hanning(60)
    return sound


def test_what_sticks_out_comes_to_the_ceiling_and_the_rest_is_untouched():
    before = clicks(0.9, 0.2)
    after = softened(before, 0.6)
    assert np.abs(after[:, 8_000:8_060]).max() == pytest.approx(0.6, rel=0.05)
    np.testing.assert_array_equal(after[:, 12_000:20_000], before[:, 12_000:20_000])


def test_no_grain_is_turned_down_by_more_than_six_decibels():
    before = clicks(0.9)
    after = softened(before, 0.01)
    loss_db = 20.0 * np.log10(np.abs(before).max() / np.abs(after).max())
    assert loss_db == pytest.approx(MOST_DB, abs=0.1)


def test_both_ears_are_turned_down_alike_and_the_circle_has_no_seam():
    before = clicks(0.9)
    before[1] *= 0.5
    before[:, :40] += 0.8 * np.hanning(80)[40:]
    after = softened(before, 0.5)
    loud = np.abs(before[1]) > 0.05
    np.testing.assert_allclose(after[1][loud] / after[0][loud], before[1][loud] / before[0][loud])
    gain_at_seam = np.abs(after[0, [-1, 0]] / before[0, [-1, 0]])
    assert gain_at_seam[0] == pytest.approx(gain_at_seam[1], abs=0.05)
