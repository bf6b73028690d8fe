"""The café: voices that say nothing, one at a time at a table, in a room, with cups between."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.book import indoors
from bot.audio.synth.murmur import Cafe, Talker, render

SMALL = Cafe(replace(indoors.HALL, seconds=10.0), seconds=10.0, tables=4, cups=8)


@pytest.fixture(scope="module")
def cafe():
    return render(SMALL, np.random.default_rng(5))


@pytest.fixture(scope="module")
def murmur(cafe):
    start, frames = cafe.spans[-1]
    return cafe.sound[:, start : start + frames]


def speech(pitch_hz=120.0, seed=1, seconds=6.0):
    return Talker(pitch_hz, 0.9, 4.5).turn(seconds, np.random.default_rng(seed))


def envelope(sound, rate=100):
    step = SAMPLE_RATE // rate
    return np.sqrt((sound[: len(sound) // step * step].reshape(-1, step) ** 2).mean(axis=1))


def test_a_voice_swells_with_its_syllables():
    loud = envelope(
        signal.sosfilt(
            signal.butter(2, (300, 3000), "bandpass", fs=SAMPLE_RATE, output="sos"), speech(seconds=20.0)
        )
    )
    hz, power = signal.welch(loud - loud.mean(), 100, nperseg=512)
    fast = hz > 2.0  # slower is the sentence
    assert 3.0 < hz[fast][power[fast].argmax()] < 7.0


@pytest.mark.parametrize("pitch_hz", [110.0, 200.0])
def test_a_voice_has_its_pitch_while_it_speaks(pitch_hz):
    sound = speech(pitch_hz)
    voiced = []
    for at in range(0, len(sound) - 4800, 2400):
        part = sound[at : at + 4800]
        if np.sqrt(np.mean(part**2)) < 0.3 * np.sqrt(np.mean(sound**2)):
            continue
        alike = np.correlate(part, part, "full")[4799:]
        lags = slice(SAMPLE_RATE // 320, SAMPLE_RATE // 70)
        voiced.append(SAMPLE_RATE / (lags.start + alike[lags].argmax()))
    assert np.median(voiced) == pytest.approx(pitch_hz, rel=0.15)


def test_consonants_hiss_above_where_vowels_end():
    sound = speech(seconds=20.0)
    high = envelope(signal.sosfilt(signal.butter(4, 4500, "highpass", fs=SAMPLE_RATE, output="sos"), sound))
    low = envelope(signal.sosfilt(signal.butter(4, 1500, fs=SAMPLE_RATE, output="sos"), sound))
    assert np.corrcoef(high, low)[0, 1] < 0.3
    assert high.max() > 5.0 * np.median(high)


def test_no_turn_is_said_twice():
    one, other = speech(seed=1), speech(seed=2)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.1


def test_the_murmur_stands_out_of_noise_and_reaches_both_ears(murmur):
    assert np.isfinite(murmur).all()
    middle = signal.sosfilt(
        signal.butter(2, (500, 4000), "bandpass", fs=SAMPLE_RATE, output="sos"), murmur, axis=1
    )
    loud = envelope(middle[0], 50)
    assert loud.std() / loud.mean() > 0.25  # noise in that band would have 0.05
    alike = np.corrcoef(middle)[0, 1]
    assert 0.2 < alike < 0.95


def test_a_cup_is_short_and_no_two_are_alike(cafe):
    cups = [cafe.sound[0, at : at + n] for at, n in cafe.spans[:-1]]
    for cup in cups:
        late = cup[SAMPLE_RATE // 2 :]
        assert np.abs(late).max() < 0.2 * np.abs(cup).max()
    alike = np.corrcoef(np.stack([cup[: min(map(len, cups))] for cup in cups])) - np.eye(len(cups))
    assert np.abs(alike).max() < 0.9
