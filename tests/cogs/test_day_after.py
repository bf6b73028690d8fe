"""The day after a crisis: people, and nothing that leads or suggests; a sound asked for by name plays."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
import simcord

from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import World
from bot.support.decisions import HOLD_S
from tests.cogs.care_reading import answered, buttons, ids_of, shown
from tests.cogs.room import left, opened_world, sits_in
from tests.cogs.test_addressed import CRISIS
from tests.cogs.test_bedtime import at_local, evening, letters, tell, with_clock
from tests.gateway.panel_reading import until

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ALONE = "I leave ideas and exercises out until tomorrow"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened_world(tmp_path, SandboxClock(NOON, running=False)) as world:
        yield world


async def crisis(world: World, member: simcord.MemberActor) -> None:
    """Write the words in a direct message, and take the card that comes."""
    await member.user.send_dm(CRISIS)
    [card] = [m for m in member.user.dm_channel.history() if m.author.id == world.bot_id][-1:]
    assert "I'm glad you said it." in shown(world, card)


def is_card_alone(world: World, message: simcord.ResponseMessage) -> bool:
    """Whether a message is the help card, and each of its buttons the card's own."""
    ids = ids_of(world, message)
    return ALONE in shown(world, message) and bool(ids) and all(i.startswith("help:") for i in ids)


Door = Callable[[World], Awaitable[simcord.InteractionResult]]


def by_command(name: str, **options: object) -> Door:
    return lambda world: world.sitter.slash(world.text, name, **options)


COMMANDS = {
    "pair": by_command("pair", feeling="stressed"),
    "pair, a feeling that may be more": by_command("pair", feeling="sad"),
    "breathe": by_command("breathe"),
    "breathe, long": by_command("breathe", practice="coherent", minutes=20),
    "meditate": by_command("meditate"),
    "checkin": by_command("checkin"),
    "discover": by_command("discover"),
}


async def test_what_suggests_or_leads_answers_with_people_alone_for_a_day(world: World) -> None:
    await crisis(world, world.sitter)
    before = len(world.sitter.user.dm_channel.history())
    for when in (0.0, HOLD_S - 1.0):
        await world.advance(when)
        for name, door in COMMANDS.items():
            result = await door(world)
            assert is_card_alone(world, answered(result)), name
            assert result.followups == [], name
            assert not sits_in(world, world.lantern), name
    assert len(world.sitter.user.dm_channel.history()) == before
    await world.advance(1.0)
    for name, door in COMMANDS.items():
        result = await door(world)
        everything = [answered(result), *result.followups]
        assert not any(is_card_alone(world, message) for message in everything), name
    assert not world.env.errors


async def test_it_is_the_same_for_somebody_who_wants_no_offers(world: World) -> None:
    await world.bot.services.support.be_quiet(world.sitter.id, quiet=True)
    await crisis(world, world.sitter)
    assert is_card_alone(world, answered(await world.sitter.slash(world.text, "pair", feeling="stressed")))


async def test_nobody_elses_day_changes(world: World) -> None:
    await crisis(world, world.sitter)
    message = answered(await world.caller.slash(world.text, "pair", feeling="stressed"))
    assert buttons(world, message).count("Start") == 3


async def test_words_in_a_channel_count_as_well(world: World) -> None:
    await world.caller.send(world.text, f"<@{world.bot_id}> {CRISIS}")
    assert is_card_alone(world, answered(await world.caller.slash(world.text, "breathe")))


async def test_buttons_from_before_open_nothing_else(world: World) -> None:
    message = answered(await world.sitter.slash(world.text, "pair", feeling="stressed"))
    await crisis(world, world.sitter)
    for act in ("not", "more", "start"):
        pressed = next(i for i in ids_of(world, message) if i.startswith(f"care:{act}:"))
        result = await world.sitter.click(message, custom_id=pressed)
        assert is_card_alone(world, answered(result)), act
    assert not sits_in(world, world.lantern)


@pytest.mark.parametrize(("command", "label"), [("checkin", "Quite"), ("discover", "Begin")])
async def test_a_question_from_before_is_not_gone_on_with(world: World, command: str, label: str) -> None:
    message = answered(await world.caller.slash(world.text, command))
    await crisis(world, world.caller)
    assert is_card_alone(world, answered(await world.caller.click(message, label=label)))


