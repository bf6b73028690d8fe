"""Streams that share a render and an encode: none of them may hear that they do."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import FRAME, SAMPLE_RATE, SILENCE_PACKET, OpusDecoder, Pcm
from bot.audio.station import CHUNK, tier_of
from bot.audio.stations import TOGETHER_S, Stations
from bot.audio.stream import Stream

from .hearing import levels_db, plan, tones

_SHARP = butter(6, 10_000, "highpass", fs=SAMPLE_RATE, output="sos")
RAIN = Plan(Mix((Layer("rain"),)), seed=5)


class Channel:
    """One channel of a house: a stream, the packets it was sent, and its listeners' decoder."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.packets: list[bytes] = []

    def pcm(self, first: int = 0) -> Pcm:
        decoder = OpusDecoder()
        return np.concatenate([decoder.decode(packet) for packet in self.packets[first:]])


class House:
    """Stations without threads: time passes a packet at a time for all channels alike, as at the pacer."""

    def __init__(self, open_source: Callable = tones) -> None:
        self.open_source = open_source
        self.stations = Stations(open_source)
        self.channels: list[Channel] = []
        self.n_ticks = 0

    def play(self, what: Plan | None = None, *, joins_after_s: float = 0.1, **options: object) -> Channel:
        wanted = plan("rain") if what is None else what
        stream = Stream(wanted, self.open_source, lambda: None, **options)  # type: ignore[arg-type]
        self.stations.let_in(stream)
        self.wait(joins_after_s)
        channel = Channel(stream)
        self.channels.append(channel)
        stream.swell()
        return channel

    def wait(self, seconds: float) -> None:
        for _ in range(round(seconds * 50)):
            while self.stations.serve(self.n_ticks / 50 + 1.0):
                pass
            for channel in self.channels:
                channel.packets.append(channel.stream.read() or SILENCE_PACKET)
            self.n_ticks += 1
            self.stations.forget([c.stream for c in self.channels if c.stream.finished])


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture(scope="module")
def rain() -> Callable:
    return SourceShelf(Library.load()).open


def test_channels_that_hear_the_same_come_to_share_one_station(house: House) -> None:
    channels = []
    for _ in range(5):
        channels.append(house.play())
        house.wait(0.7)
    assert len(house.stations) > 1
    house.wait(6.0)
    assert len(house.stations) == 1
    assert all(channel.packets[-50:] == channels[0].packets[-50:] for channel in channels)


@pytest.mark.parametrize(
    "other",
    [
        {"volume": 30},
        {"bitrate": 64_000},
        {"position_s": 60.0},
        {"what": plan("rain", seed=2)},
        {"what": plan("waves")},
    ],
)
def test_what_differs_in_anything_stays_apart(house: House, other: dict) -> None:
    house.play()
    house.play(**other)
    house.wait(8.0)
    assert len(house.stations) == 2


def test_those_who_begin_within_a_moment_begin_together(house: House) -> None:
    house.play()
    house.wait(1.0)
    late = [house.play(joins_after_s=0.0) for _ in range(20)]
    house.wait(TOGETHER_S + 0.3)
    assert len(house.stations) == 2
    assert all(channel.packets == late[0].packets for channel in late)
    assert levels_db(late[0].pcm())[:4].max() < levels_db(house.channels[0].pcm())[-1] - 12, "from silence"


def test_an_end_far_away_keeps_nobody_from_beginning_together(house: House) -> None:
    """As a session begins: what was asked of the timer is told once more when the channel is there."""
    first = house.play()
    house.wait(4.0)
    for _ in range(4):
        stream = house.play(seconds=3600.0, tail_s=600.0).stream
        stream.set_end(3599.0, 600.0)
        house.wait(0.06)
    house.wait(5.5)
    assert len(house.stations) == 1
    assert stream.station is first.stream.station
    assert stream.remaining_s == pytest.approx(3593.0, abs=1.5)


