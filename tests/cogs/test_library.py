"""/library, as people browse, play, keep and block; and sounds offered while they type."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simcord
from PIL import Image

from bot.audio.library import Library, Trigger
from bot.gateway.client import Hush
from bot.gateway.library_pages import SOUNDS_A_PAGE, press_id
from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, parts, shown
from tests.cogs.room import opened_world, refused, said, sits_in
from tests.gateway.restarts import restarted

FAMILIES = Library.load().families
MOST_COMPONENTS = 40
SMALL_BYTES = 60_000
"""A page of pictures on a phone's data in the dark."""


def services(world: World):
    assert isinstance(world.bot, Hush)
    return world.bot.services


async def opened(world: World, category: str | None = None, who: Any = None) -> simcord.ResponseMessage:
    options = {} if category is None else {"category": category}
    return answered(await (who or world.sitter).slash(world.text, "library", **options))


async def turned_to(world: World, message: simcord.ResponseMessage, sound_id: str) -> int:
    """Turn a family's first page to that of one sound; return its number."""
    [family] = [f for f, sounds in FAMILIES.items() if sound_id in [s.id for s in sounds]]
    number = [s.id for s in FAMILIES[family]].index(sound_id) // SOUNDS_A_PAGE
    for to in range(1, number + 1):
        await world.sitter.click(message, custom_id=press_id("later", "", family, to))
    return number


def kinds(world: World, message: simcord.ResponseMessage) -> dict[str, str]:
    """Return the shelves a message offers, and what it says of each."""
    [select] = [part for part in parts(world, message) if "options" in part]
    return {option["value"]: option["description"] for option in select["options"]}


def pictures(world: World, message: simcord.ResponseMessage) -> list[int]:
    """Return the sizes of the pictures a message has now, bytes."""
    attachments = world.env.backend.get_message(message.channel_id, message.id).attachments
    assert all(attachment["filename"].endswith(".webp") for attachment in attachments)
    return [attachment["size"] for attachment in attachments]


async def test_at_a_glance_every_family_and_how_to_go_on(world: World) -> None:
    message = await opened(world)
    offered = kinds(world, message)
    assert list(offered) == list(FAMILIES), "no favourites before there is one, no recordings"
    for family, sounds in FAMILIES.items():
        assert sounds[0].name in offered[family]
    assert offered["water"] == "Heavy rain, Light rain, Mountain stream and 8 more"
    await world.sitter.select(message, ["water"], custom_id=press_id("open"))
    assert FAMILIES["water"][0].description in shown(world, message)