async def test_a_guide_under_way_can_be_held_and_asks_nothing_at_its_end(world: World) -> None:
    message = answered(await world.sitter.slash(world.text, "breathe", practice="box", minutes=2))
    await crisis(world, world.sitter)
    await world.sitter.click(message, label="Pause")
    assert "Paused" in shown(world, message)
    await world.sitter.click(message, label="Go on")
    await world.advance(2 * 60.0 + 1.0)
    await until(world, lambda: shown(world, message).endswith("That was it."))
    assert buttons(world, message) == []


async def test_a_sound_asked_for_by_name_plays(world: World) -> None:
    await crisis(world, world.sitter)
    result = await world.sitter.slash(world.text, "play", sound="rain")
    assert "**Rain** at volume" in result.response.content
    assert sits_in(world, world.lantern)
    await world.sitter.slash(world.text, "stop")
    await left(world)


async def test_help_names_people_first_and_no_closed_door(world: World) -> None:
    await crisis(world, world.caller)
    told = shown(world, answered(await world.caller.slash(world.text, "help")))
    assert told.index("`/support`") < told.index("`/play`")
    assert not any(door in told for door in ("/pair", "/breathe", "/checkin", "/discover", "/bedtime"))


async def test_the_reminder_comes_plainly_with_people_one_press_away(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    await crisis(world, world.caller)
    await at_local(world, 22, 30)
    letter = letters(world)[-1]
    assert shown(world, letter).startswith("You asked me to remind you of bed at <t:")
    assert "\n" not in shown(world, letter), "no line of the evening"
    assert buttons(world, letter) == ["In 10 min", "In 30 min", "Skip tonight", "Change", "Support"]
    result = await world.caller.user.click(letter, label="Support")
    assert "Whatever brought you here, it counts." in shown(world, result.response)
    await at_local(world, 22, 30, day=27)
    assert "Start my wind-down" in buttons(world, letters(world)[-1])


async def test_a_wind_down_is_its_sound_alone(world: World) -> None:
    routine = await world.caller.slash(world.text, "winddown edit")
    first = next(i for i in ids_of(world, routine.response) if ":first:" in i)
    await world.caller.select(routine.response, ["warm-and-heavy"], custom_id=first)
    reminder = await evening(world)
    await crisis(world, world.caller)
    await world.caller.join_voice(world.attic)
    start = next(i for i in ids_of(world, reminder) if ":winddown:" in i)
    await world.caller.user.click(reminder, custom_id=start)
    told = shown(world, by_id(world, reminder))
    assert "**Rain** in #Attic, softer and softer" in told
    assert "Warm and heavy" not in told
    assert sits_in(world, world.attic)


async def test_a_wind_down_without_voice_offers_its_file_and_people(world: World) -> None:
    reminder = await evening(world)
    await world.caller.user.click(reminder, label="Start my wind-down")
    lead = next(i for i in ids_of(world, reminder) if ":lead:" in i)
    message = answered(await world.caller.slash(world.text, "winddown start"))
    await crisis(world, world.caller)
    await world.caller.click(message, custom_id=lead)
    assert is_card_alone(world, message), "an offer from before"
    message = answered(await world.caller.slash(world.text, "winddown start"))
    assert buttons(world, message) == ["Send me the file", "Support"]
    assert "lead you" not in shown(world, message)


async def test_no_questions_come_in_the_morning(world: World) -> None:
    await with_clock(world)
    await world.caller.user.slash("morning", at="8:00")
    await crisis(world, world.caller)
    before = len(letters(world))
    await at_local(world, 9, 0, day=27)
    assert len(letters(world)) == before
    await at_local(world, 9, 0, day=28)
    assert len(letters(world)) == before + 1, "it is asked again afterwards"


async def test_it_is_nowhere_but_in_memory(world: World, tmp_path: Path) -> None:
    await crisis(world, world.caller)
    await world.bot.services.hearing.forget(world.caller.id)
    message = answered(await world.caller.slash(world.text, "pair", feeling="stressed"))
    assert buttons(world, message).count("Start") == 3


def by_id(world: World, message: discord.Message) -> discord.Message:
    return next(m for m in letters(world) if m.id == message.id)
