"""Every bank of one-shots, in a small form: physics that holds for whatever is tapped, bent or said."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.recipe import Pattern
from bot.audio.synth.recipes import recipes
from bot.audio.synth.rendering import ONSET_S
from bot.audio.synth.shots import band_noise
from bot.audio.synth.texture import Texture
from bot.audio.synth.whispers import Lines

COUNT = 8
ALWAYS_ALIKE = {"clock", "heartbeat"}
"""What is the same each time by nature; its pieces still differ in detail."""
EVENTS = [sound for sound, recipe in recipes().items() if isinstance(recipe.play, Pattern)]


def small(recipe):
    """The same recipe with eight one-shots and a short floor."""
    parameters = recipe.parameters
    changes = {}
    for field in fields(parameters):
        value = getattr(parameters, field.name)
        if isinstance(value, Texture) or field.name == "quiet":
            changes[field.name] = replace(value, seconds=4.0)
        elif field.name == "seconds":
            changes[field.name] = 4.0
        elif field.name == "tables":
            changes[field.name] = 3
    counted = next(
        (
            f.name
            for f in fields(parameters)
            if isinstance(getattr(parameters, f.name), int) and f.name != "tables"
        ),
        None,
    )
    if isinstance(parameters, Lines):
        changes["lines"] = parameters.lines[:COUNT]
    else:
        changes[counted] = COUNT
    return replace(recipe, parameters=replace(parameters, **changes))


@cache
def bank_of(sound):
    rendering = small(recipes()[sound]).rendering()
    *shots, floor = [rendering.sound[:, at : at + n] for at, n in rendering.spans]
    return shots, floor


@pytest.mark.parametrize("sound", EVENTS)
def test_every_one_shot_begins_and_ends_in_silence_without_dc(sound):
    shots, _ = bank_of(sound)
    assert len(shots) == COUNT
    lead = round(ONSET_S * SAMPLE_RATE)
    for shot in shots:
        assert np.isfinite(shot).all()
        assert np.abs(shot[:, : lead - 1]).max() == 0.0
        assert np.abs(shot[:, -240:]).max() < 0.01 * np.abs(shot).max()
        assert abs(shot.mean()) < 2e-4 * np.abs(shot).max() + 1e-5


@pytest.mark.parametrize("sound", EVENTS)
def test_no_two_one_shots_are_alike(sound):
    shots, _ = bank_of(sound)
    longest = max(shot.shape[1] for shot in shots)
    rows = np.stack([np.pad(shot[0], (0, longest - shot.shape[1])) for shot in shots])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    alike = np.abs(rows @ rows.T - np.eye(len(rows)))
    assert alike.max() < (0.996 if sound in ALWAYS_ALIKE else 0.99)


@pytest.mark.parametrize("sound", EVENTS)
def test_the_room_behind_them_is_quiet_and_never_digital_silence(sound):
    shots, floor = bank_of(sound)
    loudest = max(np.abs(shot).max() for shot in shots)
    level_db = 10.0 * np.log10(np.mean(floor**2) / loudest**2)
    assert -60.0 < level_db < -15.0
    assert (np.abs(floor[:, : floor.shape[1] // 4800 * 4800]).reshape(2, -1, 4800).max(axis=2) > 0.0).all()


STRUCK = ("wood-tapping", "glass-tapping", "book-tapping", "cork-tapping", "drips", "heartbeat")


@pytest.mark.parametrize("sound", STRUCK)
def test_what_is_struck_rises_faster_than_it_dies(sound):
    for shot in bank_of(sound)[0]:
        loud = np.abs(signal.hilbert(shot[0]))
        smooth = np.convolve(loud, np.hanning(96) / 48.0, "same")
        above = np.flatnonzero(smooth > 0.1 * smooth.max())
        rise, fall = smooth.argmax() - above[0], above[-1] - smooth.argmax()
        assert fall > 2 * rise


CRACKLING = ("paper", "foil", "packet", "dry-leaves")


@pytest.mark.parametrize("sound", CRACKLING)
def test_clicks_of_a_crumpled_sheet_have_energies_over_decades(sound):
    """Sorted click energies spread as a power law does: the top tenth holds most, the rest is not silent."""
    tops = []
    for shot in bank_of(sound)[0]:
        high = signal.sosfilt(signal.butter(4, 1_500.0, "highpass", fs=SAMPLE_RATE, output="sos"), shot[0])
        energy = np.sort((high[: len(high) // 96 * 96].reshape(-1, 96) ** 2).sum(axis=1))[::-1]
        tops.append(energy[: len(energy) // 10].sum() / energy.sum())
        assert np.log10(energy[3] / np.median(energy[energy > 0.0])) > 1.0
    assert 0.45 < np.median(tops) < 0.99


def test_a_flutter_may_be_slower_than_what_is_heard():
    flutter = band_noise(np.random.default_rng(3), 8 * SAMPLE_RATE, ((2, 0), (9, 0), (40, -60)), from_hz=2.0)
    power = np.abs(np.fft.rfft(flutter)) ** 2
    hz = np.fft.rfftfreq(len(flutter), 1.0 / SAMPLE_RATE)
    assert power[(hz >= 2.0) & (hz < 12.0)].sum() > 0.8 * power.sum()
    assert flutter.std() == pytest.approx(1.0)
