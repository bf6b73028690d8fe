"""kill -9 while somebody is guided: the guide goes on where the clock is by then, or says that it is over."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.voice import VoiceServerProcess
from tests.plug.test_pulling_the_plug import BotProcess, alive

LATER_S = 400.0
"""How long the machine is off; less than an empty room would be waited for, and nobody left it."""


def message_with(state: dict[str, Any], words: str) -> str:
    """Return the id of the one message that shows these words."""
    [found] = [message_id for message_id, text in state["shown"].items() if words in text]
    return str(found)


async def once(bot: BotProcess, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Return the state once it is so; the world's clock is the real one."""
    async with asyncio.timeout(45):
        while not is_so(state := await bot.ask(do="settle")):
            pass
    return state


def plan_written(data: Path) -> str:
    """Return what the database has of the session that plays."""
    with closing(sqlite3.connect(f"file:{data / 'hush.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT plan FROM voice_session").fetchall()
    return "".join(plan for (plan,) in rows)


async def test_guides_go_on_where_the_clock_is(tmp_path: Path) -> None:
    """Rounds lead the room; a long meditation and one in a reply beside them go on in silence."""
    async with VoiceServerProcess() as voice:
        async with alive(tmp_path, voice, None) as bot:
            await bot.ask(do="slash", name="focus", work=5, rest=5, rounds=2, sound="rain")
            await bot.ask(do="slash", name="meditate", practice="body-scan", minutes=20)
            await bot.ask(do="slash", name="meditate", practice="grounding", minutes=10)
            state = await bot.ask(do="settle")
            reply = message_with(state, "### You are here, in this room.")
            rounds = message_with(state, "**Round 1 of 2.**")
            meditation = message_with(state, "### Lie down if you can.")
            await bot.kill()
        async with alive(tmp_path, voice, None, later_s=LATER_S) as bot:
            await once(bot, lambda state: "### Lie down" not in state["shown"][meditation])
            state = await once(bot, lambda state: "Playing: Rain" in state["shown"][rounds])
            until = int(re.findall(r"\*\*Rest\*\* until <t:(\d+):t>", state["shown"][rounds])[0])
            [bell_s] = state["score"]
            assert until == pytest.approx(state["at"] + bell_s, abs=2.0), "the only bell still to come"
            state = await bot.ask(do="click", message=meditation, label="Pause")
            assert "Paused" in state["shown"][meditation]
            assert "### You are here" not in state["shown"][reply], "it went on by itself"
            state = await bot.ask(do="click", message=reply, label="Pause")
            assert "Paused" in state["shown"][reply]
            state = await bot.ask(do="click", message=rounds, label="Stop")
            assert "5 minutes of work, out of 2 rounds planned." in state["shown"][rounds]


@pytest.mark.long
async def test_the_sound_of_a_breath_goes_on_for_closed_eyes_and_ends_by_itself(tmp_path: Path) -> None:
    async with VoiceServerProcess() as voice:
        async with alive(tmp_path, voice, None) as bot:
            await bot.ask(do="slash", name="breathe", practice="Box", minutes=4)
            await once(bot, lambda _: "breaths" in plan_written(tmp_path))
            await bot.kill()
        async with alive(tmp_path, voice, None, later_s=5.0) as bot:
            state = await once(bot, lambda state: bool(state["score"]))
            assert state["ends_at"] - state["at"] < 7 * 60.0
