"""What should sound is written down soon, in order, and the last state always lands."""

import asyncio
from datetime import timedelta

from bot.playback.model import PanelPlace, Wish
from tests.playback.house import EMPTY_S, EVENING, HOME, INSIDE, House, settle, soon, until


async def test_every_change_is_kept(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", volume=40))
    await house.playback.set_volume(INSIDE, 30)
    await house.playback.set_timer(INSIDE, 20)
    await house.playback.pause(INSIDE)
    house.playback.remember_panel(1, PanelPlace(10, 99))
    await settle()
    kept = house.store.kept[1]
    assert (kept.channel_id, kept.volume_percent, kept.paused) == (10, 30, True)
    assert kept.plan == house.session().stream.plan
    assert (kept.ends_at, kept.tail_s) == (EVENING + timedelta(minutes=20), 400.0)
    assert kept.panel == PanelPlace(10, 99)


async def test_nobody_waits_for_the_store_and_only_the_last_state_is_written(house: House) -> None:
    house.store.slow.clear()
    await soon(house.playback.play(HOME, Wish("rain")))
    await settle()
    for percent in range(1, 51):
        await soon(house.playback.set_volume(INSIDE, percent))
    assert house.store.kept == {}
    house.store.slow.set()
    await settle()
    assert house.store.kept[1].volume_percent == 50
    assert house.store.n_writes == 2


async def test_a_store_that_was_away_gets_the_last_state(house: House) -> None:
    house.store.broken = True
    await house.playback.play(HOME, Wish("rain"))
    await settle()
    await house.playback.set_volume(INSIDE, 33)
    await settle()
    house.store.broken = False
    await house.wind(10.0)
    assert house.store.kept[1].volume_percent == 33


async def test_a_stop_is_forgotten_at_once(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await settle()
    await house.playback.stop(INSIDE)
    await settle()
    assert house.store.kept == {}
    assert house.display.over == [(1, None)]


async def test_a_session_that_ran_out_is_forgotten(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    await settle()
    session = house.session()
    session.stream.set_end(3.0, 1.0)
    await soon(session.silent.wait())
    await settle()
    assert house.store.kept == {}


async def test_a_kick_is_forgotten(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    session = house.session()
    await house.links.last.cut()
    await soon(session.gone.wait())
    await settle()
    assert house.store.kept == {}


async def test_an_empty_room_is_forgotten(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    house.links.last.people = 0
    house.playback.room_changed(1)
    await house.wind(EMPTY_S + 0.1)
    await house.wind(0.1)
    await until(lambda: not house.store.kept)


async def test_an_ending_process_keeps_the_wish(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", volume=44))
    await house.close()
    assert house.store.kept[1].volume_percent == 44
    assert house.display.over == []


async def test_a_store_that_does_not_answer_holds_the_end_up_for_a_second_at_most(house: House) -> None:
    house.store.slow.clear()
    await house.playback.play(HOME, Wish("rain"))
    await house.sessions.close()
    began = asyncio.get_running_loop().time()
    await house.ledger.close()
    assert asyncio.get_running_loop().time() - began < 1.5
    house.store.slow.set()


async def test_a_moderators_move_is_kept(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.move(11)
    house.playback.room_changed(1)
    await settle()
    assert house.store.kept[1].channel_id == 11
