import asyncio
import math
import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.engine import Engine
from bot.core.errors import Refusal
from bot.core.preferences import GuildSettings
from bot.playback.model import Fate, Room, Seat, Trouble, Wish
from bot.playback.sessions import ALONE_S, LONGEST_LINGER_S
from bot.playback.steps import SOFTEST, louder, quieter
from tests.playback.house import (
    ATTIC,
    EMPTY_S,
    EVENING,
    HOME,
    INSIDE,
    OUTSIDE,
    House,
    opened,
    refusal_of,
    soon,
    until,
)


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


async def test_its_time_over_it_stays_silently_until_the_room_is_empty(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    session.stream.set_end(4.0, 1.0)
    await soon(session.silent.wait())
    await until(lambda: session.lingering)
    assert house.playback.now_playing(1) is None
    assert not house.links.last.left, "leaving rings a bell for who just fell asleep"
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(EMPTY_S + 1.0)
    await soon(session.gone.wait())
    assert house.links.last.left


async def test_play_after_its_time_takes_the_silent_stay_over(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    session.stream.set_end(4.0, 1.0)
    await until(lambda: session.lingering)
    await soon(house.playback.play(HOME, Wish("rain")))
    assert len(house.links.links) == 1
    assert not house.links.last.left
    await soon(house.links.last.heard(20))


async def test_a_server_may_have_it_leave_at_the_end(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, leave_at_end=True)
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    session.stream.set_end(4.0, 1.0)
    await soon(session.gone.wait())
    assert house.links.last.left


async def test_an_end_by_the_clock_comes_even_when_nothing_can_be_sent(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=1))
    session = house.session()
    house.links.last.stuck = True
    await house.wind(64.0)
    await soon(session.silent.wait())
    assert house.playback.now_playing(1) is None


async def test_play_again_in_the_same_room_changes_the_sound_and_stays(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", volume=40))
    now = await house.playback.play(HOME, Wish("ocean waves", minutes=20))
    assert len(house.links.links) == 1
    assert (now.title, now.volume) == ("Ocean waves", 40)
    assert now.ends_at == EVENING + timedelta(minutes=20)


async def test_play_again_sets_the_volume_when_asked_to_and_ends_a_pause(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await house.playback.pause(INSIDE)
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
                    await control(INSIDE)
            with pytest.raises(Refusal, match=r"listener\.refused\.nothing_plays"):
                await house.playback.set_volume(INSIDE, 50)

    asyncio.run(ask())


@pytest.mark.parametrize("seat", [OUTSIDE, Seat(guild_id=1, channel_id=None)])
async def test_only_listeners_change_what_sounds(house: House, seat: Seat) -> None:
    await house.playback.play(HOME, Wish("rain"))
    for control in (house.playback.pause, house.playback.resume, house.playback.stop):
        with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
            await control(seat)
    with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
        await house.playback.set_volume(seat, 50)


async def test_listeners_change_volume_and_pause(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    assert (await house.playback.set_volume(INSIDE, 25)).volume == 25
    assert (await house.playback.pause(INSIDE)).paused
    assert not (await house.playback.resume(INSIDE)).paused
    with pytest.raises(Refusal, match=r"play\.refused\.volume"):
        await house.playback.set_volume(INSIDE, 101)


async def test_stop_fades_for_two_seconds_then_leaves(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await soon(house.links.last.heard(220))  # the arrival is over
    before = len(house.links.last.packets)
    session = house.session()
    await house.playback.stop(INSIDE)
    assert house.playback.now_playing(1) is None
    await soon(session.gone.wait())
    assert session.stream.ended
    assert len(house.links.last.packets) - before >= 95
    assert house.links.last.left


async def test_play_while_fading_out_begins_anew(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await house.playback.stop(INSIDE)
    now = await house.playback.play(ATTIC, Wish("rain"))
    assert now.channel_id == 11
    assert [link.left for link in house.links.links] == [True, False]


async def test_a_fade_that_cannot_be_heard_is_not_waited_for(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.stuck = True
    session = house.session()
    await house.playback.stop(INSIDE)
    await soon(session.gone.wait())
    assert house.links.last.left


async def test_an_empty_room_falls_silent_after_half_a_minute_and_is_left_after_five(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S - 0.1)
    assert not session.stream.paused
    await house.wind(0.2)
    assert session.stream.paused
    now = house.playback.now_playing(1)
    assert now is not None
    assert not now.paused, "it is nobody's pause"
    await house.wind(EMPTY_S - ALONE_S - 1.0)
    assert not session.ending
    await house.wind(1.0)
    await soon(session.gone.wait())
    assert session.stream.ended, "faded, not cut"
    assert house.links.last.left


async def test_a_server_may_have_it_leave_an_empty_room_sooner(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, empty_minutes=1)
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(59.0)
    assert not session.ending
    await house.wind(2.0)
    await soon(session.gone.wait())


async def test_a_ten_second_drop_changes_nothing(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(10.0)
    house.links.last.people = 1
    house.playback.room_changed(1)
    await house.wind(EMPTY_S)
    assert house.playback.now_playing(1) is not None
    assert not house.session().stream.paused


async def test_somebody_returning_to_the_silence_is_swelled_back_to(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S + 60.0)
    assert house.session().stream.paused
    house.links.last.people = 1
    house.playback.room_changed(1)
    assert not house.session().stream.paused
    await house.wind(EMPTY_S)
    assert house.playback.now_playing(1) is not None


async def test_a_persons_pause_outlasts_an_empty_room(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    await house.playback.pause(INSIDE)
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S + 1.0)
    house.links.last.people = 1
    house.playback.room_changed(1)
    now = house.playback.now_playing(1)
    assert now is not None
    assert now.paused


async def test_the_half_minute_begins_when_the_last_one_left_and_only_then(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(ALONE_S - 1.0)
    house.playback.room_changed(1)  # a bot came or went
    await house.wind(1.5)
    assert session.stream.paused


async def test_a_silent_stay_ends_after_ten_hours(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    session = house.session()
    session.stream.set_end(4.0, 1.0)
    await until(lambda: session.lingering)
    await house.wind(LONGEST_LINGER_S - 1.0)
    assert not house.links.last.left
    await house.wind(2.0)
    await soon(session.gone.wait())
    assert house.links.last.left


async def test_trouble_is_shown_and_so_is_its_end(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.trouble = Trouble.CONNECTION
    house.playback.room_changed(1)
    assert house.display.shown[1].trouble is Trouble.CONNECTION
    house.links.last.trouble = None
    house.playback.room_changed(1)
    assert house.display.shown[1].trouble is None


async def test_why_it_was_sent_away_is_told(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.session()
    house.links.last.fate = Fate.SENT_AWAY
    await house.links.last.cut()
    await soon(session.gone.wait())
    assert house.display.fates == [Fate.SENT_AWAY]


async def test_back_after_an_outage_it_fades_in(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    link = house.links.last
    await soon(link.heard(80))
    link.returned()
    await soon(link.heard(200))
    assert house.session().stream.underruns < 100
    assert len(set(link.packets[-50:])) > 20


async def test_whoever_leaves_during_the_join_is_noticed(house: House) -> None:
    house.links.door.clear()
    playing = asyncio.create_task(house.playback.play(HOME, Wish("rain", minutes=0)))
    await soon(house.links.knocked.wait())
    house.playback.room_changed(1)
    house.links.door.set()
    await soon(playing)
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(EMPTY_S + 1.0)
    await house.wind(1.0)
    assert house.playback.now_playing(1) is None


async def test_being_kicked_forgets_the_session(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.session()
    await house.links.last.cut()
    await soon(session.gone.wait())
    assert house.playback.now_playing(1) is None
    await house.playback.play(ATTIC, Wish("rain"))


async def test_losing_the_server_forgets_the_session(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.session()
    house.playback.guild_lost(1)
    await soon(session.gone.wait())
    house.playback.guild_lost(1)
    assert house.playback.now_playing(1) is None


async def test_a_moderators_move_takes_the_rule_along(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.move(11)
    house.playback.room_changed(1)
    await house.playback.pause(OUTSIDE)
    with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
        await house.playback.pause(INSIDE)


async def test_close_fades_everywhere_at_once_and_leaves(house: House) -> None:
    for guild_id in (1, 2, 3):
        await house.playback.play(Room(guild_id, guild_id * 10, "den", 64_000), Wish("rain"))
    streams = [house.session(guild_id).stream for guild_id in (1, 2, 3)]
    began = asyncio.get_running_loop().time()
    await house.sessions.close()
    assert asyncio.get_running_loop().time() - began < 2.9
    assert all(link.left for link in house.links.links)
    assert all(stream.ended for stream in streams)
    assert house.playback.now_playing(1) is None


async def test_nothing_begins_while_closing(house: House) -> None:
    house.links.door.clear()
    late = asyncio.create_task(house.playback.play(HOME, Wish("rain")))
    await soon(house.links.knocked.wait())
    await house.sessions.close()
    house.links.door.set()
    assert (await refusal_of(late)).key == "play.refused.closing"
    assert (await refusal_of(house.playback.play(HOME, Wish("rain")))).key == "play.refused.closing"


async def test_every_night_has_its_own_seed(house: House) -> None:
    await house.playback.play(HOME, Wish("ocean waves"))  # rain may still play in another test's house
    first = house.session()
    house.sessions.stop(first)
    await soon(first.gone.wait())
    await house.playback.play(HOME, Wish("ocean waves"))
    assert house.session().stream.plan.seed != first.stream.plan.seed


async def test_no_player_and_no_task_outlives_a_session(engine: Engine) -> None:
    async with opened(engine) as house:
        for _ in range(5):
            await house.playback.play(HOME, Wish("rain"))
            session = house.session()
            await house.playback.stop(INSIDE)
            await soon(session.gone.wait())
    assert not [thread for thread in threading.enumerate() if thread.name == "memory-player"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_steps_are_even_and_stop_short_of_silence(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    assert (await house.playback.louder(INSIDE)).volume == 71
    assert (await house.playback.quieter(INSIDE)).volume == 60
    for _ in range(20):
        softest = await house.playback.quieter(INSIDE)
    assert softest.volume == SOFTEST
    for _ in range(20):
        loudest = await house.playback.louder(INSIDE)
    assert loudest.volume == 100


@given(st.integers(SOFTEST, 100))
def test_a_step_is_three_decibels_where_there_is_room(percent: int) -> None:
    for step, end in ((quieter(percent), SOFTEST), (louder(percent), 100)):
        moved_db = abs(40 * math.log10(step / percent))
        assert step == end or 2.3 < moved_db < 3.7


async def test_the_timer_moves_and_goes(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    now = await house.playback.set_timer(INSIDE, 15)
    assert (now.ends_at, now.tail) == (EVENING + timedelta(minutes=15), timedelta(minutes=5))
    assert (await house.playback.set_timer(INSIDE, 0)).ends_at is None
    with pytest.raises(Refusal, match=r"listener\.refused\.outside"):
        await house.playback.set_timer(OUTSIDE, 15)
    with pytest.raises(Refusal, match=r"play\.refused\.minutes"):
        await house.playback.set_timer(INSIDE, 721)


async def test_the_servers_usual_timer_tail_and_volume_cap(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, timer_default_minutes=45, tail_minutes=5, volume_cap_percent=50)
    now = await house.playback.play(HOME, Wish("rain"))
    assert (now.volume, now.tail, now.ends_at) == (50, timedelta(minutes=5), EVENING + timedelta(minutes=45))
    assert (await house.playback.set_volume(INSIDE, 100)).volume == 50
    assert (await house.playback.louder(INSIDE)).volume == 50
    assert (await house.playback.play(HOME, Wish("rain", volume=90))).volume == 50


async def test_a_listener_role_binds_all_but_those_who_manage_the_server(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, listener_role_id=77)
    holder = Seat(1, 10, user_id=5, role_ids=frozenset({77}))
    admin = Seat(1, 10, user_id=6, manages_server=True)
    guest = Seat(1, 10, user_id=7)
    assert (await refusal_of(house.playback.play(HOME, Wish("rain"), by=guest))).values == {"role_id": 77}
    await house.playback.play(HOME, Wish("rain"), by=holder)
    await house.playback.pause(admin)
    for control in (house.playback.pause, house.playback.stop, house.playback.louder):
        assert (await refusal_of(control(guest))).key == "listener.refused.role"


async def test_settings_that_cannot_be_read_are_the_defaults(house: House) -> None:
    house.settings.broken = True
    assert (await house.playback.play(HOME, Wish("rain"))).volume == 60


async def test_a_machine_that_has_no_time_for_one_more_says_so(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.crowded = True
    elsewhere = Room(guild_id=2, channel_id=20, name="other", bitrate=96_000)
    assert (await refusal_of(house.playback.play(elsewhere, Wish("rain")))).key == "play.refused.busy"
    assert not house.links.last.left, "who listens already loses nothing"


async def test_without_a_seed_the_same_mix_joins_the_night_that_plays_already(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    first = house.session()
    await soon(house.links.last.heard(60))
    elsewhere = Room(guild_id=2, channel_id=20, name="other", bitrate=96_000)
    await house.playback.play(elsewhere, Wish("rain"))
    second = house.session(2)
    assert second.stream.plan == first.stream.plan
    assert second.stream.position_s > 0.3
