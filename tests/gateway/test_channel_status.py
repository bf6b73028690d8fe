"""What stands under a voice channel's name: off at first, ours only where nobody wrote, theirs kept."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import World
from tests.cogs.room import deny, grant, opened_world
from tests.gateway.restarts import restarted

AT = datetime(2026, 11, 26, 21, 40, tzinfo=UTC)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened_world(tmp_path, SandboxClock(AT)) as world:
        grant(world, world.lantern, set_voice_channel_status=True)
        await world.env.settle()
        yield world


async def switch(world: World, *, on: bool) -> None:
    message = await world.moderator.slash(world.text, "settings")
    await world.moderator.select(message.response, ["status"], custom_id="settings:open:v1:0")
    await world.moderator.click(message.response, label="Show it" if on else "Don't show it")


async def seen(world: World) -> str | None:
    """Return what stands on the lantern room, once nothing is on its way any more."""
    async with asyncio.timeout(20.0):
        while any(task.get_name().startswith("channel-status") for task in asyncio.all_tasks()):
            await world.env.settle()
    return world.statuses.standing.get(world.lantern.id)


async def play(world: World, **options: object) -> None:
    await world.sitter.slash(world.text, "play", sound="rain", **options)


async def test_it_is_off_at_first(world: World) -> None:
    await play(world)
    assert await seen(world) is None
    assert not world.statuses.written


async def test_what_plays_and_until_when_and_gone_with_it(world: World) -> None:
    await switch(world, on=True)
    await play(world, minutes=45)
    assert await seen(world) == "☾ Rain · silent by 10:25\u202fPM UTC"
    await world.sitter.slash(world.text, "timer", minutes=0)
    assert await seen(world) == "☾ Rain"
    await world.sitter.slash(world.text, "pause")
    assert await seen(world) == "☾ Rain · paused"
    n_written = len(world.statuses.written)
    await world.sitter.slash(world.text, "volume", percent=30)
    assert await seen(world) == "☾ Rain · paused"
    assert len(world.statuses.written) == n_written, "what it says has not changed"
    await world.sitter.slash(world.text, "stop")
    assert await seen(world) is None


async def test_by_the_servers_own_clock(world: World) -> None:
    await switch(world, on=True)
    settings = world.bot.services.guild_settings
    await settings.change(world.guild.id, lambda s: replace(s, timezone="Europe/Berlin"))
    await play(world, minutes=45)
    assert await seen(world) == "☾ Rain · silent by 11:25\u202fPM"


async def test_peoples_own_words_are_never_written_over(world: World) -> None:
    world.statuses.set(world.lantern.id, "film night")
    await switch(world, on=True)
    await play(world)
    await world.sitter.slash(world.text, "stop")
    assert await seen(world) == "film night"
    assert not world.statuses.written


async def test_who_writes_over_ours_has_the_channel(world: World) -> None:
    await switch(world, on=True)
    await play(world)
    assert str(await seen(world)).startswith("☾ Rain")
    world.statuses.set(world.lantern.id, "reading aloud")
    await world.sitter.slash(world.text, "timer", minutes=15)
    assert await seen(world) == "reading aloud"
    await world.sitter.slash(world.text, "stop")
    assert await seen(world) == "reading aloud"


async def test_who_takes_ours_away_does_not_see_it_again(world: World) -> None:
    await switch(world, on=True)
    await play(world)
    await seen(world)
    world.statuses.set(world.lantern.id, None)
    await world.sitter.slash(world.text, "timer", minutes=15)
    assert await seen(world) is None


async def test_words_that_ours_overtook_are_put_back(world: World) -> None:
    await switch(world, on=True)
    await play(world)
    await seen(world)
    world.statuses.lag = []
    await world.sitter.slash(world.text, "timer", minutes=15)
    await seen(world)
    world.statuses.set(world.lantern.id, "hush, baby sleeps")
    world.statuses.catch_up()
    assert await seen(world) == "hush, baby sleeps"


async def test_words_written_while_ours_is_taken_away_are_put_back(world: World) -> None:
    await switch(world, on=True)
    await play(world)
    await seen(world)
    world.statuses.lag = []
    await world.sitter.slash(world.text, "stop")
    while not world.statuses.lag:
        await world.env.settle()
    world.statuses.set(world.lantern.id, "hush, baby sleeps")
    world.statuses.catch_up()
    assert await seen(world) == "hush, baby sleeps"


async def test_switched_off_it_goes(world: World) -> None:
    await switch(world, on=True)
    await play(world)
    assert await seen(world)
    await switch(world, on=False)
    assert await seen(world) is None


async def test_a_move_takes_it_along(world: World) -> None:
    grant(world, world.attic, set_voice_channel_status=True, manage_channels=True)
    grant(world, world.lantern, set_voice_channel_status=True, manage_channels=True)
    await switch(world, on=True)
    await play(world)
    await seen(world)
    await world.move(None, world.attic)
    assert await seen(world) is None
    assert str(world.statuses.standing[world.attic.id]).startswith("☾ Rain")


async def test_without_the_permission_nothing_is_tried_and_settings_say_so(world: World) -> None:
    deny(world, world.lantern, set_voice_channel_status=True)
    await world.env.settle()
    await switch(world, on=True)
    await play(world)
    assert await seen(world) is None
    assert not world.env.errors


async def test_where_discord_does_not_say_what_stands_there_nothing_is_written(world: World) -> None:
    world.statuses.answers = False
    await switch(world, on=True)
    await play(world)
    assert await seen(world) is None
    assert not world.statuses.written


async def test_the_next_process_knows_what_is_ours(world: World, tmp_path: Path) -> None:
    await switch(world, on=True)
    await play(world, minutes=60)
    await seen(world)
    await world.bot.close()
    assert world.statuses.standing[world.lantern.id].startswith("☾ ")
    async with restarted(world, tmp_path) as bot, asyncio.timeout(20.0):
        while bot.services.playback.now_playing(world.guild.id) is None:
            await world.env.settle()
        assert await seen(world) == "☾ Rain · silent by 10:40\u202fPM UTC"
        await world.sitter.slash(world.text, "stop")
        assert await seen(world) is None


async def test_what_a_dead_process_left_is_taken_away(world: World, tmp_path: Path) -> None:
    grant(world, world.lantern, set_voice_channel_status=True, manage_channels=True)
    await switch(world, on=True)
    await play(world, minutes=5)
    await seen(world)
    await world.bot.close()
    world.clock.advance(301.0)
    async with restarted(world, tmp_path), asyncio.timeout(20.0):
        while world.statuses.standing:
            await world.env.settle()
