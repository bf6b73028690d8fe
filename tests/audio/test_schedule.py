from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.audio.library import Bed, Events, Segment
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE
from bot.audio.schedule import BedSchedule, EventSchedule

BED = Bed(grain_s=(9.0, 16.0), crossfade_s=3.0)
EVENTS = Events(
    bank=tuple(Segment(start=i * 9600, frames=9600) for i in range(12)),
    floor=Segment(start=200_000, frames=960_000),
    interval_s=0.5,
    interval_cv=0.4,
    phrase_events=6.0,
    pause_s=1.5,
    gain_spread_db=3.0,
    azimuth_deg=(-80.0, 80.0),
    distance_m=(0.15, 0.5),
)
MINUTE = 60 * SAMPLE_RATE


def bed(seed: int = 1) -> BedSchedule:
    return BedSchedule(seed, "rain", BED, MINUTE)


def test_grains_cover_all_time_and_overlap_by_one_crossfade():
    grains = list(bed().between(0, 600 * SAMPLE_RATE))
    assert grains[0].start <= 0
    assert grains[-1].end >= 600 * SAMPLE_RATE
    for earlier, later in pairwise(grains):
        assert earlier.end - later.start == bed().crossfade
        assert later.end > earlier.end


def test_grains_keep_their_lengths_and_stay_in_the_file():
    for grain in bed().between(0, 3600 * SAMPLE_RATE):
        assert 9.0 <= (grain.end - grain.start) / SAMPLE_RATE <= 16.0
        assert 0 <= grain.offset <= MINUTE - (grain.end - grain.start)


def test_nothing_is_heard_again_before_the_rest_of_the_file():
    grains = list(bed().between(0, 3600 * SAMPLE_RATE))
    parts = MINUTE // (16 * SAMPLE_RATE)
    assert parts == 3
    for index in range(len(grains) - parts + 1):
        read = sorted((g.offset, g.offset + g.end - g.start) for g in grains[index : index + parts])
        assert all(end <= start for (_, end), (start, _) in pairwise(read))


def test_no_two_rounds_through_the_file_are_alike():
    grains = list(bed().between(0, 3600 * SAMPLE_RATE))
    again_s = np.array(
        [
            later.start - later.offset - first.start + first.offset
            for first, later in zip(grains, grains[3:], strict=False)
        ]
    )
    assert np.ptp(again_s) > 8 * SAMPLE_RATE
    assert len(set(again_s.tolist())) > 0.95 * len(again_s)


@given(seed=st.integers(0, 2**63), start=st.integers(0, 10 * 3600 * SAMPLE_RATE), n=st.integers(1, MINUTE))
def test_any_moment_of_a_bed_is_reachable_alone(seed: int, start: int, n: int):
    alone = list(bed(seed).between(start, start + n))
    within = [
        g
        for g in bed(seed).between(start - MINUTE, start + n + MINUTE)
        if g.start < start + n and g.end > start
    ]
    assert alone == within


def test_another_seed_is_another_night():
    assert [g.offset for g in bed(1).between(0, MINUTE)] != [g.offset for g in bed(2).between(0, MINUTE)]


def test_a_file_too_short_for_its_grains_is_refused():
    with pytest.raises(ValueError, match="too short"):
        BedSchedule(1, "rain", BED, 8 * SAMPLE_RATE)


def test_events_come_like_a_hand_not_a_clock():
    onsets = np.array([e.at for e in EventSchedule(3, "tapping", EVENTS).between(0, 20 * MINUTE)])
    intervals = np.diff(onsets) / SAMPLE_RATE
    assert (intervals > 0).all()
    assert 0.5 <= intervals.std() / intervals.mean() <= 1.2
    assert 1.0 <= len(onsets) / (20 * 60) <= 2.0


def test_no_one_shot_follows_itself_within_a_minute():
    events = list(EventSchedule(3, "tapping", EVENTS).between(0, MINUTE))
    assert all(a.shot != b.shot for a, b in pairwise(events))
    assert len({e.shot for e in events}) == len(EVENTS.bank)


def test_events_stay_level_and_near():
    for event in EventSchedule(4, "tapping", EVENTS).between(0, 10 * MINUTE):
        assert event.gain_db <= EVENTS.gain_spread_db
        assert -90.0 <= event.place.azimuth_deg <= 90.0
        assert 0.13 <= event.place.distance_m <= 0.55


