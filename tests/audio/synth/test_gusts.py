"""Gusts: slow, at each pitch as strong as asked, and nothing else of the scene is touched."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.gusts import Gusty, render, slow
from bot.audio.synth.noise import CONTROL_RATE
from bot.audio.synth.texture import Hiss, Texture
from bot.audio.synth.texture import render as render_scene

RHYTHM = ((0.02, 0.0), (0.1, 0.0), (0.4, -16.0), (1.0, -30.0))
EVEN = Texture(60.0, (Hiss(0.0, ((40, 0), (12_000, -20)), ((100, 0.7), (8000, 0.3))),))


def level_db(sound, low_hz, high_hz):
    """Level of a band, each half second."""
    band = signal.butter(4, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
    power = signal.sosfilt(band, sound.mean(axis=0)) ** 2
    return 10.0 * np.log10(power.reshape(-1, SAMPLE_RATE // 2).mean(axis=1))


def test_most_of_a_gust_is_slower_than_ten_seconds():
    curve = slow(np.random.default_rng(1), 600.0, RHYTHM)
    power = np.abs(np.fft.rfft(curve)) ** 2
    hz = np.fft.rfftfreq(len(curve), 1.0 / CONTROL_RATE)
    assert curve.std() == pytest.approx(1.0, abs=0.15)
    assert np.abs(curve).max() <= 2.2
    assert power[hz <= 0.12].sum() > 0.6 * power[1:].sum()


def test_a_gust_lifts_each_pitch_by_what_is_asked():
    sound = render(
        Gusty(EVEN, RHYTHM, ((150, 0.0), (300, 0.0), (3000, 5.0), (8000, 5.0))), np.random.default_rng(2)
    )
    low, high = level_db(sound, 60.0, 130.0), level_db(sound, 3000.0, 8000.0)
    assert high.std() == pytest.approx(5.0, abs=1.5)
    assert low.std() < 2.0  # what half a second of noise does by itself


def test_without_strength_the_scene_stays_as_it_is():
    still = render(Gusty(EVEN, RHYTHM, ((100, 0.0), (8000, 0.0))), np.random.default_rng(3))
    np.testing.assert_allclose(still, render_scene(EVEN, np.random.default_rng(3)), atol=1e-4)
