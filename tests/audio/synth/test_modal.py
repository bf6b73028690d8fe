"""Struck wood: how modes ring and die, what the touch changes, what the room adds."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.modal import Plate, Touch, contact_force, strike
from bot.audio.synth.room import Room

PLATE = Plate(lowest_hz=200.0)


def centroid_hz(sound):
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float((np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE) * power).sum() / power.sum())


def time_to_fall_s(sound, low_hz, high_hz, fall_db=20.0):
    band = signal.butter(4, [low_hz, high_hz], "bandpass", fs=SAMPLE_RATE, output="sos")
    left = np.cumsum(signal.sosfiltfilt(band, sound)[::-1] ** 2)[::-1]
    return int(np.argmax(left < left[0] * 10.0 ** (-fall_db / 10.0))) / SAMPLE_RATE


def test_modes_begin_at_the_lowest_and_rise():
    hz = PLATE.frequency_hz(*PLATE.modes())
    assert hz[0] == pytest.approx(200.0)
    assert (np.diff(hz) >= 0.0).all()
    assert hz[-1] <= PLATE.highest_hz


def test_high_modes_die_sooner_in_the_law_and_in_the_sound():
    decay = PLATE.decay_per_s(np.array([200.0, 1000.0, 4000.0]))
    assert (np.diff(decay) > 0.0).all()
    assert decay[2] / decay[1] > 4.0  # more than in proportion: the loss itself grows
    sound = strike(PLATE, Touch(0.31, 0.22, 0.0004), 0.5)
    assert time_to_fall_s(sound, 150, 300) > 2.0 * time_to_fall_s(sound, 1500, 4000)


def test_a_nail_is_brighter_than_a_fingertip():
    nail, pad = (strike(PLATE, Touch(0.31, 0.22, contact_s), 0.3) for contact_s in (0.0004, 0.0015))
    assert centroid_hz(nail) > 1.5 * centroid_hz(pad)


def test_a_mode_is_silent_where_it_has_a_node():
    middle, off_middle = (strike(PLATE, Touch(0.5, y, 0.0008), 0.3) for y in (0.5, 0.25))
    second = PLATE.frequency_hz(np.array([1.0]), np.array([2.0]))[0]
    k = round(second * len(middle) / SAMPLE_RATE)
    at_node, beside = (np.abs(np.fft.rfft(sound))[k - 2 : k + 3].max() for sound in (middle, off_middle))
    assert at_node < 0.3 * beside


def test_contact_force_is_smooth_and_whole():
    force = contact_force(0.002)
    assert force.sum() == pytest.approx(1.0)
    assert len(force) == 96
    assert force[0] < 0.01 * force.max()


def test_the_room_comes_after_the_direct_sound_and_stays_below_it():
    response = Room().response(np.random.default_rng(1))
    direct, rest = response[:, 0], response[:, 1:]
    np.testing.assert_allclose(direct, 1.0, atol=0.01)
    assert 10.0 * np.log10(np.sum(rest**2, axis=1)).max() < -8.0
    assert np.abs(response[:, 1 : round(0.0035 * SAMPLE_RATE)]).max() < 1e-9
