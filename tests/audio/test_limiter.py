import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, resample_poly, sosfilt

from bot.audio.limiter import CEILING_DBTP, Limiter, true_peak
from bot.audio.opus import Pcm

AUDIBLE = butter(4, 16_000, fs=48_000, output="sos")
CEILING = 10 ** (CEILING_DBTP / 20)


def through(pcm: Pcm, block: int = 1920) -> Pcm:
    limiter = Limiter()
    return np.concatenate([limiter.process(pcm[i : i + block]) for i in range(0, len(pcm), block)])


def peak_16x(pcm: Pcm) -> float:
    """True peak by another road: sixteen-fold resampling."""
    return float(np.abs(resample_poly(pcm.astype(np.float64), 16, 1, axis=0)).max())


def noise(seed: int, amplitude: float, n: int = 19_200) -> Pcm:
    white = np.random.default_rng(seed).standard_normal((n, 2)) * amplitude
    return sosfilt(AUDIBLE, white, axis=0).astype(np.float32)


def test_quiet_sound_passes_untouched_and_late():
    quiet = noise(1, 0.05)
    heard = through(quiet)
    assert np.array_equal(heard[Limiter.delay :], quiet[: -Limiter.delay])


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 999),
    amplitude=st.floats(0.01, 4.0),
    at=st.integers(0, 19_000),
    hit=st.floats(0.0, 8.0),
)
def test_nothing_passes_the_ceiling(seed: int, amplitude: float, at: int, hit: float):
    loud = noise(seed, amplitude)
    loud[at : at + 3] += np.float32(hit)
    whole = true_peak(through(loud))[:-12]  # where it is cut off, the cut itself is a peak
    assert float(whole.max()) <= CEILING * 1.001
    assert peak_16x(through(loud)) <= 10 ** (-3.0 / 20)


def test_a_peak_between_samples_is_seen():
    n = np.arange(19_200)
    tone = np.sin(2 * np.pi * 12_000 * n / 48_000 + np.pi / 4).astype(
        np.float32
    )  # samples at ±0.707 of the peak
    pcm = np.stack([tone, tone], 1)
    assert np.abs(pcm).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak(pcm)[200:-200].max() == pytest.approx(1.0, abs=0.03)


def test_the_gain_moves_smoothly_before_and_after_a_peak():
    pcm = np.full((48_000, 2), 0.1, np.float32)
    pcm[24_000] = 2.0
    heard = through(pcm)[:, 0]
    gain_db = 20 * np.log10(
        np.delete(heard, np.arange(24_000 + Limiter.delay - 8, 24_000 + Limiter.delay + 8))[1000:] / 0.1
    )
    assert np.abs(np.diff(gain_db)).max() < 0.2
    assert gain_db[-1] > gain_db.min() + 5.0


def test_blocks_of_any_size_sound_the_same():
    loud = noise(5, 0.5)
    assert np.allclose(through(loud, 960), through(loud, 4800), atol=1e-6)
