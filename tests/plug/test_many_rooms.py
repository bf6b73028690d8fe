"""Many rooms in a real process with a real database: killed they all come back, told to end they all fade."""

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from bot.audio.opus import SILENCE_PACKET, OpusDecoder
from bot.sandbox.voice import ServerOptions, SessionRecord, VoiceServerProcess
from tests.audio.hearing import levels_db
from tests.databases import new_database
from tests.plug.test_pulling_the_plug import HOUSE_DB, alive

BACK_S = 15.0
GONE_S = 5.0
FADE_S = 2.0
CROWDED_S = 30.0
"""What a start or an end may take longer beside other tests; the long form is for a machine of its own."""
LONG = [pytest.mark.long, pytest.mark.timeout(900)]


async def sessions(voice: VoiceServerProcess, bot_id: int, since_ns: int) -> dict[int, SessionRecord]:
    """Return what the voice server has of the bot, by server, of those whose sound began after an instant."""
    found = [record for record in await voice.records() if record.user_id == bot_id and record.n_packets]
    return {record.guild_id: record for record in found if record.arrivals_ns[0] > since_ns}


async def all_heard(
    voice: VoiceServerProcess, bot_id: int, n: int, n_packets: int, since_ns: int = 0
) -> dict[int, SessionRecord]:
    """Return them once so many sound for so long."""

    def enough(found: dict[int, SessionRecord]) -> bool:
        return sum(record.n_packets > n_packets for record in found.values()) == n

    async with asyncio.timeout(300.0):
        while not enough(found := await sessions(voice, bot_id, since_ns)):  # noqa: ASYNC110 - others' doing
            await asyncio.sleep(0.5)
    return found


def first_seconds(record: SessionRecord) -> np.ndarray:
    """Return the levels in dBFS, a value each 100 ms, from the first sound on."""
    frames = record.opus
    begin = next(n for n, frame in enumerate(frames) if frame != SILENCE_PACKET)
    decoder = OpusDecoder()
    return levels_db(np.concatenate([decoder.decode(frame) for frame in frames[begin : begin + 200]]), 0.1)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=LONG)])
@pytest.mark.parametrize(("n", "more_s"), [(6, CROWDED_S), pytest.param(50, 0.0, marks=LONG)])
async def test_killed_all_come_back_softly_at_their_own_level(
    tmp_path: Path, request: pytest.FixtureRequest, engine: str, n: int, more_s: float
) -> None:
    database = new_database("postgres", tmp_path, request) if engine == "postgres" else None
    async with VoiceServerProcess(ServerOptions(keep_opus_packets=1500)) as voice:
        async with alive(tmp_path, voice, database, further=n) as bot:
            told = (await bot.ask(do="play everywhere", volumes=[30, 45, 60, 80, 100]))["volumes"]
            await all_heard(voice, bot.world["bot_id"], n, 150)
            await bot.kill()
        began_ns = time.time_ns()
        async with alive(tmp_path, voice, database) as bot:
            back = await all_heard(voice, bot.world["bot_id"], n, 220, since_ns=began_ns)
            took_s = max(record.arrivals_ns[0] - began_ns for record in back.values()) / 1e9
            print(f"{n} sessions back {took_s:.1f} s after the start of the process")
            assert took_s < BACK_S + more_s
            for guild_id, record in back.items():
                own_db = HOUSE_DB + 40.0 * np.log10(told[str(guild_id)] / 100.0)
                levels = first_seconds(record)
                assert levels[0] < own_db - 10.0, "from a fade"
                assert levels.max() < own_db + 6.0, "never above its own level, but for rain's own swing"


@pytest.mark.parametrize(("n", "more_s"), [(6, CROWDED_S), pytest.param(400, 0.0, marks=LONG)])
async def test_told_to_end_all_fade_and_leave_within_five_seconds(
    tmp_path: Path, n: int, more_s: float
) -> None:
    async with VoiceServerProcess(ServerOptions(keep_opus=0, record_packets=1000)) as voice:
        async with alive(tmp_path, voice, None, further=n) as bot:
            await bot.ask(do="play everywhere", volumes=[60])
            await all_heard(voice, bot.world["bot_id"], n, 150)
            began_ns = time.time_ns()
            await bot.terminate()
            took_s = (time.time_ns() - began_ns) / 1e9
            print(f"{n} sessions and their process gone {took_s:.2f} s after SIGTERM")
            assert bot.process.returncode == 0
            assert took_s < GONE_S + more_s
        for record in (await sessions(voice, bot.world["bot_id"], 0)).values():
            last_s = (record.arrivals_ns[-1] - began_ns) / 1e9
            assert last_s > FADE_S - 0.2, "it was heard until it had faded"
            assert record.closes[-1].code == 1000
            assert not record.closes[-1].by_server
