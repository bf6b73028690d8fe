"""One person's command while hundreds of channels play in the same process: the answer comes at once."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.app import create_bot
from bot.audio.engine import Engine
from bot.audio.mix import Layer, Mix, Plan
from bot.core.clock import SystemClock
from bot.core.tasks import Tasks
from bot.gateway.client import Hush
from bot.gateway.rooms import room_from
from bot.gateway.voice import DiscordVoiceLinks
from bot.sandbox.fleet import BOT_ID, open_fleet
from bot.sandbox.voice import ServerOptions, VoiceServerProcess
from bot.sandbox.world import World

ANSWER_S = 0.2
N_CHANNELS = 300


@asynccontextmanager
async def crowd(bot: Hush, voice: VoiceServerProcess, n: int) -> AsyncGenerator[None]:
    """Let so many channels of other servers play one night, through this bot's own engine and pacer."""
    engine: Engine = bot.services.playback._sessions._engine
    tasks = Tasks()
    async with open_fleet(voice, n) as fleet:
        links = DiscordVoiceLinks(fleet.client, SystemClock(), tasks, pacer=bot.services.links.pacer)
        plan = Plan(Mix((Layer("rain"), Layer("wood-tapping"))), seed=1)
        for i in range(n):
            link = await links.join(room_from(fleet.channel(i)))
            tonight = engine.tonight(plan.mix)
            stream = engine.open(plan, position_s=0.0 if tonight is None else tonight[1], held=True)
            stream.swell()
            link.play(stream.read, lambda: None, stream.swell)
        while len(await playing(voice)) < n:  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(0.5)
        yield
        assert len(await playing(voice)) == n
    await tasks.close()


async def playing(voice: VoiceServerProcess) -> list[object]:
    return [one for one in await voice.records() if one.user_id == BOT_ID and one.n_packets > 200]


def stopwatch(world: World) -> list[float]:
    """Return a list that grows by an instant whenever Hush answers an interaction, or edits its answer."""
    adapter: Any = world.env._webhook_adapter
    request, at_s = adapter.request, list[float]()

    async def timed(*args: Any, **kwargs: Any) -> Any:
        answered = await request(*args, **kwargs)
        at_s.append(time.perf_counter())
        return answered

    adapter.request = timed
    return at_s


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_play_is_answered_at_once_while_hundreds_play(tmp_path: Path) -> None:
    options = ServerOptions(keep_opus=0, record_packets=2000)
    async with (
        VoiceServerProcess(options) as voice,
        World(create_bot, data_dir=tmp_path, voice=voice) as world,
    ):
        assert isinstance(world.bot, Hush)
        at_s = stopwatch(world)
        async with crowd(world.bot, voice, N_CHANNELS):
            first, last = [], []
            for sound in ("rain", "waves", "brown-noise", "rain", "waves"):
                at_s.clear()
                asked_s = time.perf_counter()
                await world.sitter.slash(world.text, "play", sound=sound)
                first.append(at_s[0] - asked_s)
                last.append(at_s[-1] - asked_s)
                world.clock.advance(60.0)
            print(
                f"while {N_CHANNELS} play: heard {max(first):.3f} s, answered {[round(s, 3) for s in last]} s"
            )
            assert max(first) < ANSWER_S
            assert max(last) < ANSWER_S