def test_who_ends_soon_begins_alone_as_soft_as_the_end_asks(house: House) -> None:
    house.play()
    house.wait(4.0)
    stream = house.play().stream
    stream.set_end(60.0, 600.0)
    house.wait(4.0)
    assert len(house.stations) == 2


def test_a_slow_join_meets_the_night_where_it_is_by_then(house: House) -> None:
    house.play()
    house.wait(6.0)
    house.play(joins_after_s=4.0, position_s=6.0)
    house.wait(8.0)
    assert len(house.stations) == 1


def test_a_wish_parts_one_and_leaves_the_others_alone(house: House) -> None:
    one, other, third = house.play(), house.play(), house.play()
    house.wait(8.0)
    assert len(house.stations) == 1
    one.stream.set_volume(30)
    house.wait(3.0)
    assert len(house.stations) == 2
    assert other.packets[-400:] == third.packets[-400:]
    levels = levels_db(one.pcm())[60:]
    assert levels[-1] == pytest.approx(levels[0] - 12.04, abs=0.4)
    assert np.abs(np.diff(levels)).max() <= 1.3, "the ramp, and what two encoders of a pure tone differ by"
    one.stream.set_volume(60)
    house.wait(9.0)
    assert len(house.stations) == 1, "back at the same volume, it shares again"


def test_when_all_wish_the_same_nobody_parts(house: House) -> None:
    channels = [house.play() for _ in range(4)]
    house.wait(8.0)
    for channel in channels:
        channel.stream.stop()
    house.wait(1.0)
    assert len(house.stations) == 1
    house.wait(1.6)
    assert all(channel.stream.ended for channel in channels)
    assert len(house.stations) == 0


def test_each_has_its_own_end(house: House) -> None:
    first = house.play(seconds=14.0, tail_s=3.0)
    second = house.play(seconds=20.0, tail_s=3.0)
    endless = house.play()
    house.wait(9.0)
    assert len(house.stations) == 1
    house.wait(4.0)
    assert len(house.stations) == 2
    assert second.packets[-20:] == endless.packets[-20:]
    assert first.stream.remaining_s == pytest.approx(1.0, abs=0.5)
    house.wait(2.5)
    assert first.stream.ended
    house.wait(6.5)
    assert second.stream.ended
    assert levels_db(endless.pcm()[-SAMPLE_RATE:])[-1] > -60


def test_a_pause_parts_and_its_night_stays_where_it_is(house: House) -> None:
    one, _ = house.play(), house.play()
    house.wait(8.0)
    one.stream.pause()
    house.wait(6.0)
    assert levels_db(one.pcm()[-SAMPLE_RATE:])[-1] < -100
    one.stream.resume()
    house.wait(6.0)
    assert len(house.stations) == 2, "its night is behind by now"
    assert levels_db(one.pcm()[-SAMPLE_RATE:])[-1] > -60


def test_going_over_to_tonights_night_is_a_crossfade_and_ends_up_shared(house: House) -> None:
    house.play(plan("waves", seed=9), position_s=3000.0)
    house.wait(8.0)
    mine = house.play(plan("rain"))
    house.wait(5.0)
    tonight = house.stations.tonight(plan("waves").mix)
    assert tonight is not None
    seed, position_s = tonight
    assert (seed, position_s) == (9, pytest.approx(3013.0, abs=0.5))
    mine.stream.change(plan("waves", seed=seed), position_s)
    house.wait(3.0)
    assert np.abs(np.diff(levels_db(mine.pcm())[40:])).max() < 2.0
    house.wait(6.0)
    assert mine.stream.position_s == pytest.approx(3022.0, abs=0.5)
    assert len(house.stations) == 1


def test_tonight_is_where_most_are_and_no_night_older_than_half_a_day(house: House) -> None:
    for seed, n in ((1, 1), (2, 3)):
        for _ in range(n):
            house.play(plan("rain", seed=seed))
    house.play(plan("waves", seed=3), position_s=13 * 3600.0)
    house.wait(8.0)
    assert house.stations.tonight(plan("rain").mix) == (2, pytest.approx(8.0, abs=1.0))
    assert house.stations.tonight(plan("waves").mix) is None
    assert house.stations.tonight(plan("taps").mix) is None


