"""Channels that play by themselves, on a house whose clock stands at 22:00 UTC."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.engine import Engine
from bot.core.errors import Refusal
from bot.core.preferences import GuildSettings
from bot.playback.model import Seat, Wish
from bot.playback.sleep_rooms import DAY, SleepRoom, SleepRooms
from bot.reminders.zones import zone
from tests.playback.house import ATTIC, EMPTY_S, HOME, INSIDE, House, opened, settle, soon, until

_minute = st.integers(0, DAY - 1)


class MemorySleepRooms:
    def __init__(self) -> None:
        self.kept: dict[int, SleepRoom] = {}

    async def all(self) -> Sequence[SleepRoom]:
        return list(self.kept.values())

    async def put(self, room: SleepRoom) -> None:
        self.kept[room.room_id] = room

    async def remove(self, room_ids: Sequence[int]) -> None:
        for room_id in room_ids:
            del self.kept[room_id]


def window(begins: int, ends: int, *, room_id: int = 1, channel_id: int = HOME.channel_id) -> SleepRoom:
    return SleepRoom(room_id, 1, channel_id, "rain", begins, ends)


@pytest.fixture
async def house(engine: Engine) -> AsyncGenerator[House]:
    async with opened(engine) as house:
        house.links.waiting = {HOME.channel_id: 1, ATTIC.channel_id: 0}
        yield house


@pytest.fixture
def rooms(house: House) -> SleepRooms:
    return rooms_of(house, MemorySleepRooms())


def rooms_of(house: House, store: MemorySleepRooms) -> SleepRooms:
    return SleepRooms(
        store,
        playback=house.playback,
        links=house.links,
        settings=house.settings,
        zone=zone,
        clock=house.clock,
        tasks=house.tasks,
    )


@given(_minute, _minute, _minute, _minute)
def test_windows_overlap_exactly_when_they_share_a_minute(a: int, b: int, c: int, d: int) -> None:
    if a == b or c == d:
        return
    minutes = [{(begin + n) % DAY for n in range((end - begin) % DAY)} for begin, end in ((a, b), (c, d))]
    assert window(a, b).overlaps(window(c, d)) == bool(minutes[0] & minutes[1])


@given(_minute, _minute, _minute)
def test_a_window_is_open_from_its_first_minute_until_its_last(a: int, b: int, at: int) -> None:
    if a == b:
        return
    local = datetime(2026, 11, 23, at // 60, at % 60, 30, tzinfo=UTC)
    end = window(a, b).end_of(local)
    assert (end is not None) == ((at - a) % DAY < (b - a) % DAY)
    if end is not None:
        assert 0 < (end - local).total_seconds() < DAY * 60
        assert end.hour * 60 + end.minute == b


async def test_it_plays_by_itself_until_the_window_closes(house: House, rooms: SleepRooms) -> None:
    await rooms.set(window(21 * 60, 7 * 60))
    await until(lambda: house.playback.now_playing(1))
    now = house.playback.now_playing(1)
    assert now is not None
    assert now.title == "Rain"
    assert now.ends_at == datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


async def test_times_are_the_servers_own(house: House, rooms: SleepRooms) -> None:
    house.settings.kept[1] = GuildSettings(1, timezone="Asia/Tokyo")  # 7:00 there
    await rooms.set(window(21 * 60, 7 * 60))
    await settle()
    assert house.playback.now_playing(1) is None
    await rooms.clear(1, HOME.channel_id)
    await rooms.set(window(6 * 60, 9 * 60))
    await until(lambda: house.playback.now_playing(1))


async def test_it_begins_when_the_hour_comes_and_when_somebody_does(house: House, rooms: SleepRooms) -> None:
    house.links.waiting[HOME.channel_id] = 0
    await rooms.set(window(22 * 60 + 5, 7 * 60))
    await house.wind(400.0)
    assert house.playback.now_playing(1) is None
    house.links.waiting[HOME.channel_id] = 1
    rooms.room_changed(1)
    await until(lambda: house.playback.now_playing(1))


async def test_what_somebody_stops_stays_quiet_until_the_room_was_empty(
    house: House, rooms: SleepRooms
) -> None:
    await rooms.set(window(21 * 60, 7 * 60))
    await until(lambda: house.playback.now_playing(1))
    session = house.session()
    await house.playback.stop(INSIDE)
    await soon(session.gone.wait())
    await house.wind(120.0)
    assert house.playback.now_playing(1) is None
    house.links.waiting[HOME.channel_id] = 0
    rooms.room_changed(1)
    await settle()
    house.links.waiting[HOME.channel_id] = 1
    rooms.room_changed(1)
    await until(lambda: house.playback.now_playing(1))


async def test_a_person_comes_first(house: House, rooms: SleepRooms) -> None:
    await rooms.set(window(21 * 60, 7 * 60))
    await until(lambda: house.playback.now_playing(1))
    upstairs = Seat(guild_id=1, channel_id=ATTIC.channel_id, user_id=5)
    now = await house.playback.play(ATTIC, Wish("ocean waves"), by=upstairs)
    assert now.channel_id == ATTIC.channel_id
    await house.wind(120.0)
    again = house.playback.now_playing(1)
    assert again is not None
    assert again.title == "Ocean waves"


async def test_an_empty_room_is_left_and_played_in_again(house: House, rooms: SleepRooms) -> None:
    await rooms.set(window(21 * 60, 7 * 60))
    await until(lambda: house.playback.now_playing(1))
    session = house.session()
    house.links.waiting[HOME.channel_id] = house.links.last.people = 0
    house.playback.room_changed(1)
    rooms.room_changed(1)
    await house.wind(EMPTY_S + 1.0)
    await soon(session.gone.wait())
    house.links.waiting[HOME.channel_id] = 1
    rooms.room_changed(1)
    await until(lambda: house.playback.now_playing(1))


async def test_overlapping_windows_are_refused_with_what_is_in_the_way(rooms: SleepRooms) -> None:
    await rooms.set(window(22 * 60, 7 * 60))
    with pytest.raises(Refusal) as refusal:
        await rooms.set(window(6 * 60, 9 * 60, room_id=2, channel_id=ATTIC.channel_id))
    assert refusal.value.key == "sleeproom.refused.overlap"
    assert refusal.value.values["to"] == "07:00"
    await rooms.set(window(7 * 60, 9 * 60, room_id=2, channel_id=ATTIC.channel_id))
    assert [room.room_id for room in rooms.of(1)] == [1, 2]


async def test_it_survives_the_process(house: House) -> None:
    store = MemorySleepRooms()
    store.kept[1] = window(21 * 60, 7 * 60)
    await rooms_of(house, store).begin()
    await until(lambda: house.playback.now_playing(1))
