import re
from pathlib import Path

import discord
import pytest
import simcord

from bot.audio.score import Bell
from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, shown
from tests.cogs.room import left, refused, sits_in
from tests.gateway.panel_reading import until
from tests.gateway.restarts import as_killed_now, restarted


async def focus(world: World, **options: object) -> discord.Message:
    await world.sitter.slash(world.text, "focus", **options)
    return rounds_in(world)


def rounds_in(world: World) -> discord.Message:
    [message] = [m for m in world.lantern.history() if shown(world, m).startswith("## Focus")]
    return message


def score(world: World) -> list[float]:
    session = world.bot.services.playback._sessions.playing(world.guild.id)
    return [
        part.at_s - session.stream.position_s for part in session.stream.plan.score if isinstance(part, Bell)
    ]


def plays(world: World) -> bool:
    return world.bot.services.playback.now_playing(world.guild.id) is not None


async def test_rounds_stand_in_the_rooms_chat_with_a_sound_and_bells(world: World) -> None:
    result = await world.sitter.slash(world.text, "focus", work=25, rest=5, rounds=2, sound="waves")
    assert shown(world, answered(result)).startswith("It has begun: https://")
    message = rounds_in(world)
    assert message.flags.suppress_notifications
    text = shown(world, message)
    assert re.search(r"\*\*Round 1 of 2\.\*\* Work until <t:\d+:t>\.", text)
    assert "Playing: Ocean waves" in text
    assert sits_in(world, world.lantern)
    assert [round(at_s / 60) for at_s in score(world)] == [0, 25, 30]


async def test_text_and_bell_turn_together_and_numbers_come_at_the_end(world: World) -> None:
    message = await focus(world, work=5, rest=1, rounds=2)
    await world.advance(5 * 60 + 1)
    assert "**Rest** until" in shown(world, message)
    await world.advance(60)
    assert "**Round 2 of 2.**" in shown(world, message)
    await world.advance(5 * 60)
    end = "## Focus\n10 minutes of work, out of 2 rounds planned."
    await until(world, lambda: shown(world, message) == end)
    assert buttons(world, message) == []


async def test_several_people_share_the_rounds_and_outsiders_do_not(world: World) -> None:
    message = await focus(world)
    outside = await world.caller.click(message, label="Pause")
    assert outside.response is not None
    assert outside.response.content.startswith("Only people in the voice channel can change this.")
    await world.caller.join_voice(world.lantern)
    await world.caller.click(message, label="Pause")
    assert "Paused" in shown(world, message)
    assert score(world) == []
    await world.sitter.click(message, label="Go on")
    assert "**Round 1 of 4.**" in shown(world, message)


async def test_when_the_room_empties_the_rounds_end_kindly_with_what_was_done(world: World) -> None:
    message = await focus(world, work=25, rest=5, rounds=4)
    await world.caller.join_voice(world.lantern)
    await world.advance(10 * 60)
    await world.caller.leave_voice()
    await world.advance(10 * 60)
    assert "**Round 1 of 4.**" in shown(world, message), "somebody is still at work"
    await world.sitter.leave_voice()
    await world.advance(4 * 60)
    assert "**Round 1 of 4.**" in shown(world, message), "whoever lost the connection may come back"
    await world.advance(2 * 60)
    said = "Nobody was in the room any more, so the rounds ended. `/focus` begins new ones."
    numbers = "20 minutes of work, out of 4 rounds planned."
    await until(world, lambda: shown(world, message) == f"## Focus\n{said}\n{numbers}")
    assert buttons(world, message) == []
    await left(world)
    await world.sitter.join_voice(world.lantern)
    await world.sitter.slash(world.text, "focus", work=5, rest=1, rounds=2)
    assert len([m for m in world.lantern.history() if "**Round 1 of 2.**" in shown(world, m)]) == 1


