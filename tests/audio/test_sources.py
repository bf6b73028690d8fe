import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.schedule import BedSchedule
from bot.audio.sources import BedSource, EventSource

from .hearing import levels_db
from .test_schedule import BED, EVENTS, MINUTE


def noise(n: int, amplitude: float = 0.1, seed: int = 1) -> Pcm:
    return (np.random.default_rng(seed).standard_normal((n, 2)) * amplitude).astype(np.float32)


def bank(shot: float = 0.3, floor: float = 0.001) -> Pcm:
    """A file as EVENTS describes it: twelve decaying clicks, then a quiet room."""
    pcm = np.zeros((200_000 + 960_000, 2), np.float32)
    for i, segment in enumerate(EVENTS.bank):
        decay = np.exp(-np.arange(segment.frames) / (400.0 + 50 * i)).astype(np.float32)
        pcm[segment.start : segment.start + segment.frames] = (
            (noise(segment.frames, shot, i)[:, :1]) * decay[:, None]
        )
    pcm[EVENTS.floor.start :] = noise(960_000, floor, 99)
    return pcm


def rain() -> BedSource:
    return BedSource(BedSchedule(1, "rain", BED, MINUTE), noise(MINUTE))


def tapping(seed: int = 1, place: Place | None = None) -> EventSource:
    return EventSource("tapping", EVENTS, place, seed, bank())


@pytest.mark.parametrize("source", [rain(), tapping()], ids=["bed", "events"])
def test_a_block_is_the_same_however_time_is_cut(source: BedSource | EventSource):
    start = 100 * SAMPLE_RATE + 123
    whole = source.render(start, SAMPLE_RATE)
    pieces = [source.render(start + at, n) for at, n in ((0, 960), (960, 7), (967, 40_000), (40_967, 7_033))]
    assert np.array_equal(np.concatenate(pieces), whole)


def test_a_bed_keeps_its_level_through_every_crossfade():
    levels = levels_db(rain().render(0, 120 * SAMPLE_RATE), 0.5)
    assert levels.max() - levels.min() < 1.0


def test_a_bed_has_no_seam():
    """Dark noise moves slowly: a seam would be its steepest step by far."""
    dark = sosfilt(butter(4, 1500, fs=SAMPLE_RATE, output="sos"), noise(MINUTE), axis=0).astype(np.float32)
    schedule = BedSchedule(1, "rain", BED, MINUTE)
    steps = np.abs(np.diff(BedSource(schedule, dark).render(0, 120 * SAMPLE_RATE)[:, 0]))
    seams = [
        at for g in schedule.between(1, 119 * SAMPLE_RATE) for at in (g.start, g.end) if 0 < at < len(steps)
    ]
    assert max(steps[at - 2 : at + 2].max() for at in seams) <= np.percentile(steps, 99.99)


def test_a_bed_does_not_return():
    envelope = levels_db(rain().render(0, 600 * SAMPLE_RATE), 0.05)
    envelope -= envelope.mean()
    spectrum = np.abs(np.fft.rfft(envelope, 2 * len(envelope))) ** 2
    correlation = np.fft.irfft(spectrum)[: len(envelope) // 2] / np.sum(envelope**2)
    assert correlation[20 * 20 :].max() < 0.3


def test_events_fall_on_their_frame():
    source = tapping()
    event = next(iter(source._schedule.between(SAMPLE_RATE, MINUTE)))
    before = source.render(event.at - 480, 470)
    after = source.render(event.at, 480)
    assert np.abs(after).max() > 10 * np.abs(before).max()


def test_no_two_events_sound_alike():
    source = tapping()
    events = list(source._schedule.between(0, MINUTE))[:20]
    sounds = [source.render(event.at, 4800).ravel() for event in events]
    for i, one in enumerate(sounds):
        for other in sounds[i + 1 :]:
            assert np.corrcoef(one, other)[0, 1] < 0.98


def test_a_place_moves_the_events_to_that_side():
    left = tapping(place=Place(-90.0, 0.15)).render(0, 20 * SAMPLE_RATE)
    power = np.sum(left.astype(np.float64) ** 2, axis=0)
    assert power[0] > 8 * power[1]


def test_a_bed_leans_but_stays_as_loud():
    leaning = BedSource(BedSchedule(1, "rain", BED, MINUTE), noise(MINUTE), Place(90.0, 0.5)).render(
        0, MINUTE
    )
    power = np.sum(leaning.astype(np.float64) ** 2, axis=0)
    assert power[1] > 2 * power[0] > 0
    assert power.sum() == pytest.approx(np.sum(rain().render(0, MINUTE).astype(np.float64) ** 2), rel=0.05)


def test_there_is_never_digital_silence_between_events():
    pcm = tapping().render(0, 60 * SAMPLE_RATE)
    assert levels_db(pcm, 0.05).min() > -70.0
