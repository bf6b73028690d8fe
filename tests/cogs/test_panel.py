"""The listening panel: one message in the voice channel's own chat, and its buttons."""

import discord
import pytest

from bot.sandbox.world import World
from tests.cogs.room import said, words


def panels(world: World) -> list[discord.Message]:
    return [message for message in world.lantern.history() if message.author.id == world.bot_id]


async def panel(world: World) -> discord.Message:
    """Play, and return the one panel there is."""
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.server.until(lambda: len(panels(world)) == 1)
    return panels(world)[0]


async def test_it_stands_silently_in_the_rooms_own_chat(world: World):
    message = await panel(world)
    assert message.flags.suppress_notifications
    assert "Rain" in words(message)
    assert "Volume 60" in words(message)
    assert "<t:" in words(message), "the end is a timestamp, never a countdown"


async def test_its_buttons_change_what_sounds_and_what_it_says(world: World):
    message = await panel(world)
    await world.sitter.click(message, label="Quieter")
    now = world.bot.services.playback.now_playing(world.guild.id)
    assert now is not None
    assert now.volume < 60
    assert f"Volume {now.volume}" in words(panels(world)[0])
    await world.sitter.click(panels(world)[0], label="Pause")
    await world.sitter.click(panels(world)[0], label="Resume")
    assert not world.bot.services.playback.now_playing(world.guild.id).paused
    assert len(panels(world)) == 1


async def test_a_press_from_outside_changes_nothing(world: World):
    message = await panel(world)
    result = await world.caller.click(message, label="Louder")
    assert "Only people in #Lantern Room" in said(result)
    assert world.bot.services.playback.now_playing(world.guild.id).volume == 60


async def test_the_timer_is_chosen_quietly(world: World):
    message = await panel(world)
    choice = await world.sitter.click(message, label="Timer")
    assert choice.response.ephemeral
    await world.sitter.click(choice.response.message, label="15 min")
    now = world.bot.services.playback.now_playing(world.guild.id)
    assert now.remaining_s == pytest.approx(15 * 60, abs=20)


async def test_stop_leaves_a_quiet_word_and_no_buttons(world: World):
    message = await panel(world)
    await world.sitter.click(message, label="Stop")
    await world.server.until(lambda: world.where_is(world.bot_id) is None)
    assert "Quiet now" in words(panels(world)[0])
    assert len(panels(world)) == 1
