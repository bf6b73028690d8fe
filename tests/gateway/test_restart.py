"""Pulling the plug: another process on a copy of the data folder goes on, or stays silent."""

from pathlib import Path

from bot.sandbox.world import World
from tests.cogs.room import sits_in
from tests.gateway.panel_reading import now, until
from tests.gateway.restarts import as_killed_now, restarted


async def killed_while_playing(world: World, data_dir: Path, minutes: int = 0) -> Path:
    ears = await world.listen()
    await world.sitter.slash(world.text, "play", sound="rain", volume=40, minutes=minutes)
    await ears.hear(60)  # a second: what is allowed to get lost
    copy = as_killed_now(data_dir)
    await world.bot.close()
    return copy


async def test_it_returns_with_its_volume(world: World, tmp_path: Path) -> None:
    async with restarted(world, await killed_while_playing(world, tmp_path)):
        await until(world, lambda: now(world) is not None)
        playing = now(world)
        assert playing is not None
        assert (playing.volume, playing.ends_at) == (40, None)
        assert sits_in(world, world.lantern)


async def test_it_stays_silent_when_its_time_has_passed(world: World, tmp_path: Path) -> None:
    folder = await killed_while_playing(world, tmp_path, minutes=5)
    await world.advance(301.0)
    async with restarted(world, folder):
        await world.advance(5.0)
        assert now(world) is None
        assert not sits_in(world, world.lantern)
