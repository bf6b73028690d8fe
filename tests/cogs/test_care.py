import re

import discord
import pytest
import simcord

from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, ids_of, shown
from tests.cogs.room import left, refused, said, sits_in


async def ideas(
    world: World, feeling: str = "stressed", minutes: int = 10, *, member: simcord.MemberActor | None = None
) -> simcord.ResponseMessage:
    asker = member or world.sitter
    return answered(await asker.slash(world.text, "pair", feeling=feeling, minutes=minutes))


async def start(world: World, message: simcord.ResponseMessage, member: simcord.MemberActor) -> list[str]:
    """Press the first Start; return its arguments: pairing, minutes, sound."""
    first = next(i for i in ids_of(world, message) if i.startswith("care:start:"))
    await member.click(message, custom_id=first)
    return first.split(":")[3:]


async def test_three_ideas_each_with_a_reason_and_a_source(world: World) -> None:
    message = await ideas(world)
    text = shown(world, message)
    assert text.startswith("## Stressed, 10 minutes")
    assert len(re.findall(r"^Because .+\.$", text, re.MULTILINE)) == 3
    # Each says once how well its claim is supported: as its reason, or before the claim.
    labels = r"tested in controlled studies|one study|tradition, not studied"
    for idea in re.split(r"^\*\*", text, flags=re.MULTILINE)[1:]:
        assert len(re.findall(labels, idea.lower())) == 1
    assert buttons(world, message).count("Start") == 3


async def test_one_press_starts_sound_and_guide_and_it_ends_by_itself(world: World) -> None:
    ears = await world.listen()
    message = await ideas(world)
    _, minutes, *_ = await start(world, message, world.sitter)
    text = shown(world, message)
    assert re.search(r"Ends by itself <t:\d+:R>", text)
    assert "Playing: " in text
    assert sits_in(world, world.lantern)
    frames = await ears.hear(200)
    assert len({frame.opus for frame in frames}) > 50, "sound, not silence packets"
    await world.advance(int(minutes) * 60.0 + 2.0)
    assert "How is it now?" in shown(world, message)
    assert buttons(world, message) == ["Calmer", "No change", "Not for me"]


async def test_the_guide_moves_on_by_itself(world: World) -> None:
    message = await ideas(world, "fine", member=world.caller)
    _, minutes, *_ = await start(world, message, world.caller)
    seen = []
    for _ in range(12):
        seen.append(re.findall(r"^### (.+)$", shown(world, message), re.MULTILINE))
        await world.advance(int(minutes) * 60.0 / 12)
    assert len({tuple(caption) for caption in seen}) >= 3


async def test_without_a_voice_channel_it_is_a_guide_in_words(world: World) -> None:
    message = await ideas(world, member=world.caller)
    await start(world, message, world.caller)
    text = shown(world, message)
    assert "Ends by itself" in text
    assert "Playing" not in text


async def test_where_hush_may_not_speak_it_says_so_and_goes_on_in_words(world: World) -> None:
    await world.deny(world.lantern, speak=True)
    message = await ideas(world)
    await start(world, message, world.sitter)
    assert "I can't speak in #Lantern Room yet." in shown(world, message)
    assert "Ends by itself" in shown(world, message)


async def test_pause_go_on_slower_and_stop(world: World) -> None:
    message = await ideas(world)
    await start(world, message, world.sitter)
    [ends_before] = re.findall(r"<t:(\d+):R>", shown(world, message))
    await world.sitter.click(message, label="Pause")
    assert "Paused. Take your time." in shown(world, message)
    await world.advance(60.0)
    await world.sitter.click(message, label="Go on")
    [ends_after] = re.findall(r"<t:(\d+):R>", shown(world, message))
    assert int(ends_after) - int(ends_before) == pytest.approx(60, abs=2)
    await world.sitter.click(message, label="Slower")
    [ends_slower] = re.findall(r"<t:(\d+):R>", shown(world, message))
    assert int(ends_slower) > int(ends_after) + 30
    await world.sitter.click(message, label="Stop")
    assert "Stopped. That's fine too." in shown(world, message)
    await left(world)


async def test_stopping_a_guide_leaves_what_played_before(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="waves", minutes=0)
    message = await ideas(world)
    await start(world, message, world.sitter)
    assert "Playing: Ocean waves" in shown(world, message)
    await world.sitter.click(message, label="Stop")
    await world.advance(10.0)
    assert sits_in(world, world.lantern)


async def test_not_for_me_is_remembered(world: World) -> None:
    message = await ideas(world)
    no = next(i for i in ids_of(world, message) if i.startswith("care:not:"))
    refused_id = no.split(":")[3]
    await world.sitter.click(message, custom_id=no)
    for _ in range(3):
        assert not any(refused_id in i for i in ids_of(world, message))
        await world.sitter.click(message, label="Other ideas")
    again = await ideas(world)
    assert not any(refused_id in i for i in ids_of(world, again))


