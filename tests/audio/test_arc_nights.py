"""Whole sleep arcs over the curated mixes: events, brightness and loudness never rise beyond a tolerance."""

from itertools import pairwise

import numpy as np
import pytest

from bot.audio.arc import Arc, arc_from, falls
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.loudness import integrated_lufs
from bot.audio.mix import Mix, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.schedule import EventSchedule
from bot.content.curated import CuratedMixes
from bot.playback.arcs import floor_under
from bot.playback.presets import Presets
from tests.audio.test_arc import centroid_hz
from tests.playback.memory import MemoryPresets

LIBRARY = Library.load()
SHELF = SourceShelf(LIBRARY)
MIXES = {
    mix.name: mix.mix
    for mix in Presets(MemoryPresets(), CuratedMixes.load(LIBRARY.triggers), LIBRARY).curated
}
SEED = 11
RISE_LU = 1.5
BRIGHTER = 1.2
_BLOCK = 3840


def arc_over(mix: Mix, minutes: int) -> Arc:
    return arc_from(0, minutes, *floor_under(mix, LIBRARY))


def window(plan: Plan, start: int, seconds: float) -> Pcm:
    mixer, first = Mixer(plan, SHELF.open), start // _BLOCK
    n = round(seconds * SAMPLE_RATE / _BLOCK)
    return np.concatenate([mixer.render((first + i) * _BLOCK, _BLOCK) for i in range(n)])


def assert_only_ever_ends(mix: Mix, minutes: int, n_windows: int, seconds: float) -> None:
    """Hear windows of a night with its arc, and without it for how far the mix swings by itself."""
    arc = arc_over(mix, minutes)
    starts = np.linspace(0, arc.frames - (seconds + 1.0) * SAMPLE_RATE, n_windows).astype(int)
    ending, plain = (
        [window(plan, int(start), seconds) for start in starts]
        for plan in (Plan(mix, SEED, arc=arc), Plan(mix, SEED))
    )
    loudness, usual = (np.array([integrated_lufs(pcm) for pcm in heard]) for heard in (ending, plain))
    assert_never_rises(loudness, RISE_LU + float(np.ptp(usual)))
    assert loudness[-1] < loudness[0] - 25.0
    audible = loudness > -69.0
    tones, usual = (np.log2([centroid_hz(pcm) for pcm in heard]) for heard in (ending, plain))
    assert_never_rises(tones[audible], float(np.log2(BRIGHTER) + np.ptp(usual)))
    assert tones[audible][-1] < np.log2(500.0)
    smoothed = np.array([part.mean() for part in np.array_split(loudness, 4)])
    assert (np.diff(smoothed) < 0.0).all(), "each quarter is softer than the one before"


def assert_never_rises(values: np.ndarray, tolerance: float) -> None:
    assert (values[1:] <= np.minimum.accumulate(values)[:-1] + tolerance).all(), values.round(2)


def n_events(mix: Mix, arc: Arc, n_parts: int) -> list[int]:
    """Count the events that fall in each part of an arc, of all layers together."""
    counts = [0] * n_parts
    for layer in mix.layers:
        trigger = LIBRARY.triggers[layer.trigger]
        if trigger.events is None:
            continue
        schedule = EventSchedule(SEED, trigger.id, trigger.events, layer.place)
        for part in range(n_parts):
            begin, end = (arc.frames * i // n_parts for i in (part, part + 1))
            events = schedule.between(begin, end)
            counts[part] += sum(begin <= e.at < end and falls(arc, SEED, trigger.id, e.at) for e in events)
    return counts


def test_half_an_hour() -> None:
    assert_only_ever_ends(MIXES["Rain night"], 30, n_windows=8, seconds=5.0)


@pytest.mark.parametrize(
    "minutes", [60, *(pytest.param(minutes, marks=pytest.mark.long) for minutes in (30, 120))]
)
@pytest.mark.parametrize("name", sorted(MIXES))
def test_events_of_every_curated_mix_grow_sparser_and_cease(name: str, minutes: int) -> None:
    counts = n_events(MIXES[name], arc_over(MIXES[name], minutes), 10)
    for early, late in pairwise(counts):
        assert late <= early + 3.0 * np.sqrt(early) + 3.0, counts
    assert counts[-3:] == [0, 0, 0]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("minutes", [30, 60, 120])
@pytest.mark.parametrize("name", sorted(MIXES))
def test_every_curated_mix_only_ever_ends(name: str, minutes: int) -> None:
    assert_only_ever_ends(MIXES[name], minutes, n_windows=24, seconds=15.0)
