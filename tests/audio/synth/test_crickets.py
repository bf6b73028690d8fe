"""Crickets one by one: a pitch, a wing beat, chirps of so many pulses, a pace of its own and a place."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.book.meadow import MEADOW
from bot.audio.synth.crickets import Kind, render_crickets

FIELD = Kind(
    (4400.0, 4800.0), (28.0, 33.0), (0.0,), 0, -60.0, pulses=(3, 4), chirps_per_s=(2.0, 2.4), rests=0.0
)
SECONDS = 12.0


def alone(kind, seed=1):
    """Render one animal over hardly any night."""
    meadow = replace(
        MEADOW,
        kinds=(kind,),
        seconds=SECONDS,
        night=replace(MEADOW.night, seconds=SECONDS),
        night_db=-80.0,
    )
    return render_crickets(meadow, np.random.default_rng(seed)).sound


def loudness_of(sound):
    """Envelope of a tone, 1 ms fine."""
    smooth = np.hanning(97) / np.hanning(97).sum()
    return np.convolve(np.abs(signal.hilbert(sound)), smooth, "same")[::48]


def pulse_times_s(sound):
    loud = loudness_of(sound)
    peaks, _ = signal.find_peaks(loud, height=0.2 * loud.max(), distance=12, prominence=0.1 * loud.max())
    return peaks / 1000.0


def carrier_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE)[power.argmax()])


def test_a_field_cricket_chirps_three_or_four_pulses_between_four_and_five_kilohertz():
    sound = alone(FIELD).mean(axis=0)
    assert 4300.0 < carrier_hz(sound) < 4900.0
    at = pulse_times_s(sound)
    chirps = np.split(at, np.flatnonzero(np.diff(at) > 0.1) + 1)
    assert {len(chirp) for chirp in chirps} == {3, 4}
    within = np.concatenate([np.diff(chirp) for chirp in chirps])
    assert 1.0 / 36.0 < np.median(within) < 1.0 / 25.0
    between = np.diff([chirp[0] for chirp in chirps])
    assert 1.8 < 1.0 / between.mean() < 2.6
    assert 0.02 < between.std() / between.mean() < 0.25  # an animal, not a clock


def test_a_trill_goes_on_at_the_pace_of_the_wing():
    trill = replace(FIELD, pulses=None, pulse_hz=(60.0, 60.0))
    loud = loudness_of(alone(trill).mean(axis=0))[1000:11_000]
    power = np.abs(np.fft.rfft((loud - loud.mean()) * np.hanning(len(loud)))) ** 2
    hz = np.fft.rfftfreq(len(loud), 0.001)
    assert hz[power.argmax()] == pytest.approx(60.0, abs=1.0)


def test_each_has_its_own_pitch_pace_and_place():
    heard = [alone(FIELD, seed) for seed in range(1, 5)]
    pitches = {round(carrier_hz(sound.mean(axis=0)) / 5.0) for sound in heard}
    assert len(pitches) == 4
    sides = [float(np.diff(10.0 * np.log10((sound**2).mean(axis=1)))[0]) for sound in heard]
    assert max(sides) - min(sides) > 1.0
    assert max(abs(side) for side in sides) < 6.0


@pytest.mark.parametrize("seed", range(3))
def test_one_loudspeaker_keeps_each_of_them(seed):
    left, right = alone(FIELD, seed)
    both = (left**2).mean() + (right**2).mean()
    assert 10.0 * np.log10(((left + right) ** 2).mean() / both) > 0.0


def test_a_small_meadow_is_a_circle_of_finite_sound():
    night = replace(MEADOW.night, seconds=4.0)
    kinds = tuple(replace(kind, far=2) for kind in MEADOW.kinds)
    sound = render_crickets(
        replace(MEADOW, kinds=kinds, seconds=4.0, night=night), np.random.default_rng(1)
    ).sound
    assert sound.shape == (2, 4 * SAMPLE_RATE)
    assert np.isfinite(sound).all()
    steps = np.abs(np.diff(sound[0]))
    assert abs(sound[0, 0] - sound[0, -1]) < 1.5 * steps.max()
