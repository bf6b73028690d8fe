import asyncio
import random
import threading
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.playback.model import Room, Seat, Wish
from bot.playback.search import SoundSearch
from bot.playback.service import ALONE_S, Playback
from bot.sandbox.clock import SandboxClock
from tests.playback.memory import MemoryLinks
from tests.playback.sounds import write_library

EVENING = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
HOME = Room(guild_id=1, channel_id=10, name="lantern", bitrate=96_000)
ATTIC = Room(guild_id=1, channel_id=11, name="attic", bitrate=96_000)
INSIDE = Seat(guild_id=1, channel_id=10)
OUTSIDE = Seat(guild_id=1, channel_id=11)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.load(write_library(tmp_path_factory.mktemp("library")))


@pytest.fixture(scope="module")
def engine(library: Library) -> Iterator[Engine]:
    engine = Engine(library)
    yield engine
    engine.close()


class House:
    """A playback with everything around it."""

    def __init__(self, engine: Engine, seed: int = 7) -> None:
        self.clock = SandboxClock(EVENING, running=False)
        self.links = MemoryLinks()
        self.tasks = Tasks()
        self.playback = Playback(
            engine=engine,
            sounds=SoundSearch(engine.library),
            links=self.links,
            clock=self.clock,
            tasks=self.tasks,
            seeds=random.Random(seed),
        )

    async def wind(self, seconds: float) -> None:
        """Let whoever wants to sleep lie down, then let time pass."""
        await asyncio.sleep(0)
        self.clock.advance(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def opened(engine: Engine) -> AsyncGenerator[House]:
    house = House(engine)
    try:
        yield house
    finally:
        await house.playback.close()
        await house.tasks.close()


@pytest.fixture
async def house(engine: Engine) -> AsyncGenerator[House]:
    async with opened(engine) as house:
        yield house


async def soon(what: Awaitable[object]) -> None:
    await asyncio.wait_for(what, timeout=20.0)


async def refusal_of(what: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await what
    return caught.value


async def test_play_joins_and_sends(house: House) -> None:
    now = await house.playback.play(HOME, Wish("rain"))
    await soon(house.links.last.heard(50))
    assert (now.title, now.volume, now.channel_id, now.paused) == ("Rain", 60, 10, False)
    assert len(set(house.links.last.packets)) > 20, "sound, not silence packets"


async def test_without_minutes_it_ends_after_an_hour_with_a_ten_minute_tail(house: House) -> None:
    now = await house.playback.play(HOME, Wish("rain"))
    assert now.ends_at == EVENING + timedelta(minutes=60)
    assert now.tail == timedelta(minutes=10)


@pytest.mark.parametrize(("minutes", "tail"), [(6, 2), (30, 10), (90, 10), (720, 10)])
async def test_minutes_set_the_end(house: House, minutes: int, tail: int) -> None:
    now = await house.playback.play(HOME, Wish("rain", minutes=minutes))
    assert now.ends_at == EVENING + timedelta(minutes=minutes)
    assert now.tail == timedelta(minutes=tail)


async def test_zero_minutes_play_until_the_room_is_empty(house: House) -> None:
    now = await house.playback.play(HOME, Wish("rain", minutes=0))
    assert now.ends_at is None
    assert now.remaining_s is None


async def test_remaining_time_runs_down(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=30))
    await house.wind(600.0)
    now = house.playback.now_playing(1)
    assert now is not None
    assert now.remaining_s == pytest.approx(1200.0)


async def test_a_short_session_falls_silent_by_itself_and_leaves(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    house.playback._sessions[1].stream.set_end(4.0, 1.0)
    await soon(house.playback._sessions[1].gone.wait())
    assert house.links.last.left
    assert house.playback.now_playing(1) is None


async def test_play_again_in_the_same_room_changes_the_sound_and_stays(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", volume=40))
    now = await house.playback.play(HOME, Wish("ocean waves", minutes=20))
    assert len(house.links.links) == 1
    assert (now.title, now.volume) == ("Ocean waves", 40)
    assert now.ends_at == EVENING + timedelta(minutes=20)


async def test_play_again_sets_the_volume_when_asked_to_and_ends_a_pause(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.playback.pause(INSIDE)
    now = await house.playback.play(HOME, Wish("rain", volume=20))
    assert (now.title, now.volume, now.paused) == ("Rain", 20, False)


async def test_elsewhere_is_refused_with_the_rooms_name(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    refusal = await refusal_of(house.playback.play(ATTIC, Wish("rain")))
    assert (refusal.key, refusal.values) == ("play.refused.elsewhere", {"channel": "lantern"})


async def test_two_people_in_two_rooms_at_once_cannot_both_have_it(house: House) -> None:
    house.links.door.clear()
    first = asyncio.create_task(house.playback.play(HOME, Wish("rain")))
    second = asyncio.create_task(house.playback.play(ATTIC, Wish("rain")))
    await soon(house.links.knocked.wait())
    house.links.door.set()
    assert (await first).channel_id == 10
    assert (await refusal_of(second)).key == "play.refused.elsewhere"


async def test_other_servers_are_other_houses(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    there = Room(guild_id=2, channel_id=20, name="cove", bitrate=64_000)
    assert (await house.playback.play(there, Wish("rain"))).guild_id == 2


@pytest.mark.parametrize(
    ("wish", "key", "values"),
    [
        (Wish("helicopter"), "play.refused.unknown", {}),
        (Wish("rian"), "play.refused.nearest", {"nearest": "Rain"}),
        (Wish("rain", volume=101), "play.refused.volume", {}),
        (Wish("rain", volume=-1), "play.refused.volume", {}),
        (Wish("rain", minutes=721), "play.refused.minutes", {"longest": 720}),
        (Wish("rain", minutes=-1), "play.refused.minutes", {"longest": 720}),
    ],
)
async def test_wishes_that_cannot_be(house: House, wish: Wish, key: str, values: dict[str, object]) -> None:
    refusal = await refusal_of(house.playback.play(HOME, wish))
    assert (refusal.key, refusal.values) == (key, values)
    assert house.links.links == []


async def test_a_room_that_cannot_be_joined_leaves_nothing_behind(house: House) -> None:
    house.links.closed.add(10)
    assert (await refusal_of(house.playback.play(HOME, Wish("rain")))).key == "play.refused.no_answer"
    assert house.playback.now_playing(1) is None
    house.links.closed.clear()
    await house.playback.play(HOME, Wish("rain"))


def test_controls_need_something_that_plays(engine: Engine) -> None:
    async def ask() -> None:
        async with opened(engine) as house:
            for control in (house.playback.pause, house.playback.resume, house.playback.stop):
                with pytest.raises(Refusal, match=r"listener\.refused\.nothing_plays"):
                    control(INSIDE)
            with pytest.raises(Refusal, match=r"listener\.refused\.nothing_plays"):
                house.playback.set_volume(INSIDE, 50)

    asyncio.run(ask())


@pytest.mark.parametrize("seat", [OUTSIDE, Seat(guild_id=1, channel_id=None)])
async def test_only_listeners_change_what_sounds(house: House, seat: Seat) -> None:
    await house.playback.play(HOME, Wish("rain"))
    for control in (house.playback.pause, house.playback.resume, house.playback.stop):
        with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
            control(seat)
    with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
        house.playback.set_volume(seat, 50)


async def test_listeners_change_volume_and_pause(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    assert house.playback.set_volume(INSIDE, 25).volume == 25
    assert house.playback.pause(INSIDE).paused
    assert not house.playback.resume(INSIDE).paused
    with pytest.raises(Refusal, match=r"play\.refused\.volume"):
        house.playback.set_volume(INSIDE, 101)


async def test_stop_fades_for_two_seconds_then_leaves(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await soon(house.links.last.heard(220))  # the arrival is over
    before = len(house.links.last.packets)
    session = house.playback._sessions[1]
    house.playback.stop(INSIDE)
    assert house.playback.now_playing(1) is None
    await soon(session.gone.wait())
    assert session.stream.ended
    assert len(house.links.last.packets) - before >= 95
    assert house.links.last.left


async def test_play_while_fading_out_begins_anew(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.playback.stop(INSIDE)
    now = await house.playback.play(ATTIC, Wish("rain"))
    assert now.channel_id == 11
    assert [link.left for link in house.links.links] == [True, False]


async def test_a_fade_that_cannot_be_heard_is_not_waited_for(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.stuck = True
    session = house.playback._sessions[1]
    house.playback.stop(INSIDE)
    await soon(session.gone.wait())
    assert house.links.last.left


async def test_an_empty_room_is_left_after_half_a_minute(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.playback._sessions[1]
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S - 0.1)
    assert not session.ending
    await house.wind(0.2)
    await soon(session.gone.wait())
    assert session.stream.ended, "faded, not cut"
    assert house.links.last.left


async def test_somebody_returning_keeps_the_room(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S - 1.0)
    house.links.last.people = 1
    house.playback.room_changed(1)
    await house.wind(ALONE_S)
    assert house.playback.now_playing(1) is not None


async def test_the_half_minute_begins_when_the_last_one_left_and_only_then(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.playback._sessions[1]
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S - 1.0)
    house.playback.room_changed(1)  # a bot came or went
    await house.wind(1.5)
    assert session.ending


async def test_whoever_leaves_during_the_join_is_noticed(house: House) -> None:
    house.links.door.clear()
    playing = asyncio.create_task(house.playback.play(HOME, Wish("rain", minutes=0)))
    await soon(house.links.knocked.wait())
    house.playback.room_changed(1)
    house.links.door.set()
    await soon(playing)
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S + 1.0)
    assert house.playback.now_playing(1) is None


async def test_being_kicked_forgets_the_session(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.playback._sessions[1]
    await house.links.last.cut()
    await soon(session.gone.wait())
    assert house.playback.now_playing(1) is None
    await house.playback.play(ATTIC, Wish("rain"))


async def test_losing_the_server_forgets_the_session(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.playback._sessions[1]
    house.playback.guild_lost(1)
    await soon(session.gone.wait())
    house.playback.guild_lost(1)
    assert house.playback.now_playing(1) is None


async def test_a_moderators_move_takes_the_rule_along(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.move(11)
    house.playback.room_changed(1)
    house.playback.pause(OUTSIDE)
    with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
        house.playback.pause(INSIDE)


async def test_close_fades_everywhere_at_once_and_leaves(house: House) -> None:
    for guild_id in (1, 2, 3):
        await house.playback.play(Room(guild_id, guild_id * 10, "den", 64_000), Wish("rain"))
    streams = [session.stream for session in house.playback._sessions.values()]
    began = asyncio.get_running_loop().time()
    await house.playback.close()
    assert asyncio.get_running_loop().time() - began < 2.9
    assert all(link.left for link in house.links.links)
    assert all(stream.ended for stream in streams)
    assert house.playback.now_playing(1) is None


async def test_nothing_begins_while_closing(house: House) -> None:
    house.links.door.clear()
    late = asyncio.create_task(house.playback.play(HOME, Wish("rain")))
    await soon(house.links.knocked.wait())
    await house.playback.close()
    house.links.door.set()
    assert (await refusal_of(late)).key == "play.refused.closing"
    assert (await refusal_of(house.playback.play(HOME, Wish("rain")))).key == "play.refused.closing"


async def test_every_night_has_its_own_seed(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await house.playback.play(Room(2, 20, "cove", 64_000), Wish("rain"))
    seeds = {session.stream.plan.seed for session in house.playback._sessions.values()}
    assert len(seeds) == 2


async def test_no_player_and_no_task_outlives_a_session(engine: Engine) -> None:
    async with opened(engine) as house:
        for _ in range(5):
            await house.playback.play(HOME, Wish("rain"))
            session = house.playback._sessions[1]
            house.playback.stop(INSIDE)
            await soon(session.gone.wait())
    assert not [thread for thread in threading.enumerate() if thread.name == "memory-player"]
    assert asyncio.all_tasks() == {asyncio.current_task()}
