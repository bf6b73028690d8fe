"""Waves: swells in their time, small ones between, brighter as they break."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import CONTROL_RATE
from bot.audio.synth.swells import Sea, Surge, draw_swells, draw_wavelets, power_at_ears
from bot.audio.synth.waves import Waves, render

SEA = Sea()


def test_swells_arrive_six_to_twelve_seconds_apart_but_not_like_a_clock():
    first = [swell.breaking[0].at_s for swell in draw_swells(SEA, np.random.default_rng(1))]
    gaps = np.diff([*first, first[0] + SEA.seconds])
    assert gaps.mean() == pytest.approx(SEA.seconds / SEA.swells)
    assert 6.0 <= gaps.mean() <= 12.0
    assert gaps.min() > 4.0
    assert gaps.std() / gaps.mean() > 0.05


def test_a_swell_breaks_in_pieces_then_washes_up_then_runs_back():
    for swell in draw_swells(SEA, np.random.default_rng(2)):
        assert len(swell.breaking) >= 2
        times = [piece.at_s for piece in swell.breaking]
        assert times == sorted(times)
        assert all(foam.at_s > piece.at_s for piece, foam in zip(swell.breaking, swell.wash, strict=True))
        assert swell.backwash.at_s > times[-1]
        assert all(-1.0 <= piece.side <= 1.0 for piece in swell.breaking)


def test_small_waves_break_every_two_to_five_seconds_all_around_the_circle():
    times = np.array([surge.at_s for surge in draw_wavelets(SEA, np.random.default_rng(3))])
    gaps = np.diff([*times, times[0] + SEA.seconds])
    assert gaps.min() > 1.4
    assert gaps.max() < 7.3
    assert gaps.mean() == pytest.approx(3.5, abs=0.6)


def test_a_surge_rises_smoothly_leans_to_its_side_and_goes_around_the_circle():
    power = power_at_ears([Surge(9.5, 2.0, 1.0, rise_s=1.0, fall_s=0.5)], seconds=10.0, lean_db=6.0)
    left, right = power
    peak = int(right.argmax())
    assert peak == pytest.approx(0.5 * CONTROL_RATE, abs=2)
    assert right[peak] / left[peak] == pytest.approx(10.0**0.6)
    assert np.sqrt(right[peak] * left[peak]) == pytest.approx(4.0, rel=0.01)
    assert right[int(9.49 * CONTROL_RATE)] < 1e-6
    assert np.abs(np.diff(right)).max() < 0.06 * right.max()


@pytest.fixture(scope="module")
def sound():
    return render(Waves(sea=Sea(seconds=25.0, swells=3)), np.random.default_rng(4))


def band_level_db(sound, low_hz, high_hz):
    band = signal.butter(4, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE, output="sos")
    power = (signal.sosfilt(band, sound, axis=-1) ** 2).mean(axis=0)
    return 10.0 * np.log10(power.reshape(-1, SAMPLE_RATE // 4).mean(axis=1))


def test_breaking_water_is_brighter_than_receding_water(sound):
    body, foam = band_level_db(sound, 300, 1000), band_level_db(sound, 3000, 7000)
    loudest, quietest = np.argsort(body)[-15:], np.argsort(body)[:15]
    assert (foam - body)[loudest].mean() > (foam - body)[quietest].mean() + 3.0


def test_no_wave_comes_as_a_blow(sound):
    level = band_level_db(sound, 100, 8000)
    assert np.diff(level).max() < 10.0
    assert np.percentile(level, 95) - np.percentile(level, 10) > 5.0


def test_foam_fizzes_between_five_and_forty_times_a_second():
    calm, foamy = (
        render(
            Waves(sea=Sea(seconds=17.0, swells=2), flutter=flutter, fizz_db=fizz_db), np.random.default_rng(5)
        )
        for flutter, fizz_db in ((0.0, -60.0), (0.45, -16.0))
    )
    share = []
    for water in (calm, foamy):
        high = signal.sosfilt(signal.butter(4, 3000, "highpass", fs=SAMPLE_RATE, output="sos"), water[0])
        envelope = np.abs(high).reshape(-1, 240).mean(axis=1)
        hz, power = signal.welch(envelope / envelope.mean(), 200.0, nperseg=800)
        share.append(power[(hz >= 5.0) & (hz <= 40.0)].sum())
    assert share[1] > 1.5 * share[0]


def test_its_end_meets_its_start(sound):
    jumps = np.abs(np.diff(sound, axis=1)).max(axis=0)
    assert np.abs(sound[:, 0] - sound[:, -1]).max() < np.percentile(jumps, 99.9)