def test_a_layers_place_holds_its_events():
    left = EventSchedule(4, "tapping", EVENTS, Place(-90.0, 0.2))
    assert all(-98.0 <= e.place.azimuth_deg <= -82.0 for e in left.between(0, MINUTE))


@settings(max_examples=50)
@given(seed=st.integers(0, 2**63), cut=st.integers(1, 3 * MINUTE))
def test_events_do_not_depend_on_how_time_is_cut(seed: int, cut: int):
    schedule = EventSchedule(seed, "tapping", EVENTS)
    whole = list(schedule.between(0, 3 * MINUTE + 1))
    assert list(schedule.between(0, cut)) + list(schedule.between(cut, 3 * MINUTE + 1)) == whole


def test_the_schedule_is_the_same_everywhere():
    events = list(islice(EventSchedule(42, "tapping", EVENTS).between(0, MINUTE), 3))
    grains = list(islice(bed(42).between(0, MINUTE), 2))
    assert [(e.at, e.shot) for e in events] == [(6143, 9), (23484, 6), (38309, 10)]
    assert [(g.start, g.offset, g.mirrored) for g in grains] == [
        (-516645, 181872, True),
        (-23428, 1256294, False),
    ]


def events(**changes) -> EventSchedule:
    return EventSchedule(4, "sound", EVENTS.model_copy(update=changes))


def test_one_hand_never_strokes_twice_at_once():
    long = tuple(Segment(start=i * 96_000, frames=96_000) for i in range(8))
    found = list(events(bank=long, apart=True, interval_s=0.8).between(0, 10 * MINUTE))
    assert len(found) > 200
    for earlier, later in pairwise(found):
        assert later.at - earlier.at >= 96_000 / earlier.speed - 1


def test_a_clock_keeps_its_beat_through_every_minute():
    found = events(interval_s=2.0, interval_cv=0.0, phrase_events=30.0, pause_s=0.0, speed_spread=0.0)
    at = [event.at for event in found.between(0, 5 * MINUTE)]
    assert set(np.diff(at)) == {2 * SAMPLE_RATE}
    assert len(at) == 150


def test_a_heart_wavers_a_little_and_never_stumbles():
    found = events(interval_s=1.03, interval_cv=0.05, phrase_events=30.0, pause_s=0.0)
    gaps = np.diff([event.at for event in found.between(0, 30 * MINUTE)]) / SAMPLE_RATE
    assert gaps.mean() == pytest.approx(1.03, abs=0.002)
    assert 0.02 < gaps.std() / gaps.mean() < 0.09
    assert 0.7 < gaps.min() < gaps.max() < 1.4


@given(st.integers(0, 2**32), st.integers(0, 3 * MINUTE), st.integers(1, 2 * MINUTE))
@settings(max_examples=40, deadline=None)
def test_beats_are_the_same_from_wherever_one_looks(seed: int, start: int, length: int):
    model = EVENTS.model_copy(update={"interval_s": 0.7, "interval_cv": 0.1, "phrase_events": 9.0})
    whole = EventSchedule(seed, "steps", model)
    some = [event for event in whole.between(0, 6 * MINUTE) if start <= event.at < start + length]
    assert some == list(EventSchedule(seed, "steps", model).between(start, start + length))


def test_what_wanders_takes_seven_to_twenty_seconds_a_pass():
    wandering = events(pass_s=11.0, azimuth_deg=(-95.0, 95.0), interval_s=1.0)
    found = list(wandering.between(0, 10 * MINUTE))
    azimuth = np.array([event.place.azimuth_deg for event in found])
    at_s = np.array([event.at for event in found]) / SAMPLE_RATE
    turns = np.abs(np.diff(azimuth)) / np.maximum(np.diff(at_s), 0.05)
    assert azimuth.min() < -60.0 < 60.0 < azimuth.max()
    assert turns.max() < 190.0 / 7.0 * np.pi / 2.0
    sides = np.sign(azimuth[np.abs(azimuth) > 40.0])
    passes = int((np.diff(sides) != 0).sum())
    assert 600.0 / 20.0 <= passes <= 600.0 / 7.0


def test_a_slow_circle_goes_all_the_way_round():
    place = Place(0.0, 0.3, circle_s=24.0)
    found = list(EventSchedule(1, "sound", EVENTS, place).between(0, MINUTE))
    for event in found:
        expected = (event.at / SAMPLE_RATE * 15.0 + 180.0) % 360.0 - 180.0
        assert event.place.azimuth_deg == pytest.approx(expected, abs=0.01)
        assert event.towards is not None
