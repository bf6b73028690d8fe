"""Another process of Hush in a world that goes on: its panel stays the same message, and its buttons work."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import simcord

from bot.gateway.client import Hush
from bot.sandbox.world import World
from tests.cogs.room import left, opened_world, seat, sits_in
from tests.gateway.panel_reading import expected, labels_of, now, panel_in, press_id, text_of, until
from tests.gateway.restarts import as_killed_now, restarted


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
async def world(data_dir: Path) -> AsyncGenerator[World]:
    """A world in which rain plays at volume 33, for an hour."""
    async with opened_world(data_dir) as world:
        await world.sitter.slash(world.text, "play", sound="rain", volume=33)
        await written(world)
        yield world


async def written(world: World) -> None:
    """Return once the disk has what was wished."""
    assert isinstance(world.bot, Hush)
    ledger = world.bot.services.playback._sessions._ledger
    await until(world, lambda: not ledger._unwritten)


def shown(world: World) -> str:
    return text_of(world, panel_in(world, world.lantern))


async def press(world: World, button: str) -> simcord.InteractionResult:
    return await world.sitter.click(panel_in(world, world.lantern), custom_id=press_id(button))


async def test_a_deploy_goes_on_with_the_night_under_the_same_panel(world: World, data_dir: Path) -> None:
    before, panel = now(world), panel_in(world, world.lantern)
    assert before is not None
    await world.bot.close()
    assert seat(world) is None
    assert text_of(world, panel) == expected(before), "what was wished is still wished"
    async with restarted(world, data_dir):
        await until(world, lambda: now(world) is not None)
        after = now(world)
        assert after is not None
        assert (after.title, after.volume, after.ends_at) == (before.title, before.volume, before.ends_at)
        assert sits_in(world, world.lantern)
        ears = await world.listen()
        assert len({frame.opus for frame in await ears.hear(100)}) > 50, "sound, not silence packets"
        await press(world, "quieter")
        assert shown(world) == expected(now(world))
        assert panel_in(world, world.lantern).id == panel.id
        await press(world, "stop")
        assert not labels_of(world, panel)
        await left(world)


async def test_after_a_kill_what_was_pressed_before_is_kept(world: World, data_dir: Path) -> None:
    await press(world, "louder")
    await press(world, "pause")
    await written(world)
    killed = as_killed_now(data_dir)
    await world.bot.close()
    async with restarted(world, killed):
        await until(world, lambda: now(world) is not None)
        after = now(world)
        assert after is not None
        assert (after.volume, after.paused) == (39, True)
        await press(world, "resume")
        assert shown(world) == expected(now(world))


async def test_when_its_time_has_passed_it_stays_silent_and_the_panel_says_so(
    world: World, data_dir: Path
) -> None:
    await world.bot.close()
    await world.advance(3700.0)
    async with restarted(world, data_dir):
        await world.advance(6.0)
        await until(world, lambda: shown(world) == expected(None))
        assert seat(world) is None


async def test_when_nobody_is_there_it_waits_outside_and_gives_up(world: World, data_dir: Path) -> None:
    await world.bot.close()
    await world.sitter.leave_voice()
    async with restarted(world, data_dir):
        assert isinstance(world.bot, Hush)
        restore = world.bot.services.restore
        await until(world, lambda: restore._waiting)
        began_s = world.clock.monotonic()
        await world.advance(25.0)
        assert shown(world) != expected(None)
        assert seat(world) is None
        async with asyncio.timeout(60.0):
            while shown(world) != expected(None):
                await world.advance(10.0)
        assert world.clock.monotonic() - began_s < 3000.0, "long before its timer"
        assert seat(world) is None


async def test_somebody_who_comes_in_time_brings_it_back(world: World, data_dir: Path) -> None:
    await world.bot.close()
    await world.sitter.leave_voice()
    async with restarted(world, data_dir):
        await world.advance(20.0)
        await world.caller.join_voice(world.lantern)
        await until(world, lambda: now(world) is not None)
        assert sits_in(world, world.lantern)


async def test_a_channel_that_is_gone_is_forgotten(world: World, data_dir: Path) -> None:
    await world.bot.close()
    await world.delete(world.lantern)
    async with restarted(world, data_dir):
        await world.sitter.join_voice(world.attic)
        await world.sitter.slash(world.text, "play", sound="rain")
        assert sits_in(world, world.attic)
