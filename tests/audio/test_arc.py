"""The sleep arc: nothing in it rises, events cease, the spectrum closes; it is the same everywhere."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio import arc as curves
from bot.audio.arc import Arc, arc_from
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.loudness import integrated_lufs
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.schedule import EventSchedule

LIBRARY = Library.load()
SHELF = SourceShelf(LIBRARY)
BLOCK = 3840
MIX = Mix((Layer("waves"), Layer("wood-tapping", -3.0)))
S = SAMPLE_RATE


def played(mixer: Mixer, start_s: float, seconds: float) -> Pcm:
    first = round(start_s * S / BLOCK)
    n = round(seconds * S / BLOCK)
    return np.concatenate([mixer.render((first + i) * BLOCK, BLOCK) for i in range(n)])


def centroid_hz(pcm: Pcm) -> float:
    power = np.abs(np.fft.rfft(pcm.mean(axis=1) * np.hanning(len(pcm)))) ** 2
    return float((power * np.fft.rfftfreq(len(pcm), 1 / S)).sum() / power.sum())


@pytest.mark.parametrize("curve", [curves.density, curves.layers_share, curves.cutoff_hz, curves.level_db])
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_no_curve_ever_rises(curve: Callable[[float], float], one: float, other: float) -> None:
    early, late = sorted((one, other))
    assert curve(late) <= curve(early)


def test_events_grow_sparser_and_cease() -> None:
    events = LIBRARY.triggers["wood-tapping"].events
    assert events is not None
    arc = Arc(0, 3600 * S, "rain")
    schedule = EventSchedule(7, "wood-tapping", events)
    kept = [
        sum(curves.falls(arc, 7, "wood-tapping", e.at) for e in schedule.between(at * S, (at + 360) * S))
        for at in range(0, 3600, 360)
    ]
    assert kept[0] > 20
    assert all(late <= early * 1.15 + 3 for early, late in pairwise(kept)), (
        "by chance a few more, never a rise"
    )
    assert kept[-3:] == [0, 0, 0]


def test_louder_brighter_or_busier_it_never_gets() -> None:
    mixer = Mixer(Plan(MIX, 5, arc=Arc(0, 150 * S, "rain", -6.0)), SHELF.open)
    windows = [played(mixer, at, 15.0) for at in range(0, 150, 15)]
    loudness = [integrated_lufs(window) for window in windows]
    assert all(late < early + 1.5 for early, late in pairwise(loudness)), "waves swing by themselves"
    assert loudness[-1] < loudness[0] - 20.0
    centroids = [centroid_hz(window) for window in windows]
    assert all(late < early * 1.2 for early, late in pairwise(centroids))
    assert centroids[-1] < 500.0


def test_the_same_arc_is_the_same_sound() -> None:
    plan = Plan(MIX, 5, arc=Arc(-60 * S, 100 * S, "rain", -6.0))
    whole = played(Mixer(plan, SHELF.open), 0.0, 4.0)
    assert np.array_equal(whole, played(Mixer(plan, SHELF.open), 0.0, 4.0))


def test_asking_for_it_changes_nothing_at_first() -> None:
    plan = Plan(MIX, 5)
    asked, plain = Mixer(plan, SHELF.open), Mixer(plan, SHELF.open)
    before = played(asked, 0.0, 2.0)
    asked.change(Plan(MIX, 5, arc=arc_from(2 * S, 30, "rain", -6.0)))
    after = played(asked, 2.0, 2.0)
    expected = played(plain, 0.0, 4.0)
    assert np.array_equal(before, expected[: len(before)])
    assert np.abs(after - expected[len(before) :]).max() < 0.15 * np.abs(expected).max()


def test_being_awake_swells_back_without_a_jump() -> None:
    arc = Arc(0, 100 * S, "rain", -6.0)
    mixer = Mixer(Plan(MIX, 5, arc=arc), SHELF.open)
    low = played(mixer, 92.16, 4.0)
    at = round(96.16 * S / BLOCK) * BLOCK
    longer = arc.from_here(at, 0.5, 900 * S)
    assert longer.progress(at) == pytest.approx(0.5)
    assert longer.start + longer.frames == pytest.approx(at + 900 * S, abs=2)
    mixer.change(Plan(MIX, 5, arc=longer))
    back = played(mixer, 96.16, 24.0)
    levels = [integrated_lufs(back[i : i + 2 * S]) for i in range(0, len(back) - 2 * S, S)]
    assert levels[0] < integrated_lufs(low) + 5.0
    assert levels[-1] > integrated_lufs(low) + 10.0
    assert all(late < early + 6.0 for early, late in pairwise(levels))
    steps = np.abs(np.diff(back.mean(axis=1)))
    assert steps[:S].max() < 4 * steps[S:].max(), "no click where it turned"


def test_calling_it_off_brings_everything_back() -> None:
    arc = Arc(0, 100 * S, "rain", -6.0)
    mixer, plain = Mixer(Plan(MIX, 5, arc=arc), SHELF.open), Mixer(Plan(MIX, 5), SHELF.open)
    played(mixer, 70.0, 2.0)
    mixer.change(Plan(MIX, 5))
    played(mixer, 72.0, 60.0)
    assert mixer.steady
    np.testing.assert_allclose(played(mixer, 132.0, 2.0), played(plain, 132.0, 2.0), atol=1e-6)
