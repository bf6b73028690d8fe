"""Every sound for ten minutes as a channel hears it, and every bed's eight hours."""

import numpy as np
import pytest

from bot.audio import loudness
from bot.audio.assay import heard_again, heard_again_in_a_night
from bot.audio.codec import decode
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE
from bot.audio.render import render
from bot.audio.synth.recipe import Grains
from bot.audio.synth.recipes import recipes

from .hearing import levels_db

BEDS = sorted(sound for sound, recipe in recipes().items() if isinstance(recipe.play, Grains))
CYCLES = {"clock", "cat-purr", "heartbeat", "breathing"}
"""What goes round by nature."""


@pytest.fixture(scope="module")
def library():
    return Library.load()


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("sound", sorted(recipes()))
def test_ten_minutes_of_every_sound(library, sound):
    trigger = library.triggers[sound]
    pcm = np.concatenate(list(render(library, Plan(Mix((Layer(sound),)), seed=600), 600.0)))
    assert pcm.shape == (600 * SAMPLE_RATE, 2)
    assert np.isfinite(pcm).all()
    assert np.abs(pcm[-480:]).max() < 1e-3
    assert np.abs(pcm[-1]).max() < 2e-4, "the fade ends in silence"
    heard = pcm[5 * SAMPLE_RATE : -5 * SAMPLE_RATE]
    assert loudness.integrated_lufs(heard) == pytest.approx(trigger.level_lufs, abs=2.0)
    peaks = [loudness.true_peak_dbtp(heard[at : at + 960_000]) for at in range(0, len(heard), 960_000)]
    assert max(peaks) < -8.0
    assert levels_db(heard).min() > -100.0  # never digital silence
    if sound not in CYCLES:
        assert heard_again(heard) < 0.3


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("sound", BEDS)
def test_eight_hours_of_a_bed_hold_no_loop(library, sound):
    file = decode(library.audio_file(sound).read_bytes())
    for seed in (8, 80):
        assert heard_again_in_a_night(library.triggers[sound], file, seed) < 0.3


def test_the_measure_finds_a_loop(library):
    file = decode(library.audio_file("stream").read_bytes())
    assert heard_again(np.concatenate([file[: 25 * SAMPLE_RATE]] * 3)) > 0.9
    source = SourceShelf(library).open(Layer("stream"), 3)
    assert heard_again(source.render(0, 75 * SAMPLE_RATE)) < 0.3
