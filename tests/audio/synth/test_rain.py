"""Rain: dense, dark, wide, never the same and never in step."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.rain import Rain, render

RAIN = Rain(seconds=10.0)


@pytest.fixture(scope="module")
def sound():
    return render(RAIN, np.random.default_rng(3))


def test_it_is_stereo_finite_and_as_long_as_asked(sound):
    assert sound.shape == (2, 10 * SAMPLE_RATE)
    assert np.isfinite(sound).all()
    assert 10.0 * np.log10(np.mean(sound[0] ** 2) / np.mean(sound[1] ** 2)) == pytest.approx(0.0, abs=0.3)


def test_it_is_dark_and_softest_where_ears_are_sharpest(sound):
    hz, power = signal.welch(sound.mean(axis=0), SAMPLE_RATE, nperseg=8192)
    audible = (hz >= 50.0) & (hz <= 16_000.0)
    assert 1200.0 < (hz * power)[audible].sum() / power[audible].sum() < 2800.0
    assert 10.0 * np.log10(power[(hz > 4000) & (hz < 6300)].sum() / power.sum()) < -10.5


def test_drops_stand_out_but_none_startles(sound):
    level = sound / np.sqrt(np.mean(sound**2))
    assert 17.0 < 20.0 * np.log10(np.abs(level).max()) < 27.0


def test_its_envelope_has_no_period(sound):
    loud = np.log(np.abs(sound.mean(axis=0)).reshape(-1, 480).mean(axis=1))
    loud -= loud.mean()
    n = len(loud)
    spectrum = np.abs(np.fft.rfft(loud, 2 * n)) ** 2
    alike = np.fft.irfft(spectrum)[: n // 2] / (loud @ loud)
    assert alike[50:].max() < 0.35  # half a second and more


def test_more_drops_make_it_denser():
    loud = {}
    for rate in (300.0, 4000.0):
        drops = render(Rain(seconds=8.0, patter_per_s=rate, patter_db=10.0), np.random.default_rng(4))
        envelope = np.abs(drops.mean(axis=0)).reshape(-1, 240).mean(axis=1)
        loud[rate] = envelope.std() / envelope.mean()
    assert loud[300.0] > 1.3 * loud[4000.0]


def test_its_end_meets_its_start(sound):
    jumps = np.abs(np.diff(sound, axis=1)).max(axis=0)
    seam = np.abs(sound[:, 0] - sound[:, -1]).max()
    assert seam < np.percentile(jumps, 99.9)


def test_a_seed_is_a_rain(sound):
    again, other = (render(RAIN, np.random.default_rng(seed)) for seed in (3, 4))
    np.testing.assert_array_equal(sound, again)
    assert abs(np.corrcoef(sound[0], other[0])[0, 1]) < 0.02
