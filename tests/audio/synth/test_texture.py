"""Scenes: what belongs together rises together, grains follow their laws, circles close."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.recipes import recipes
from bot.audio.synth.texture import (
    Fall,
    Grit,
    Hiss,
    Hum,
    Sway,
    Texture,
    coloured,
    render,
    without_slow_swells,
)

FLAT = ((100, 0), (8000, 0))
BEDS = [sound for sound, recipe in recipes().items() if isinstance(recipe.parameters, Texture)]


def level_at(sound, step=4_800):
    return np.sqrt((sound.mean(axis=0).reshape(-1, step) ** 2).mean(axis=1))


@pytest.mark.parametrize("sound", BEDS)
def test_every_scene_is_stereo_finite_even_and_closes_its_circle(sound):
    scene = replace(recipes()[sound].parameters, seconds=18.0)
    out = render(scene, np.random.default_rng(2))
    assert out.shape == (2, 18 * SAMPLE_RATE)
    assert np.isfinite(out).all()
    assert np.abs(out.mean(axis=1)).max() < 0.05 * out.std()  # the codec takes what is left
    assert 10.0 * np.log10(np.mean(out[0] ** 2) / np.mean(out[1] ** 2)) == pytest.approx(0.0, abs=1.5)
    jumps = np.abs(np.diff(out, axis=1)).max(axis=0)
    assert np.abs(out[:, 0] - out[:, -1]).max() < np.percentile(jumps, 99.9)


def test_a_gust_moves_hiss_and_grains_together():
    scene = Texture(
        20.0,
        hisses=(Hiss(0.0, FLAT, FLAT, gust_db=4.0),),
        falls=(Fall(400.0, 0.0, (Grit("burst", (1000, 4000)),), gust=1.0, gust_db=4.0),),
    )
    hiss = render(replace(scene, falls=()), np.random.default_rng(5))
    both = render(scene, np.random.default_rng(5))
    assert np.corrcoef(level_at(hiss), level_at(both - hiss))[0, 1] > 0.5


def test_a_tail_is_a_power_law():
    scene = Texture(30.0, falls=(Fall(3.0, 0.0, (Grit("ring", (900, 1000), 0.002),), tail=1.2, loudest=4.0),))
    out = render(scene, np.random.default_rng(3))
    peaks = np.sort(np.abs(out[0]).reshape(-1, 2_400).max(axis=1))[::-1]
    assert peaks[1] / peaks[40] > 8.0


def test_a_sway_keeps_to_its_depth_and_bands_may_wander_alone():
    def correlation(alike):
        sway = Sway(4.0, ((0.5, 0.0), (4.0, 0.0)), bands_alike=alike, ears_alike=1.0)
        out = render(Texture(30.0, hisses=(Hiss(0.0, FLAT, FLAT, (sway,)),)), np.random.default_rng(4))
        levels = []
        for low, high in ((400, 800), (2500, 4500)):
            band = signal.butter(4, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos")
            levels.append(np.log(level_at(signal.sosfilt(band, out, axis=1))))
        return np.corrcoef(*levels)[0, 1]

    assert correlation(1.0) > 0.7
    assert abs(correlation(0.0)) < 0.4


def test_a_hum_turns_a_whole_number_of_times():
    out = render(Texture(4.0, hums=(Hum(0.0, 100.3, ((1, 0), (2, -6))),)), np.random.default_rng(1))
    assert np.abs(out[:, 0] - out[:, -1]).max() < 1.5 * np.abs(np.diff(out, axis=1)).max()


def test_a_tone_colours_without_moving_anything():
    click = np.zeros((2, 4_800))
    click[:, 1_000] = 1.0
    dark = coloured(click, ((100, 0), (1000, 0), (8000, -30)))
    assert np.abs(dark).max(axis=0).argmax() == 1_000


def test_a_scene_without_slow_swells_is_as_loud_one_minute_as_the_next():
    swelling = Texture(
        60.0,
        hisses=(Hiss(0.0, FLAT, FLAT, (Sway(3.0, ((0.01, 0.0), (0.1, -6.0), (2.0, -30.0))),), gust_db=3.0),),
        falls=(Fall(60.0, 0.0, (Grit("burst", (1000, 4000), variants=3),), clump=0.5, gust=0.5),),
    )
    spread = [
        20.0 * np.log10(level_at(render(scene, np.random.default_rng(7)), 5 * SAMPLE_RATE)).std()
        for scene in (swelling, without_slow_swells(swelling))
    ]
    assert spread[0] > 1.3
    assert spread[1] < 0.6 * spread[0]


@pytest.mark.parametrize("alike", [1.0, 0.3])
def test_grains_that_are_scattered_differ_between_the_ears_above_two_kilohertz_only(alike):
    grits = (Grit("burst", (400, 6000), 0.01, octaves=8.0, variants=60),)
    scene = Texture(20.0, falls=(Fall(900.0, 0.0, grits, width=0.0, ears_alike=alike),))
    left, right = render(scene, np.random.default_rng(8))
    hz, cross = signal.csd(left, right, SAMPLE_RATE, nperseg=2_048)
    powers = [signal.welch(ear, SAMPLE_RATE, nperseg=2_048)[1] for ear in (left, right)]
    coherence = np.abs(cross) / np.sqrt(powers[0] * powers[1])
    assert coherence[(hz > 150) & (hz < 800)].mean() > 0.97
    assert coherence[(hz > 2500) & (hz < 8000)].mean() == pytest.approx(alike, abs=0.08)
