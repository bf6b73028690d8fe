import asyncio
import pkgutil
import threading
from collections.abc import Callable
from pathlib import Path

import discord
import pytest
import simcord

import cogs
from bot.app import create_bot
from bot.core.errors import SettingsError, StoreError
from bot.gateway.client import EXTENSIONS, Hush
from bot.process import run
from bot.settings import Settings


def test_every_cog_is_loaded() -> None:
    assert [f"cogs.{module.name}" for module in pkgutil.iter_modules(cogs.__path__)] == list(EXTENSIONS)


async def test_nothing_privileged_is_asked_for_and_nothing_written_is_kept(
    make_bot: Callable[[], Hush],
) -> None:
    bot = make_bot()
    assert bot.intents == discord.Intents(
        guilds=True, voice_states=True, guild_messages=True, dm_messages=True
    )
    assert not bot.intents.message_content
    assert not list(bot.cached_messages)
    await bot.close()


async def test_construction_starts_nothing(tmp_path: Path) -> None:
    threads = threading.active_count()
    bot = create_bot(Settings(data_dir=tmp_path / "data", shard_count=1))
    assert threading.active_count() == threads
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert not (tmp_path / "data").exists()
    await bot.close()


async def test_text_commands_do_not_exist(env: simcord.Env) -> None:
    text = env.guild.create_text_channel("fireside")
    wren = env.guild.add_member(env.create_user("wren"))
    await wren.send(text, f"{env.bot.user.mention} help")
    [asked, line] = text.history()
    assert asked.author.id == wren.id
    assert line.content == "", "the one line for whoever mentions Hush, no command's answer"
    assert not env.errors


async def test_open_and_close_twenty_times_leaves_nothing_behind(make_bot: Callable[[], Hush]) -> None:
    threads = set(threading.enumerate())
    for _ in range(20):
        bot = make_bot()
        async with simcord.run(bot) as env:
            env.create_guild()
            await bot.close()
            await bot.close()
    for thread in set(threading.enumerate()) - threads:
        if not thread.name.startswith("asyncio_"):
            thread.join(5.0)  # a database thread says goodbye a moment before it is gone
            assert not thread.is_alive(), thread.name
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_several_bots_live_in_one_process(tmp_path: Path) -> None:
    async def live(name: str, everybody: threading.Barrier) -> tuple[str, ...]:
        bot = create_bot(Settings(data_dir=tmp_path / name, shard_count=1))
        async with simcord.run(bot) as env:
            guild = env.create_guild(name)
            wren = guild.add_member(env.create_user("wren"))
            text = guild.create_text_channel("fireside")
            await asyncio.to_thread(everybody.wait, 30)
            shown = await wren.slash(text, "help")
            assert shown.response is not None
            await asyncio.to_thread(everybody.wait, 30)
            await bot.close()
            return wren.available_commands(text)

    everybody = threading.Barrier(3)
    seen: dict[str, tuple[str, ...]] = {}

    def run(name: str) -> None:
        seen[name] = asyncio.run(live(name, everybody))

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 3
    assert len(set(seen.values())) == 1


async def test_a_start_that_fails_releases_what_was_opened(tmp_path: Path) -> None:
    threads = {thread.name for thread in threading.enumerate()}
    blocked = tmp_path / "data"
    blocked.write_text("a file where the folder should be")
    bot = create_bot(Settings(data_dir=blocked, shard_count=1))
    with pytest.raises(StoreError, match="data"):
        async with simcord.run(bot):
            pass
    await bot.close()
    assert "hush-render" not in {thread.name for thread in threading.enumerate()} - threads


def test_running_without_a_token_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HUSH_DISCORD_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="HUSH_DISCORD_TOKEN is not set"):
        run()