async def test_other_ideas_are_others(world: World) -> None:
    message = await ideas(world)
    first = {i.split(":")[3] for i in ids_of(world, message) if i.startswith("care:start:")}
    await world.sitter.click(message, label="Other ideas")
    second = {i.split(":")[3] for i in ids_of(world, message) if i.startswith("care:start:")}
    assert not first & second


async def test_what_calmed_somebody_becomes_the_reason(world: World) -> None:
    message = await ideas(world)
    _, minutes, *_ = await start(world, message, world.sitter)
    await world.advance(int(minutes) * 60.0 + 2.0)
    await world.sitter.click(message, label="Calmer")
    assert shown(world, message) == "I'll think of it next time."
    text = shown(world, await ideas(world))
    assert re.search(r"Because (it made you calmer <t:\d+:R>|\w.* calmed you once this week)\.", text)


async def test_somebody_elses_evening_stays_theirs(world: World) -> None:
    message = await ideas(world)
    _, minutes, *_ = await start(world, message, world.sitter)
    await world.advance(int(minutes) * 60.0 + 2.0)
    await world.sitter.click(message, label="Calmer")
    text = shown(world, await ideas(world, member=world.caller))
    assert not re.search(r"^Because .*calme", text, re.MULTILINE)


async def test_a_long_one_goes_to_direct_messages(world: World) -> None:
    message = await ideas(world, "fine", 30, member=world.caller)
    starts = [i for i in ids_of(world, message) if i.startswith("care:start:") and int(i.split(":")[4]) > 12]
    await world.caller.click(message, custom_id=starts[0])
    assert shown(world, message).startswith("It is in your messages: https://")
    [direct] = world.dm.history()
    assert "Ends by itself" in shown(world, direct)
    await world.caller.user.click(direct, label="Pause")
    assert "Paused" in shown(world, direct)


async def test_closed_messages_are_said_with_what_to_do(world: World) -> None:
    world.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
    message = await ideas(world, "fine", 30, member=world.caller)
    starts = [i for i in ids_of(world, message) if i.startswith("care:start:") and int(i.split(":")[4]) > 12]
    result = await world.caller.click(message, custom_id=starts[0])
    told = result.followups[-1].content
    assert told.startswith("I can't write to you there. Allow direct messages")


@pytest.mark.parametrize(("typed", "title"), [("Can't sleep", "Can't sleep"), ("in-pain", "In pain")])
async def test_feelings_by_name_and_by_id(world: World, typed: str, title: str) -> None:
    assert shown(world, await ideas(world, typed)).startswith(f"## {title}, 10 minutes")


async def test_an_unknown_feeling_is_asked_for_kindly(world: World) -> None:
    result = await world.caller.slash(world.text, "pair", feeling="meh")
    assert refused(world, result).startswith("I don't know that word yet. Choose one of these: Can't sleep,")


async def test_feelings_are_offered_while_typing(world: World) -> None:
    offered = await world.caller.autocomplete(world.text, "pair", "feeling", "anx")
    assert offered == [{"name": "Anxious", "value": "anxious"}]
    assert len(await world.caller.autocomplete(world.text, "pair", "feeling", "")) == 10


async def test_learn_shows_a_page_with_sources_and_leads_to_the_next(world: World) -> None:
    message = answered(await world.caller.slash(world.text, "learn"))
    text = shown(world, message)
    assert text.startswith("## What ASMR is")
    assert "One study: [Poerio and others, 2022" in text
    await world.caller.click(message, label="What sets it off")
    assert shown(world, message).startswith("## What sets it off")


async def test_learn_about_something_unknown(world: World) -> None:
    result = await world.caller.slash(world.text, "learn", topic="whales")
    assert said(result).startswith("I have no page about that. I have What ASMR is, ")


@pytest.mark.parametrize("feeling", ["overwhelmed", "sad", "lonely"])
async def test_a_feeling_that_may_be_more_shows_help_first(world: World, feeling: str) -> None:
    result = await world.caller.slash(world.text, "pair", feeling=feeling)
    assert any(i.startswith("help:") for i in ids_of(world, answered(result)))
    [second] = result.followups
    assert second.ephemeral
    assert buttons(world, second).count("Start") == 3


async def test_help_is_one_press_away_from_every_idea(world: World) -> None:
    message = await ideas(world, "fine", member=world.caller)
    result = await world.caller.click(message, label="I need help")
    assert any(i.startswith("help:") for i in ids_of(world, answered(result)))


async def test_a_button_of_another_hush_says_that_it_is_over(world: World) -> None:
    channel = world.bot.get_channel(world.text.id)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(custom_id="care:somersault:v1:3", label="Later"))
    view.stop()
    message = await channel.send(view=view)
    result = await world.caller.click(message, label="Later")
    assert refused(world, result) == "This one has ended. You can begin it again with the command."