async def test_rounds_go_along_when_a_moderator_moves_hush(world: World, tmp_path: Path) -> None:
    message = await focus(world, work=10, rest=2, rounds=2)
    await world.caller.join_voice(world.lantern)
    await world.move(None, world.attic)
    await world.move(world.sitter, world.attic)
    assert [round(at_s / 60) for at_s in score(world)] == [0, 10, 12]
    outside = await world.caller.click(message, label="Pause")
    assert outside.response.content.startswith("Only people in the voice channel can change this.")
    await world.advance(10 * 60 + 1)
    await until(world, lambda: "**Rest** until" in shown(world, message))
    await world.sitter.click(message, label="Pause")
    assert "Paused" in shown(world, message)
    assert score(world) == []
    await world.sitter.click(message, label="Go on")
    copy = as_killed_now(tmp_path)
    await world.bot.close()
    async with restarted(world, copy):
        await until(world, lambda: sits_in(world, world.attic))
        await until(world, lambda: plays(world) and len(score(world)) == 1)
        await world.sitter.click(message, label="Stop")
        assert "10 minutes of work, out of 2 rounds planned." in shown(world, message)


async def test_rounds_moved_to_an_empty_room_end_kindly(world: World) -> None:
    message = await focus(world, work=10, rest=2, rounds=2)
    await world.advance(60)
    await world.move(None, world.attic)
    await world.advance(6 * 60)
    await until(world, lambda: "Nobody was in the room any more" in shown(world, message))


async def test_whoever_returns_finds_voice_and_text_in_step(world: World) -> None:
    """The sound is held while nobody is there; the rounds are not."""
    message = await focus(world, work=10, rest=2, rounds=2)
    await world.advance(60)
    await world.sitter.leave_voice()
    await world.advance(3 * 60)
    await world.sitter.join_voice(world.lantern)
    await until(world, lambda: score(world) == pytest.approx([6 * 60, 8 * 60], abs=5.0))
    await world.advance(6 * 60 + 1)
    assert "**Rest** until" in shown(world, message)


async def test_a_held_sound_goes_on_in_step(world: World) -> None:
    await focus(world, work=10, rest=2, rounds=2)
    await world.sitter.slash(world.text, "pause")
    await world.advance(4 * 60)
    await world.sitter.slash(world.text, "resume")
    assert score(world) == pytest.approx([6 * 60, 8 * 60], abs=5.0)
    await world.sitter.slash(world.text, "stop")
    await left(world)
    await world.advance(60)
    await world.sitter.slash(world.text, "play", sound="waves")
    assert score(world) == pytest.approx([5 * 60, 7 * 60], abs=10.0), "another sound, the same rounds"


async def test_rounds_of_a_killed_process_end_when_nobody_came_back(world: World, tmp_path: Path) -> None:
    message = await focus(world, work=10, rest=1, rounds=3)
    await world.advance(60)
    copy = as_killed_now(tmp_path)
    await world.bot.close()
    await world.sitter.leave_voice()
    async with restarted(world, copy):
        await world.advance(6 * 60)
        await until(world, lambda: "Nobody was in the room any more" in shown(world, message))


async def test_stopping_early_says_the_numbers_too(world: World) -> None:
    message = await focus(world, work=30, rest=5, rounds=4)
    await world.advance(10 * 60)
    await world.sitter.click(message, label="Stop")
    assert "10 minutes of work, out of 4 rounds planned." in shown(world, message)
    await left(world)


async def test_rounds_go_on_after_a_restart(world: World, tmp_path: Path) -> None:
    message = await focus(world, work=5, rest=1, rounds=3)
    await world.advance(2.0)
    copy = as_killed_now(tmp_path)
    await world.bot.close()
    await world.advance(5 * 60 + 5)
    async with restarted(world, copy):
        await until(world, lambda: "**Rest** until" in shown(world, message))
        await until(world, lambda: sits_in(world, world.lantern))


async def test_without_a_room_or_with_an_unknown_sound_it_says_what_to_do(world: World) -> None:
    assert refused(world, await world.caller.slash(world.text, "focus")).startswith("You are not in a voice")
    result = await world.sitter.slash(world.text, "focus", sound="rian")
    assert refused(world, result).startswith("I don't have that sound. Did you mean Rain?")
    result = await world.sitter.slash(world.text, "focus", work=120, rounds=12)
    assert refused(world, result).startswith("That would be 24 hours, 55 minutes.")


async def test_sounds_are_offered_while_typing(world: World) -> None:
    offered: list[dict[str, str]] = await world.sitter.autocomplete(world.text, "focus", "sound", "rai")
    assert offered[0]["value"] == "rain"
    assert isinstance(world.sitter, simcord.MemberActor)
