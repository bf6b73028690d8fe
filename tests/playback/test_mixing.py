"""Layers, presets, the arc and the blend: what becomes of a mix, whoever wishes what."""

from datetime import timedelta

import pytest

from bot.audio.code import encode
from bot.audio.mix import Layer, Mix
from bot.core.errors import Refusal
from bot.playback.layers import gain_db, percent_of
from bot.playback.model import Wish
from bot.playback.tastes import Taste
from tests.playback.house import HOME, INSIDE, OUTSIDE, House, opened, settle


def sounding(house: House) -> list[str]:
    """Return what is heard, blocked sounds left out."""
    return [layer.trigger for layer in house.session().stream.plan.mix.layers]


@pytest.mark.parametrize("percent", [0, 1, 10, 50, 60, 99, 100])
def test_a_layers_volume_is_read_as_it_was_set(percent: int) -> None:
    assert percent_of(gain_db(percent)) == (percent if percent > 3 else 0)


async def test_layers_come_change_and_go(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    now = await house.playback.add_layer(INSIDE, "sea", volume=50, place="left")
    assert now.title == "Rain · Ocean waves"
    assert sounding(house) == ["rain", "ocean-waves"]
    now = await house.playback.change_layer(INSIDE, "rain", volume=20)
    assert now.mix is not None
    assert percent_of(now.mix.layers[0].gain_db) == 20
    now = await house.playback.remove_layer(INSIDE, "drizzle")
    assert now.title == "Ocean waves"
    assert sounding(house) == ["ocean-waves"]


@pytest.mark.parametrize(
    ("wish", "key"),
    [
        (lambda p: p.add_layer(INSIDE, "rain"), "layer.refused.there_already"),
        (lambda p: p.remove_layer(INSIDE, "sea"), "layer.refused.not_there"),
        (lambda p: p.change_layer(INSIDE, "sea", volume=3), "layer.refused.not_there"),
        (lambda p: p.remove_layer(INSIDE, "rain"), "layer.refused.last"),
        (lambda p: p.add_layer(OUTSIDE, "sea"), "listener.refused.outside"),
        (lambda p: p.add_layer(INSIDE, "xylophone"), "play.refused.unknown"),
        (lambda p: p.set_timer(INSIDE, 5, arc=True), "timer.refused.arc"),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(house: House, wish, key: str) -> None:
    await house.playback.play(HOME, Wish("rain"))
    before = house.session().plan
    with pytest.raises(Refusal) as refusal:
        await wish(house.playback)
    assert refusal.value.key == key
    assert house.session().plan == before


async def test_a_preset_and_a_code_are_played_like_a_sound(house: House) -> None:
    mix = Mix((Layer("ocean-waves", -6.0), Layer("rain")))
    await house.presets.save(7, "My  sea", mix)
    by = INSIDE.__class__(1, 10, user_id=7)
    for wish in ("my sea", encode(mix)):
        await house.playback.play(HOME, Wish(wish), by=by)
        assert house.session().plan.mix == mix
    await house.playback.play(HOME, Wish("sea RAIN"), by=by)
    assert sounding(house) == ["ocean-waves", "rain"]


async def test_presets_of_others_are_not_found(house: House) -> None:
    await house.presets.save(7, "Mine", Mix((Layer("rain"),)))
    assert await house.presets.find(8, "Mine") is None
    assert list(await house.presets.own(8)) == []


async def test_a_shared_code_is_loaded_under_its_sounds_names(house: House) -> None:
    await house.presets.save(7, "Mine", Mix((Layer("rain"), Layer("ocean-waves", -3.0))))
    _, code = await house.presets.share(7, "mine")
    loaded = await house.presets.load(8, code, None)
    assert loaded.name == "Rain · Ocean waves"
    assert list(await house.presets.own(8)) == [loaded.name]


async def test_a_block_keeps_a_sound_out_while_that_person_is_there(house: House) -> None:
    await house.tastes.add(Taste.BLOCKED, 7, "rain")
    await house.playback.play(HOME, Wish("sea rain"))
    assert sounding(house) == ["ocean-waves", "rain"]
    house.links.people[HOME.channel_id] = frozenset({7, 8})
    house.playback.room_changed(1)
    await settle()
    assert sounding(house) == ["ocean-waves"]
    assert [layer.trigger for layer in house.session().plan.mix.layers] == ["ocean-waves", "rain"], (
        "still wished"
    )
    house.links.people[HOME.channel_id] = frozenset({8})
    house.playback.room_changed(1)
    await settle()
    assert sounding(house) == ["ocean-waves", "rain"]


async def test_when_nothing_is_left_it_is_silent_until_they_leave(house: House) -> None:
    await house.tastes.add(Taste.BLOCKED, 7, "rain")
    await house.playback.play(HOME, Wish("rain"))
    house.links.people[HOME.channel_id] = frozenset({7})
    house.playback.room_changed(1)
    await settle()
    assert house.session().stream.paused
    assert not house.playback.now_playing(1).paused, "nobody paused it"
    house.links.people[HOME.channel_id] = frozenset()
    house.playback.room_changed(1)
    await settle()
    assert not house.session().stream.paused


async def test_what_somebody_there_blocked_is_neither_begun_nor_added(house: House) -> None:
    await house.tastes.add(Taste.BLOCKED, 7, "rain")
    house.links.people[HOME.channel_id] = frozenset({7})
    with pytest.raises(Refusal, match="not_here"):
        await house.playback.play(HOME, Wish("rain"))
    await house.playback.play(HOME, Wish("sea"))
    with pytest.raises(Refusal, match="not_here"):
        await house.playback.add_layer(INSIDE, "rain")


async def test_a_database_that_does_not_answer_breaks_no_promise_it_knew_of(house: House) -> None:
    await house.tastes.add(Taste.BLOCKED, 7, "rain")
    assert await house.blocks.blocked(7) == {"rain"}
    house.tastes.fails = True
    assert await house.blocks.blocked(7) == {"rain"}


async def test_an_arc_ends_with_the_timer_and_comes_back_after_a_restart(house: House, engine) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    now = await house.playback.set_timer(INSIDE, 60, arc=True)
    assert now.arc
    assert now.ends_at == house.clock.now() + timedelta(minutes=60)
    arc = house.session().plan.arc
    await house.ledger.close()
    async with opened(engine, before=house) as later:
        await later.restore.begin()
        await settle()
        assert later.session().plan.arc == arc
    now = await house.playback.set_timer(INSIDE, 60)
    assert not now.arc


async def test_muting_near_the_end_of_an_arc_gives_a_quarter_of_an_hour(house: House) -> None:
    await house.playback.play(HOME, Wish("rain", minutes=0))
    await house.playback.set_timer(INSIDE, 30, arc=True)
    assert not house.playback.still_awake(1, HOME.channel_id), "not yet"
    arc = house.session().plan.arc
    assert arc is not None
    house.session().set_arc(arc.from_here(0, 0.95, 90 * 48_000))
    before = house.session().end.at
    assert before is not None
    assert not house.playback.still_awake(1, 999), "somebody elsewhere"
    assert house.playback.still_awake(1, HOME.channel_id)
    now = house.playback.now_playing(1)
    assert now is not None
    assert now.ends_at == before + timedelta(minutes=15)
    longer = house.session().plan.arc
    assert longer is not None
    assert longer.progress(0) == pytest.approx(0.6, abs=0.01)
