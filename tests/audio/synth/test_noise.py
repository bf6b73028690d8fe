"""Noise: the spectrum, the coherence and the drift that were asked for."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import CONTROL_RATE, StereoNoise, drift, even_below, to_audio_rate, value_at

PINK = ((100.0, 0.0), (12800.0, -21.0))  # -3 dB an octave


def density_db(sound, low_hz, high_hz):
    hz, power = signal.welch(sound, SAMPLE_RATE, nperseg=8192)
    return 10.0 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].mean())


def coherence(sound, low_hz, high_hz):
    hz, cross = signal.csd(sound[0], sound[1], SAMPLE_RATE, nperseg=2048)
    left, right = (signal.welch(ear, SAMPLE_RATE, nperseg=2048)[1] for ear in sound)
    band = (hz >= low_hz) & (hz < high_hz)
    return np.abs(cross[band]).sum() / np.sqrt(left[band].sum() * right[band].sum())


def test_density_falls_by_the_decibels_an_octave_that_the_curve_says():
    sound = StereoNoise(np.random.default_rng(1), 5 * SAMPLE_RATE, PINK, ((100.0, 0.5), (200.0, 0.5))).whole()
    for hz in (400.0, 1600.0, 6400.0):
        fall = density_db(sound[0], hz * 0.95, hz * 1.05) - density_db(sound[0], hz * 1.9, hz * 2.1)
        assert fall == pytest.approx(3.0, abs=0.7)


def test_zero_decibels_is_a_power_of_one_per_hertz():
    flat = ((100.0, 0.0), (200.0, 0.0))
    sound = StereoNoise(np.random.default_rng(1), 4 * SAMPLE_RATE, flat, flat).whole()
    assert density_db(sound[0], 1000.0, 20_000.0) == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_ears_are_as_alike_as_asked_and_the_mono_sum_never_cancels(alike):
    curve = ((100.0, alike), (200.0, alike))
    left, right = sound = StereoNoise(np.random.default_rng(2), 8 * SAMPLE_RATE, PINK, curve).whole()
    assert coherence(sound, 500.0, 8000.0) == pytest.approx(alike, abs=0.06)
    mono_loss_db = 10.0 * np.log10(np.mean(left**2) / np.mean(((left + right) / 2.0) ** 2))
    assert mono_loss_db < 3.2


def test_bands_add_up_to_the_whole_again():
    noise = StereoNoise(np.random.default_rng(3), SAMPLE_RATE, PINK, ((100.0, 0.5), (200.0, 0.5)))
    bands = noise.band(0.0, 500.0) + noise.band(500.0, 2000.0) + noise.band(2000.0, 96_000.0)
    np.testing.assert_allclose(bands, noise.whole(), atol=1e-3 * np.abs(noise.whole()).max())


def test_drift_keeps_to_its_frequencies_and_has_unit_variance():
    slow = drift(np.random.default_rng(4), 40.0, ((0.1, 0.0), (2.0, -6.0)))
    spectrum = np.abs(np.fft.rfft(slow)) ** 2
    hz = np.fft.rfftfreq(len(slow), 1.0 / CONTROL_RATE)
    assert slow.std() == pytest.approx(1.0)
    assert slow.mean() == pytest.approx(0.0, abs=1e-9)
    assert spectrum[(hz < 0.1) | (hz > 2.0)].sum() < 1e-12 * spectrum.sum()


def test_control_signals_reach_audio_rate_without_steps_and_close_their_circle():
    control = np.array([[0.0, 1.0, 0.5], [1.0, 1.0, 1.0]])
    sound = to_audio_rate(control)
    step = SAMPLE_RATE // CONTROL_RATE
    assert sound.shape == (2, 3 * step)
    np.testing.assert_allclose(sound[:, ::step], control)
    assert np.abs(np.diff(np.append(sound[0], sound[0, 0]))).max() <= 1.0 / step + 1e-12


def test_a_curve_is_straight_over_log_frequency_and_flat_beyond_its_ends():
    curve = ((100.0, 0.0), (10_000.0, -20.0))
    read = value_at(curve, np.array([10.0, 100.0, 1000.0, 10_000.0, 20_000.0]))
    np.testing.assert_allclose(read, [0.0, 0.0, -10.0, -20.0, -20.0], atol=1e-9)


def test_a_rhythm_counts_below_one_hertz_too():
    slow = drift(np.random.default_rng(5), 2_000.0, ((0.02, 0.0), (0.2, -20.0), (2.0, -40.0)))
    hz, power = signal.welch(slow, CONTROL_RATE, nperseg=CONTROL_RATE * 200)
    levels = [10.0 * np.log10(power[(hz >= at * 0.8) & (hz < at * 1.25)].mean()) for at in (0.04, 0.2, 1.0)]
    assert levels[0] - levels[1] == pytest.approx(14.0, abs=2.0)
    assert levels[1] - levels[2] == pytest.approx(14.0, abs=1.0)


def test_a_curve_can_be_held_even_below_an_edge():
    rhythm = ((0.05, 0.0), (0.5, -6.0), (2.0, -16.0))
    at = np.array([0.05, 0.2, 0.99, 1.0, 1.4, 2.0])
    held = value_at(even_below(1.0, rhythm), at)
    np.testing.assert_allclose(held[:4], -11.0)
    np.testing.assert_allclose(held[4:], value_at(rhythm, at)[4:])
    assert even_below(1.0, ((2.0, -3.0), (6.0, 0.0))) == ((2.0, -3.0), (6.0, 0.0))
    assert even_below(1.0, ((0.05, 0.0), (0.5, -6.0))) == ((0.05, -6.0), (0.5, -6.0))