@pytest.mark.parametrize("family", ["water", "hands"])
async def test_a_family_page_by_page_has_every_sound_with_picture_line_and_label(
    world: World, family: str
) -> None:
    message = await opened(world, family)
    sounds = FAMILIES[family]
    n_pages = -(-len(sounds) // SOUNDS_A_PAGE)
    for number in range(n_pages):
        here = sounds[number * SOUNDS_A_PAGE : (number + 1) * SOUNDS_A_PAGE]
        text, components = shown(world, message), parts(world, message)
        assert len(components) <= MOST_COMPONENTS
        assert all(f"**{sound.name}**\n{sound.description}\n-# " in text for sound in here)
        alts = [part["description"] for part in components if part["type"] == 11]
        assert [f"of {sound.name} as a picture" in alt for sound, alt in zip(here, alts, strict=True)]
        assert buttons(world, message).count("Play") == len(here)
        sizes = pictures(world, message)
        assert len(sizes) == len(here)
        assert sum(sizes) < SMALL_BYTES
        if number < n_pages - 1:
            await world.sitter.click(message, custom_id=press_id("later", "", family, number + 1))


async def test_evidence_is_said_in_words(world: World) -> None:
    for family, sounds in FAMILIES.items():
        text = shown(world, await opened(world, family))
        for sound in sounds[:SOUNDS_A_PAGE]:
            label = {"controlled": "Tested in", "single-study": "One study", "tradition": "Tradition"}
            assert f"{sound.description}\n-# {label[sound.evidence]}" in text


async def test_a_name_does_as_well_as_an_id_and_others_are_told_what_there_is(world: World) -> None:
    assert "Heavy rain" in shown(world, await opened(world, "WATER "))
    result = await world.sitter.slash(world.text, "library", category="engines")
    assert refused(world, result).startswith("I don't have that kind of sound. I have ")


@pytest.mark.parametrize("typed", ["", "WAT", "zzz"])
async def test_categories_are_offered_while_typing(world: World, typed: str) -> None:
    offered = await world.sitter.autocomplete(world.text, "library", "category", typed)
    assert {"name": "Water", "value": "water"} in offered


async def test_play_plays_it_where_the_person_sits(world: World) -> None:
    message = await opened(world, "water")
    page = await turned_to(world, message, "rain")
    result = await world.sitter.click(message, custom_id=press_id("play", "rain", "water", page))
    assert said(result).startswith("**Rain** at volume 60.")
    assert sits_in(world, world.lantern)
    assert services(world).playback.now_playing(world.guild.id).title == "Rain"
    elsewhere = await opened(world, "water", world.caller)
    first = FAMILIES["water"][0].id
    result = await world.caller.click(elsewhere, custom_id=press_id("play", first, "water", 0))
    assert refused(world, result).startswith("You are not in a voice channel yet.")


async def test_favourites_are_kept_shown_first_and_taken_back(world: World) -> None:
    message = await opened(world, "water")
    sound = FAMILIES["water"][1]
    await world.sitter.click(message, custom_id=press_id("favourite", sound.id, "water", 0))
    assert f"**★ {sound.name}**" in shown(world, message)
    assert kinds(world, await opened(world))["favourites"] == sound.name
    assert "favourites" not in kinds(world, await opened(world, who=world.caller)), "nobody else's"
    mine = await opened(world, "favourites")
    assert sound.description in shown(world, mine)
    await world.sitter.click(mine, custom_id=press_id("unfavourite", sound.id, "favourites", 0))
    assert "Nothing here yet." in shown(world, mine)
    assert await services(world).favourites.of(world.sitter.id) == frozenset()


async def test_blocked_ones_are_shown_as_blocked_and_cannot_be_played(world: World) -> None:
    message = await opened(world, "water")
    sound = FAMILIES["water"][0].id
    await world.sitter.click(message, custom_id=press_id("block", sound, "water", 0))
    assert "Blocked: it never plays where you listen." in shown(world, message)
    [play] = [p for p in parts(world, message) if p.get("custom_id") == press_id("play", sound, "water", 0)]
    assert play["disabled"]
    assert await services(world).blocks.blocked(world.sitter.id) == {sound}
    await world.sitter.click(message, custom_id=press_id("unblock", sound, "water", 0))
    assert "Blocked" not in shown(world, message)


async def test_blocking_what_plays_fades_it_out_at_once(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.sitter.slash(world.text, "layer add", sound="waves")
    message = await opened(world, "water")
    page = await turned_to(world, message, "waves")
    await world.sitter.click(message, custom_id=press_id("block", "waves", "water", page))
    session = services(world).playback._sessions.playing(world.guild.id)
    assert [layer.trigger for layer in session.stream.plan.mix.layers] == ["rain"]


async def test_in_direct_messages_there_is_nothing_to_play_in(world: World) -> None:
    result = await world.caller.user.slash("library", category="water")
    message = result.response
    assert message is not None
    assert "Heavy rain" in shown(world, message)
    assert "Play" not in buttons(world, message)
    assert "Favourite" in buttons(world, message)


async def test_every_control_works_after_a_restart(tmp_path: Path) -> None:
    async with opened_world(tmp_path / "one") as world:
        message = await opened(world, "water")
        await world.bot.close()
        async with restarted(world, tmp_path / "one"):
            sound = FAMILIES["water"][0]
            await world.sitter.click(message, custom_id=press_id("favourite", sound.id, "water", 0))
            assert f"**★ {sound.name}**" in shown(world, message)
            await world.sitter.click(message, custom_id=press_id("later", "", "water", 1))
            assert FAMILIES["water"][SOUNDS_A_PAGE].name in shown(world, message)


async def test_a_servers_own_recordings_come_last_and_only_there(world: World, tmp_path: Path) -> None:
    library = services(world).library
    rain = library.triggers["rain"]
    own = rain.model_copy(
        update={"id": "own-0a0b0c0d0e0f", "name": "Porch rain", "server": world.guild.id, "synonyms": ()}
    )
    folder = tmp_path / "water"
    folder.mkdir()
    (folder / f"{own.id}.opus").write_bytes(library.audio_file("rain").read_bytes())
    other = rain.model_copy(update={"id": "own-ffffffffffff", "name": "Their rain", "server": 1})
    for trigger in (own, other):
        library.add(trigger, folder)
    message = await opened(world)
    assert list(kinds(world, message).items())[-1] == ("own", "Porch rain")
    assert "Their rain" not in str(kinds(world, message))
    await world.sitter.select(message, ["own"], custom_id=press_id("open"))
    assert len(pictures(world, message)) == 1
    result = await world.sitter.click(message, custom_id=press_id("play", own.id, "own", 0))
    assert said(result).startswith("**Porch rain** at volume 60.")
    await world.sitter.slash(world.text, "layer add", sound="fan")
    softer = await world.sitter.slash(world.text, "layer volume", sound=own.id, volume=20)
    assert said(softer) == "That one is at 20 now."
    in_dm = await world.caller.user.slash("library")
    assert in_dm.response is not None
    assert "own" not in kinds(world, in_dm.response)


async def test_what_is_gone_is_said(world: World) -> None:
    message = await opened(world, "water")
    library = services(world).library
    gone: Trigger = FAMILIES["water"][0]
    folder = library.folders[gone.id]
    library.remove(gone.id)
    try:
        result = await world.sitter.click(message, custom_id=press_id("favourite", gone.id, "water", 0))
        assert not world.env.errors
        assert result.followups[0].content.startswith("I don't have that sound.")
    finally:
        library.add(gone, folder)


async def test_pictures_are_dark_and_differ(world: World) -> None:
    found = await services(world).portraits.of(["rain", "wood-tapping", "white-noise", "no-such-sound"])
    assert list(found) == ["rain", "wood-tapping", "white-noise"]
    seen = [np.asarray(Image.open(io.BytesIO(picture)).convert("L"), float) for picture in found.values()]
    assert all(picture.shape == (160, 160) for picture in seen)
    assert all(picture.mean() < 130 for picture in seen), "even plain noise is no lamp in the dark"
    assert np.abs(seen[0] - seen[1]).mean() > 10
    assert all(len(picture) < SMALL_BYTES / SOUNDS_A_PAGE for picture in found.values())


@pytest.mark.parametrize("command", ["play", "layer add", "block", "focus"])
async def test_favourites_come_first_while_typing(world: World, command: str) -> None:
    await services(world).favourites.add(world.sitter.id, "rain-window")
    for typed in ("", "rai"):
        offered = await world.sitter.autocomplete(world.text, command, "sound", typed)
        assert offered[0]["value"] == "rain-window"
    offered = await world.caller.autocomplete(world.text, command, "sound", "rai")
    assert offered[0]["value"] == "rain"


async def test_a_favourite_does_not_push_in_where_it_is_not_meant(world: World) -> None:
    await services(world).favourites.add(world.sitter.id, "waves")
    offered = await world.sitter.autocomplete(world.text, "play", "sound", "rain")
    assert offered[0]["name"].startswith("Rain")


async def test_favourites_are_forgotten_with_everything_else(world: World) -> None:
    favourites = services(world).favourites
    await favourites.add(world.sitter.id, "waves")
    await services(world).privacy.delete(world.sitter.id)
    assert await favourites.of(world.sitter.id) == frozenset()
