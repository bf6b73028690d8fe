"""Whatever people wish, and however many at once: softer soon, louder slowly, on the decoded sound."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.audio.arc import arc_from
from bot.audio.loudness import short_term_lufs
from bot.audio.mix import MAX_LAYERS, Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.rise import entering_lufs
from bot.audio.stream import Stream
from tests.audio.hearing import Listener, rises_lu

MOST_LU = 6.0
BEDS = tuple("abcdefgh")
BEGINNING_S = 6.0
"""A fade in from silence, and three seconds to measure from."""
_LOOP = 5 * SAMPLE_RATE


class Noise:
    """A bed at house level, of a few seconds over and over; each of its own."""

    thins = False
    level_lufs: float | None = -30.0

    def __init__(self, name: str) -> None:
        rng = np.random.default_rng(sum(name.encode()))
        spectrum = rng.standard_normal((_LOOP // 2 + 1, 2)) + 1j * rng.standard_normal((_LOOP // 2 + 1, 2))
        spectrum[6_000 * 5 :] = 0.0
        spectrum[: 100 * 5] = 0.0
        pcm = np.fft.irfft(spectrum, axis=0)
        gain = 10.0 ** ((-30.0 - float(short_term_lufs(pcm)[-1])) / 20.0)
        self._pcm = (pcm * gain).astype(np.float32)

    def render(self, start: int, frames: int) -> Pcm:
        return self._pcm[np.arange(start, start + frames) % _LOOP]


@cache
def bed(name: str) -> Noise:
    return Noise(name)


def open_bed(layer: Layer, _seed: int, _arc: object = None) -> Noise:
    return bed(layer.trigger)


def mixed(*gains_db: float, first: int = 0) -> Plan:
    return Plan(Mix(tuple(Layer(BEDS[first + i], gain) for i, gain in enumerate(gains_db))), 1)


def begun(plan: Plan, volume: int = 100) -> tuple[Stream, Listener]:
    stream = Stream(plan, open_bed, lambda: None, volume=volume)
    listener = Listener(stream)
    listener.hear(BEGINNING_S - 3.0)
    return stream, listener


def settled_at(pcm: Pcm) -> float:
    return float(short_term_lufs(pcm)[-1])


@pytest.mark.parametrize(
    ("before", "after", "to"),
    [
        (mixed(-20.0), mixed(0.0), -30.0),
        (mixed(-40.0), mixed(0.0), -30.0),
        (mixed(-15.0), mixed(0.0, first=1), -30.0),
        (mixed(-12.0), mixed(-12.0, 0.0), -29.7),
        (mixed(-12.0), mixed(-12.0, *[0.0] * 7), -21.9),
        (mixed(-15.0, -15.0, -15.0), mixed(*[0.0] * 8), -21.5),
    ],
)
def test_a_louder_mix_comes_slowly_and_comes(before: Plan, after: Plan, to: float) -> None:
    stream, listener = begun(before)
    quiet = listener.hear(3.0)
    stream.change(after)
    pcm = np.concatenate([quiet, listener.hear(28.0)])
    assert rises_lu(pcm).max() < MOST_LU
    assert settled_at(pcm) == pytest.approx(to, abs=1.2)


@pytest.mark.parametrize(("before", "after"), [(30, 100), (50, 100), (10, 60), (1, 60), (0, 60)])
def test_a_louder_volume_comes_slowly_and_comes(before: int, after: int) -> None:
    stream, listener = begun(mixed(0.0), before)
    quiet = listener.hear(3.0)
    stream.set_volume(after)
    pcm = np.concatenate([quiet, listener.hear(24.0)])
    assert rises_lu(pcm).max() < MOST_LU
    assert settled_at(pcm) == pytest.approx(-30.0 + 40.0 * np.log10(after / 100), abs=1.0)


def test_softer_comes_at_once() -> None:
    stream, listener = begun(mixed(0.0))
    listener.hear(3.0)
    stream.set_volume(30)
    assert settled_at(listener.hear(6.5)) < -49.0


def test_volume_and_layers_share_the_pace() -> None:
    stream, listener = begun(mixed(-20.0), 60)
    quiet = listener.hear(3.0)
    stream.set_volume(100)
    stream.change(mixed(0.0, 0.0))
    pcm = np.concatenate([quiet, listener.hear(30.0)])
    assert rises_lu(pcm).max() < MOST_LU
    assert settled_at(pcm) == pytest.approx(-27.0, abs=1.0)


def test_many_adding_one_after_another_share_it_too() -> None:
    stream, listener = begun(mixed(-20.0))
    heard = [listener.hear(3.0)]
    for n in range(2, MAX_LAYERS + 1):
        stream.change(mixed(-20.0, *[0.0] * (n - 1)))
        heard.append(listener.hear(0.4))
    pcm = np.concatenate([*heard, listener.hear(35.0)])
    assert rises_lu(pcm).max() < MOST_LU
    assert settled_at(pcm) == pytest.approx(-21.9, abs=1.2)


def test_what_leaves_and_is_wanted_back_comes_back_slowly() -> None:
    stream, listener = begun(mixed(0.0))
    heard = [listener.hear(3.0)]
    stream.change(mixed(-35.0, first=1))
    heard.append(listener.hear(3.9))
    stream.change(mixed(0.0))
    pcm = np.concatenate([*heard, listener.hear(24.0)])
    back = pcm[round(4.5 * SAMPLE_RATE) :]
    assert rises_lu(back).max() < MOST_LU
    assert settled_at(pcm) == pytest.approx(-30.0, abs=1.0)


@pytest.mark.parametrize("awake_after", [0.7, 0.97])
def test_an_arc_given_time_back_swells_slowly(awake_after: float) -> None:
    arc = arc_from(0, 30, "brown-noise", -3.0)
    here = round(3 * SAMPLE_RATE)
    near = replace(arc, start=round(here - awake_after * arc.frames))
    stream, listener = begun(replace(mixed(0.0), arc=near))
    quiet = listener.hear(3.0)
    stream.change(replace(mixed(0.0), arc=near.from_here(round(6 * SAMPLE_RATE), 0.3, 3600 * SAMPLE_RATE)))
    stream.set_volume(80)
    pcm = np.concatenate([quiet, listener.hear(32.0)])
    assert rises_lu(pcm).max() < MOST_LU
    stream.change(mixed(0.0))
    pcm = listener.hear(30.0)
    assert rises_lu(pcm).max() < MOST_LU


def test_a_timer_called_off_swells_slowly() -> None:
    stream, listener = begun(mixed(0.0), 60)
    stream.set_end(4.0, 60.0)
    quiet = listener.hear(3.0)
    stream.set_end(None, 0.0)
    stream.set_volume(100)
    back = np.concatenate([quiet, listener.hear(26.0)])[round(3.2 * SAMPLE_RATE) :]
    assert rises_lu(back).max() < MOST_LU
    assert settled_at(back) == pytest.approx(-30.0, abs=1.0)


wishes = st.one_of(
    st.integers(0, 100),
    st.dictionaries(st.sampled_from(BEDS), st.sampled_from([0.0, -6.0, -20.0, -60.0]), min_size=1).map(
        lambda gains: Plan(Mix(tuple(Layer(bed, gain) for bed, gain in sorted(gains.items()))), 1)
    ),
)


def assert_never_startles(script: list[tuple[int | Plan, float]]) -> None:
    stream, listener = begun(mixed(0.0), 60)
    heard = [listener.hear(3.0)]
    for wish, wait_s in script:
        if isinstance(wish, int):
            stream.set_volume(wish)
        else:
            stream.change(wish)
        heard.append(listener.hear(wait_s))
    heard.append(listener.hear(4.0))
    assert rises_lu(np.concatenate(heard)).max() < MOST_LU


@settings(max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate])
@given(st.lists(st.tuples(wishes, st.sampled_from([0.1, 1.0, 5.0])), min_size=2, max_size=7))
def test_no_wishes_in_any_order_startle(script: list[tuple[int | Plan, float]]) -> None:
    assert_never_startles(script)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(wishes, st.sampled_from([0.1, 1.0, 3.0, 8.0])), min_size=2, max_size=14))
def test_no_wishes_in_any_order_startle_however_many(script: list[tuple[int | Plan, float]]) -> None:
    assert_never_startles(script)


@given(st.lists(st.floats(-60, -20), min_size=1, max_size=8), st.integers(1, 8))
def test_what_comes_in_at_most_doubles_what_plays(heard: list[float], n_new: int) -> None:
    each = entering_lufs(heard, [], n_new)
    power = sum(10.0 ** (level / 10.0) for level in heard)
    assert n_new * 10.0 ** (each / 10.0) <= max(power, 1e-6) * (1.0 + 1e-9)
