import io
import re
from pathlib import Path

import simcord
from PIL import Image

from bot.audio.codec import decode
from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, ids_of, shown
from tests.cogs.room import left, sits_in
from tests.gateway.panel_reading import panels_in, until
from tests.gateway.restarts import as_killed_now, restarted


async def begun(world: World, member: simcord.MemberActor) -> simcord.ResponseMessage:
    world.env.settle_timeout = 60.0  # two sounds are rendered, and the machine may be busy
    message = answered(await member.slash(world.text, "discover"))
    await member.click(message, label="Begin")
    return message


async def rate(
    world: World, message: simcord.ResponseMessage, member: simcord.MemberActor, pleasant: str, tingled: str
) -> None:
    await member.click(message, label=pleasant)
    assert "did one of them tingle" in message.content
    await member.click(message, label=tingled)


def pair_of(world: World, message: simcord.ResponseMessage) -> tuple[str, str]:
    first = next(i for i in ids_of(world, message) if i.startswith("care:heard:"))
    return first.split(":")[4], first.split(":")[5]


async def test_it_begins_with_a_warm_word_about_not_tingling(world: World) -> None:
    message = answered(await world.caller.slash(world.text, "discover"))
    assert "For most people nothing tingles, ever. Calm is enough" in message.content
    assert buttons(world, message) == ["Begin"]


async def test_outside_voice_a_pair_comes_as_two_files_without_names(world: World) -> None:
    message = await begun(world, world.caller)
    assert [a.filename for a in message.attachments] == ["first.ogg", "second.ogg"]
    for attachment in message.attachments:
        pcm = decode(await attachment.read())
        assert 19.0 <= len(pcm) / 48_000 <= 21.0
        assert abs(pcm[:480]).max() < 0.001, "from silence"
        assert abs(pcm).max() > 0.001
    names = world.bot.services.sounds.names
    assert not any(names[sound] in message.content for sound in pair_of(world, message))
    assert buttons(world, message) == ["First", "Second", "Both", "Neither", "Enough for now"]


async def test_alone_in_a_voice_channel_the_pair_plays_there_blind(world: World) -> None:
    ears = await world.listen()
    message = await begun(world, world.sitter)
    assert message.attachments == []
    assert "Listen: two sounds" in message.content
    assert sits_in(world, world.lantern)
    frames = await ears.hear(200)
    assert len({frame.opus for frame in frames}) > 50
    assert panels_in(world, world.lantern) == [], "no panel that says a name"
    first, second = pair_of(world, message)
    playing = world.bot.services.playback._sessions.playing(world.guild.id)
    assert playing.stream.plan.mix.layers[0].trigger == first
    now = world.bot.services.playback.now_playing(world.guild.id)
    assert now.title == "A sound without its name", "nor a channel's status"
    await world.advance(20.5)
    await until(world, lambda: playing.stream.plan.mix.layers[0].trigger == second)
    assert world.bot.services.playback.now_playing(world.guild.id).title == now.title
    await world.advance(20.5)
    await until(world, lambda: playing.stream.paused)
    await world.sitter.click(message, label="Enough for now")
    await left(world)


async def test_what_is_asked_for_by_name_meanwhile_plays_on(world: World) -> None:
    message = await begun(world, world.sitter)
    await world.sitter.slash(world.text, "play", sound="rain")
    playback = world.bot.services.playback
    await world.advance(45.0)
    now = playback.now_playing(world.guild.id)
    assert (now.title, now.paused) == ("Rain", False)
    await world.sitter.click(message, label="Enough for now")
    await world.advance(5.0)
    assert playback.now_playing(world.guild.id).title == "Rain"
    await world.sitter.slash(world.text, "stop")
    await left(world)


async def test_with_company_in_the_room_nobody_else_has_to_listen(world: World) -> None:
    await world.caller.join_voice(world.lantern)
    message = await begun(world, world.sitter)
    assert len(message.attachments) == 2
    assert not sits_in(world, world.lantern)


async def test_answers_become_suggestions_with_reasons(world: World) -> None:
    message = await begun(world, world.sitter)
    for _ in range(4):
        await rate(world, message, world.sitter, "Both", "Neither")
        if "This is what I would play you." in message.content:
            break
    else:
        await world.sitter.click(message, label="Enough for now")
    assert "This is what I would play you." in message.content
    assert re.search(r"\*\*.+\*\*: pleasant (when|\d of \d times) you heard it", message.content)
    assert "Nothing has tingled. That is how it is for most people" in message.content
    assert message.attachments == []


async def test_it_never_takes_more_than_twelve_pairs(world: World) -> None:
    message = await begun(world, world.sitter)
    n_pairs = 0
    while "This is what I would play you." not in message.content:
        await rate(world, message, world.sitter, "First" if n_pairs % 2 else "Neither", "Neither")
        n_pairs += 1
        assert n_pairs <= 12
    assert n_pairs >= 4


async def test_tingles_shows_a_picture_with_words_for_it(world: World) -> None:
    message = await begun(world, world.sitter)
    await rate(world, message, world.sitter, "First", "First")
    await world.sitter.click(message, label="Enough for now")
    profile = answered(await world.sitter.slash(world.text, "tingles"))
    text = shown(world, profile)
    assert text.startswith("## What suits you")
    assert "One sound tingled." in text
    [attachment] = profile.attachments
    with Image.open(io.BytesIO(await attachment.read())) as picture:
        assert picture.size[0] == 720
    stored = world.env.backend.get_message(profile.channel_id, profile.id)
    item = str(stored.components).split("'description': ")[1]
    assert re.search(r"pleasant \d+ %, tingles \d+ %", item)


async def test_tingles_before_anything_is_known_teaches(world: World) -> None:
    profile = answered(await world.caller.slash(world.text, "tingles"))
    assert shown(world, profile).startswith("I know nothing about you yet, and that's fine.")


async def test_a_test_goes_on_after_a_restart(world: World, tmp_path: Path) -> None:
    message = await begun(world, world.sitter)
    await rate(world, message, world.sitter, "Both", "Neither")
    copy = as_killed_now(tmp_path)
    await world.bot.close()
    async with restarted(world, copy):
        await world.sitter.click(message, label="Both")
        assert "did one of them tingle" in message.content
        await world.sitter.click(message, label="Enough for now")
        assert "pleasant" in message.content
