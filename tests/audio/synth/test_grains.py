"""Grains: where they fall, how they reach the ears, how a bubble rings."""

import numpy as np
import pytest

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import CONTROL_RATE

NO_EARS = grains.Ears(level_db=0.0, delay_s=0.0)


def one_fall(at, side=0.0):
    return grains.Falls(np.array([at]), np.array([0]), np.array([1.0]), np.array([side]))


def test_events_follow_the_rate_and_come_without_memory():
    rate = np.concatenate([np.full(40 * CONTROL_RATE, 50.0), np.full(40 * CONTROL_RATE, 200.0)])
    at = grains.event_frames(np.random.default_rng(1), rate)
    first = int((at < 40 * SAMPLE_RATE).sum())
    assert first == pytest.approx(2000, rel=0.1)
    assert len(at) - first == pytest.approx(8000, rel=0.05)
    gaps = np.diff(at[at < 40 * SAMPLE_RATE])
    assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.08)


def test_scatter_is_the_sum_of_every_grain_at_its_frame():
    rng = np.random.default_rng(2)
    bank = [rng.standard_normal(50), rng.standard_normal(20)]
    falls = grains.Falls(
        rng.integers(0, 900, 200), rng.integers(0, 2, 200), rng.random(200), rng.uniform(-1, 1, 200)
    )
    expected = np.zeros(1000)
    for at, variant, gain in zip(falls.at, falls.variant, falls.gain, strict=True):
        grain = bank[variant]
        expected[at : at + len(grain)] += gain * grain
    out = grains.scatter(1000, bank, falls, NO_EARS)
    np.testing.assert_allclose(out, np.stack([expected, expected]), atol=1e-9)


def test_what_runs_over_the_end_goes_on_at_the_start():
    out = grains.scatter(100, [np.arange(1.0, 11.0)], one_fall(95), NO_EARS)
    np.testing.assert_allclose(out[0, 95:], np.arange(1.0, 6.0))
    np.testing.assert_allclose(out[0, :5], np.arange(6.0, 11.0))


def test_a_sound_from_the_right_is_louder_and_earlier_there():
    ears = grains.Ears(level_db=6.0, delay_s=10.0 / SAMPLE_RATE)
    left, right = grains.scatter(100, [np.ones(1)], one_fall(50, side=1.0), ears)
    assert (int(right.argmax()), int(left.argmax())) == (45, 55)
    assert 20.0 * np.log10(right.max() / left.max()) == pytest.approx(6.0)


@pytest.mark.parametrize("radius_m", [0.001, 0.003])
def test_a_bubble_rings_at_three_over_its_radius_and_bigger_ones_longer(radius_m):
    ring = grains.bubble(radius_m, rise=0.0)
    spectrum = np.abs(np.fft.rfft(ring, 1 << 16))
    assert spectrum.argmax() * SAMPLE_RATE / (1 << 16) == pytest.approx(3.0 / radius_m, rel=0.03)
    assert len(grains.bubble(0.004, 0.0)) > len(grains.bubble(0.001, 0.0))


def test_grains_have_unit_energy_and_begin_and_end_in_silence():
    for grain in (grains.burst(np.random.default_rng(3), 2000.0, 2.0, 0.002), grains.ring(500.0, 0.005, 0.1)):
        assert np.sum(grain**2) == pytest.approx(1.0)
        assert np.abs(grain[[0, -1]]).max() < 0.01 * np.abs(grain).max()