def test_back_after_an_outage_it_swells_and_shares_again(house: House) -> None:
    one, _ = house.play(), house.play()
    house.wait(8.0)
    one.stream.swell()
    house.wait(2.0)
    levels = levels_db(one.pcm()[-2 * SAMPLE_RATE :])
    assert levels[3] < levels[-1] - 10
    house.wait(6.0)
    assert len(house.stations) == 1


def test_one_that_was_late_is_in_step_again(house: House) -> None:
    one, other = house.play(), house.play()
    house.wait(8.0)
    for _ in range(one.stream.n_waiting + 3):  # the worker was away for that long, for one reader only
        one.stream.read()
    assert one.stream.underruns == 3
    house.wait(1.0)
    for _ in range(3):
        other.stream.read()
    house.wait(1.0)
    assert abs(one.stream.n_waiting - other.stream.n_waiting) <= 11


@pytest.mark.parametrize("bitrate", [128_000, 64_000, 32_000])
def test_parting_and_meeting_are_not_heard(rain: Callable, bitrate: int) -> None:
    house = House(rain)
    house.play(RAIN, bitrate=bitrate, volume=100)
    house.wait(6.0)
    visitor = house.play(RAIN, bitrate=bitrate, volume=100)
    begun_at = len(house.channels[0].packets)
    house.wait(3.5)
    assert len(house.stations) == 2
    house.wait(3.0)
    assert len(house.stations) == 1, "met"
    n_parted = len(visitor.packets)
    visitor.stream.set_volume(99)
    house.wait(3.0)
    assert len(house.stations) == 2, "parted"
    resident = house.channels[0].pcm()[begun_at * FRAME :]
    heard = visitor.pcm()
    assert len(heard) == len(resident)
    until_parted = slice(round(4.5 * SAMPLE_RATE), n_parted * FRAME)
    differs = levels_db((heard - resident)[until_parted], 0.02) - levels_db(resident[until_parted], 0.02)
    assert differs.max() < -60.0, "over the meeting it is the very same sound"
    parting = slice((n_parted - 10) * FRAME, (n_parted + 40) * FRAME)
    assert levels_db(heard[parting], 0.04) == pytest.approx(levels_db(resident[parting], 0.04), abs=1.0)
    sharp = [np.abs(sosfilt(_SHARP, pcm[parting, 0])).max() for pcm in (heard, resident)]
    assert sharp[0] < 1.5 * sharp[1], "a click would reach far above 10 kHz"


def test_a_machine_that_stood_still_leaves_nobody_apart_for_good(house: House) -> None:
    first = house.play()
    house.wait(6.0)
    second = house.play()
    house.wait(1.0)
    second.stream.station.position += 3 * CHUNK  # what an overload can leave behind
    house.wait(4.0)
    assert len(house.stations) == 2
    house.wait(7.0)
    assert len(house.stations) == 1
    for channel in (first, second):
        assert np.abs(np.diff(levels_db(channel.pcm())[45:])).max() < 3.5


def test_what_is_past_is_not_rendered(house: House) -> None:
    one = house.play()
    house.wait(5.0)
    for _ in range(one.stream.n_waiting + 50):
        one.stream.read()
    before = one.stream.station.position
    house.wait(0.02)
    assert one.stream.n_waiting >= 8
    assert one.stream.station.position - before == pytest.approx((50 + 8) * FRAME, abs=2 * CHUNK)


def test_tiers_never_exceed_what_a_channel_carries() -> None:
    assert [tier_of(b) for b in (8_000, 63_999, 64_000, 70_000, 128_000, 384_000)] == [
        8_000,
        48_000,
        64_000,
        64_000,
        128_000,
        128_000,
    ]
