from bot.sandbox.world import World
from tests.cogs.room import refused, said
from tests.cogs.test_listening import now


async def set_room(world: World, **options: object):
    wanted = {"channel": world.lantern, "sound": "rain", "from": "0:00", "to": "23:59"} | options
    return await world.moderator.slash(world.text, "sleeproom set", **wanted)


async def test_a_channel_plays_by_itself_once_it_was_set(world: World) -> None:
    assert refused(world, await set_room(world)).startswith("I don't know which clock you mean yet.")
    await world.moderator.slash(world.text, "timezone", zone="Europe/Berlin")
    words = said(await set_room(world))
    assert "plays **Rain** from 00:00 to 23:59" in words
    assert "Europe/Berlin" in words
    await world.bot.wait_for(
        "voice_state_update", check=lambda member, *_: member.id == world.bot_id, timeout=20.0
    )
    listed = said(await world.moderator.slash(world.text, "sleeproom list"))
    assert "00:00–23:59 · Rain" in listed
    assert "cleared" not in said(
        await world.moderator.slash(world.text, "sleeproom clear", channel=world.attic)
    )
    cleared = said(await world.moderator.slash(world.text, "sleeproom clear", channel=world.lantern))
    assert "no longer begins by itself" in cleared
    assert now(world) is None or now(world).title == "Rain"


async def test_a_window_without_length_and_an_unknown_sound_are_refused(world: World) -> None:
    await world.moderator.slash(world.text, "timezone", zone="Europe/Berlin")
    words = refused(world, await set_room(world, **{"from": "22:00", "to": "10 pm"}))
    assert words.startswith("Both times are the same.")
    assert "don't have that sound" in refused(world, await set_room(world, sound="xylophone quartet"))


async def test_before_anything_is_set_the_list_teaches(world: World) -> None:
    assert "No channel plays by itself yet." in said(
        await world.moderator.slash(world.text, "sleeproom list")
    )
