"""A later process goes on where the clock says, or stays silent when there is nothing to go on with."""

import numpy as np

from bot.audio.engine import Engine
from bot.audio.opus import OpusDecoder
from bot.playback.model import PanelPlace, Wish
from tests.playback.house import EMPTY_S, HOME, INSIDE, House, opened, settle, soon, until

PANEL = PanelPlace(10, 99)


async def killed_while_playing(engine: Engine, minutes: int = 60, *, paused: bool = False) -> House:
    first = House(engine)
    await first.playback.play(HOME, Wish("rain", volume=40, minutes=minutes))
    first.playback.remember_panel(1, PANEL)
    await soon(first.links.last.heard(30))
    if paused:
        await first.playback.pause(INSIDE)
    await settle()
    await first.die()
    return first


async def test_it_comes_back_with_a_fade_at_its_volume_and_end(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    kept = first.store.kept[1]
    first.clock.advance(300.0)
    async with opened(engine, first) as house:
        await house.restore.begin()
        await until(lambda: house.playback.now_playing(1))
        now = house.display.shown[1]
        assert (now.volume, now.ends_at, now.panel) == (40, kept.ends_at, PANEL)
        session = house.session()
        assert session.stream.plan == kept.plan
        assert 299.0 < session.stream.position_s < 310.0, "where the clock says"
        await soon(house.links.last.heard(60))
        decoder = OpusDecoder()
        heard = np.concatenate([decoder.decode(packet) for packet in house.links.last.packets])
        assert np.abs(heard[:4800]).max() < 0.3 * np.abs(heard[-4800:]).max(), (
            "from silence, not in its midst"
        )


async def test_a_graceful_end_is_gone_on_with_too(engine: Engine) -> None:
    async with opened(engine) as first:
        await first.playback.play(HOME, Wish("rain"))
        await first.close()
        async with opened(engine, first) as house:
            await house.restore.begin()
            await until(lambda: house.playback.now_playing(1))


async def test_a_paused_one_comes_back_paused_where_it_was(engine: Engine) -> None:
    first = await killed_while_playing(engine, paused=True)
    at_s = first.store.kept[1].position_frames / 48_000
    first.clock.advance(300.0)
    async with opened(engine, first) as house:
        await house.restore.begin()
        await until(lambda: house.playback.now_playing(1))
        assert house.display.shown[1].paused
        assert abs(house.session().stream.position_s - at_s) < 3.0
        await house.playback.resume(INSIDE)
        assert not house.display.shown[1].paused


async def test_one_whose_time_has_passed_stays_silent(engine: Engine) -> None:
    first = await killed_while_playing(engine, minutes=5)
    first.clock.advance(301.0)
    async with opened(engine, first) as house:
        await house.restore.begin()
        await settle()
        assert house.links.links == []
        assert house.store.kept == {}
        assert house.display.over == [(1, PANEL)]


async def test_an_empty_room_is_waited_for_as_always(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.waiting[10] = 0
        await house.restore.begin()
        await house.wind(EMPTY_S - 1.0)
        assert house.store.kept
        await house.wind(2.0)
        assert house.links.links == []
        assert house.store.kept == {}
        assert house.display.over == [(1, PANEL)]


async def test_somebody_returning_in_time_brings_it_back(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.waiting[10] = 0
        await house.restore.begin()
        await house.wind(EMPTY_S - 5.0)
        house.links.waiting[10] = 1
        house.restore.room_changed(1)
        await until(lambda: house.playback.now_playing(1))


async def test_a_channel_that_is_gone_is_forgotten(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.rooms.clear()
        await house.restore.begin()
        await settle()
        assert house.store.kept == {}


async def test_a_server_in_an_outage_is_waited_for(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.outages.add(1)
        await house.restore.begin()
        await house.wind(60.0)
        assert house.store.kept
        house.links.outages.clear()
        house.restore.guild_available(1)
        await until(lambda: house.playback.now_playing(1))


async def test_a_room_that_lets_nobody_in_is_knocked_at_again(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.closed.add(10)
        await house.restore.begin()
        await house.wind(1.0)
        house.links.closed.clear()
        await house.wind(5.0)
        await until(lambda: house.playback.now_playing(1))


async def test_a_room_is_knocked_at_while_somebody_waits_in_it(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.closed.add(10)
        await house.restore.begin()
        for _ in range(8):
            await house.wind(30.0)
        assert house.store.kept, "nobody asked it to give up"
        house.links.closed.clear()
        await house.wind(30.0)
        await until(lambda: house.playback.now_playing(1))


async def test_a_room_that_lets_nobody_in_is_given_up_when_nobody_waits(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.links.closed.add(10)
        await house.restore.begin()
        await house.wind(1.0)
        house.links.waiting[10] = 0
        for _ in range(3):
            await house.wind(30.0)
        await until(lambda: not house.store.kept)


async def test_a_second_ready_brings_nothing_back_twice(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        await house.restore.begin()
        await until(lambda: house.playback.now_playing(1))
        await house.playback.stop(INSIDE)
        await house.restore.begin()
        await settle()
        assert len(house.links.links) == 1


async def test_whoever_asks_first_after_the_start_has_the_room(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        await house.playback.play(HOME, Wish("ocean waves"))
        await house.restore.begin()
        await settle()
        now = house.playback.now_playing(1)
        assert now is not None
        assert now.title == "Ocean waves"
        assert house.store.kept[1].plan == house.session().stream.plan


async def test_a_store_that_cannot_be_read_leaves_it_silent_and_untouched(engine: Engine) -> None:
    first = await killed_while_playing(engine)
    async with opened(engine, first) as house:
        house.store.broken = True
        await house.restore.begin()
        await settle()
        house.store.broken = False
        assert house.links.links == []
        assert house.store.kept
