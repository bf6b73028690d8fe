"""kill -9 during play and presses, and the same world started again: nothing is lost but the last second."""

import asyncio
import contextlib
import json
import math
import os
import random
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import URL

from bot.audio.opus import SILENCE_PACKET, OpusDecoder
from bot.core.clock import SystemClock
from bot.playback.steps import louder, quieter
from bot.sandbox.journal import FILE_NAME
from bot.sandbox.voice import Credentials, ListeningMember, VoiceServerProcess
from tests.audio.hearing import levels_db
from tests.databases import new_database

ROOT = Path(__file__).resolve().parents[2]
HOUSE_DB = -30.0


@dataclass
class BotProcess:
    """One life of Hush, told what to do line by line."""

    process: asyncio.subprocess.Process
    world: dict[str, int] = field(default_factory=dict)

    async def ask(self, **wish: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wish).encode() + b"\n")
        async with asyncio.timeout(180):
            line = await self.process.stdout.readline()
        assert line, "it ended by itself"
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def terminate(self) -> None:
        self.process.terminate()
        await self.process.wait()

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def until(self, key: str, value: object) -> dict[str, Any]:
        """Return the state once it has that value."""
        async with asyncio.timeout(60):
            while (state := await self.ask(do="settle"))[key] != value:
                pass
        return state


@asynccontextmanager
async def alive(
    data: Path, voice: VoiceServerProcess, database: URL | None, later_s: float = 0.0, further: int = 0
) -> AsyncGenerator[BotProcess]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if database is not None:
        environment["HUSH_DATABASE_URL"] = database.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "tests.plug.bot_process", "--data", str(data)),
        *("--voice", json.dumps(dict(voice.hello)), "--later-s", str(later_s), "--further", str(further)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        limit=1 << 20,
    )
    bot = BotProcess(process)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(180):
            bot.world = json.loads(await process.stdout.readline())
        yield bot
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def ears_in(bot: BotProcess, voice: VoiceServerProcess) -> AsyncGenerator[ListeningMember]:
    world = bot.world
    credentials = Credentials.issue(world["guild_id"], world["channel_id"], world["user_id"])
    await voice.register(credentials)
    async with ListeningMember(credentials, endpoint=voice.endpoint, ca_file=voice.ca_file) as ears:
        yield ears


async def first_second_heard(ears: ListeningMember) -> np.ndarray:
    """Return the levels in dBFS, a value each 100 ms, from the first sound on."""
    async with asyncio.timeout(60):
        while (frame := (await ears.hear(1))[0]).opus == SILENCE_PACKET:
            pass
    decoder = OpusDecoder()
    pcm = [decoder.decode(f.opus) for f in [frame, *await ears.hear(249)]]
    return levels_db(np.concatenate(pcm), 0.1)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.parametrize("rounds", [1, pytest.param(30, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
async def test_nothing_is_lost_but_the_last_second(
    tmp_path: Path, request: pytest.FixtureRequest, engine: str, rounds: int
) -> None:
    database = new_database("postgres", tmp_path, request) if engine == "postgres" else None
    chance = random.Random(2026)
    async with VoiceServerProcess() as voice:
        async with alive(tmp_path, voice, database) as bot, ears_in(bot, voice) as ears:
            await bot.ask(do="slash", name="play", sound="rain", volume=60, minutes=0)
            await first_second_heard(ears)
            state = await bot.ask(do="settle")
            may_be = await kill_while_pressing(bot, state["volume"], chance)
        for _ in range(rounds):
            async with alive(tmp_path, voice, database) as bot, ears_in(bot, voice) as ears:
                levels = await first_second_heard(ears)
                back = await bot.until("paused", value=False)
                assert back["volume"] in may_be, "what was answered before the last second"
                assert back["sits_in"] == bot.world["channel_id"]
                assert list(back["panels"]) == list(state["panels"]), "the same message, still the only one"
                assert set(back["commands"]) == set(state["commands"])
                own_db = HOUSE_DB + 40.0 * np.log10(back["volume"] / 100.0)
                assert levels[0] < own_db - 10.0, "from a fade"
                assert levels.max() < own_db + 6.0, "never above its own level, but for rain's own swing"
                may_be = await kill_while_pressing(bot, back["volume"], chance)


async def kill_while_pressing(bot: BotProcess, volume: int, chance: random.Random) -> set[int]:
    """Press quieter and louder, and kill while a press is on its way; return what the volume may be after it.

    That is what was answered a second before, and what was asked for since.
    """
    clock = SystemClock()
    told = [(-math.inf, volume)]
    for _ in range(chance.randrange(1, 5)):
        button = chance.choice(["quieter", "louder"])
        answered = (await bot.ask(do="press", button=button))["volume"]
        told.append((clock.monotonic(), answered))
    button = chance.choice(["quieter", "louder"])
    asked_for = (quieter if button == "quieter" else louder)(told[-1][1])
    last = asyncio.create_task(bot.ask(do="press", button=button))
    pause_s = chance.random() * 0.1
    await asyncio.wait({last}, timeout=pause_s)
    killed_s = clock.monotonic()
    await bot.kill()
    with contextlib.suppress(AssertionError, ConnectionError):
        await last
    newest_old = max(n for n, (at_s, _) in enumerate(told) if at_s < killed_s - 1.0)
    return {answered for _, answered in told[newest_old:]} | {asked_for}


async def test_it_stays_silent_when_its_time_passed_while_it_was_dead(tmp_path: Path) -> None:
    async with VoiceServerProcess() as voice:
        async with alive(tmp_path, voice, None) as bot, ears_in(bot, voice) as ears:
            await bot.ask(do="say", words="good night")
            await bot.ask(do="slash", name="play", sound="rain", minutes=5)
            await first_second_heard(ears)
            before = await bot.ask(do="settle")
            await bot.kill()
        async with alive(tmp_path, voice, None, later_s=301.0) as bot:
            [panel_id] = before["panels"]
            state = await bot.until("panels", {panel_id: "Quiet now. `/play` brings a sound back."})
            assert (state["volume"], state["sits_in"]) == (None, None)
            assert "good night" in state["messages"], "the world is the same one"


async def test_a_line_cut_by_the_kill_is_passed_over(tmp_path: Path) -> None:
    async with VoiceServerProcess() as voice:
        async with alive(tmp_path, voice, None) as bot:
            await bot.ask(do="say", words="first")
            await bot.kill()
        with (tmp_path / FILE_NAME).open("ab") as journal:
            journal.write(b'{"kind": "message", "id": "12')
        async with alive(tmp_path, voice, None) as bot:
            assert "first" in (await bot.ask(do="settle"))["messages"]
