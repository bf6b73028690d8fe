"""Measuring: the standard's own test tones, and agreement with an independent meter."""

import warnings

import numpy as np
import pyloudnorm
import pytest

from bot.audio import loudness
from bot.audio.opus import SAMPLE_RATE


def tone(level_dbfs, seconds, hz=1000.0, phase=0.0):
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = 10.0 ** (level_dbfs / 20.0) * np.sin(2.0 * np.pi * hz * t + phase)
    return np.stack([wave, wave], axis=1)


def test_a_stereo_tone_at_minus_23_measures_minus_23():
    # EBU Tech 3341, test 1
    assert loudness.integrated_lufs(tone(-23.0, 20.0)) == pytest.approx(-23.0, abs=0.1)


def test_quiet_stretches_do_not_count():
    # EBU Tech 3341, test 3, shortened
    quiet, loud = tone(-36.0, 5.0), tone(-23.0, 20.0)
    assert loudness.integrated_lufs(np.concatenate([quiet, loud, quiet])) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("seed", [1, 2])
def test_it_agrees_with_an_independent_meter(seed):
    rng = np.random.default_rng(seed)
    noise = np.cumsum(rng.standard_normal((10 * SAMPLE_RATE, 2)), axis=0)
    noise = np.diff(noise, axis=0) * 0.02 * np.exp(np.sin(np.arange(len(noise) - 1) / 70_000))[:, None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(noise)
    assert loudness.integrated_lufs(noise) == pytest.approx(other, abs=0.1)


def test_silence_measures_as_the_gate():
    silence = np.zeros((4 * SAMPLE_RATE, 2), np.float32)
    assert loudness.integrated_lufs(silence) == loudness.SILENCE_LUFS
    assert loudness.short_term_lufs(silence).max() == loudness.SILENCE_LUFS
    assert loudness.true_peak_dbtp(silence) == -120.0


def test_short_term_follows_a_step_over_three_seconds():
    levels = loudness.short_term_lufs(np.concatenate([tone(-40.0, 6.0), tone(-26.0, 6.0)]))
    assert levels[0] == pytest.approx(-40.0, abs=0.1)
    assert levels[-1] == pytest.approx(-26.0, abs=0.1)
    assert (np.diff(levels) > -0.05).all()


def test_the_true_peak_lies_between_the_samples():
    # A quarter of the sampling rate, samples at 45 degrees: they all miss the crest by 3 dB.
    sound = tone(-6.0, 1.0, hz=SAMPLE_RATE / 4, phase=np.pi / 4)
    assert 20.0 * np.log10(np.abs(sound).max()) == pytest.approx(-9.0, abs=0.1)
    assert loudness.true_peak_dbtp(sound[1000:-1000]) == pytest.approx(-6.0, abs=0.6)
    assert loudness.crest_db(tone(-6.0, 1.0)) == pytest.approx(3.0, abs=0.2)


def test_too_short_a_sound_is_refused():
    with pytest.raises(ValueError, match=r"needs 3\.0 s of sound, not 1\.00 s"):
        loudness.short_term_lufs(tone(-20.0, 1.0))
