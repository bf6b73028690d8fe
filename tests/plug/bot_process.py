"""Hush in a world of its own process: reads a wish a line on standard input, answers each in a line of JSON.

The world comes from, and goes to, the data folder; the voice server is another process's. A kill at any
moment is what the tests are about.
"""

import argparse
import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import create_bot
from bot.audio.score import Breaths
from bot.core.clock import SystemClock
from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.rooms import room_from
from bot.playback.model import Seat, Wish
from bot.process import asked_to_end
from bot.sandbox.clock import SandboxClock
from bot.sandbox.voice import VoiceServerProcess
from bot.sandbox.world import World
from tests.cogs.care_reading import shown
from tests.gateway.panel_reading import panels_in, press_id, text_of

_END_LIMIT_S = 60.0
"""More than `./hush run` has: the world around the bot ends here as well, and beside other tests."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--voice", type=json.loads, required=True)
    parser.add_argument("--later-s", type=float, default=0.0)
    parser.add_argument("--further", type=int, default=0)
    asyncio.run(_serve(parser.parse_args()))


async def _serve(arguments: argparse.Namespace) -> None:
    clock = SandboxClock(SystemClock().now() + timedelta(seconds=arguments.later_s))
    wishes = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(wishes), sys.stdin
    )
    async with (
        VoiceServerProcess.attached(arguments.voice) as voice,
        World(
            create_bot, data_dir=arguments.data, clock=clock, voice=voice, n_further=arguments.further
        ) as world,
    ):
        ending = asyncio.create_task(_end(wishes, asked_to_end(_END_LIMIT_S)))
        _tell(
            guild_id=world.guild.id, channel_id=world.lantern.id, user_id=world.sitter.id, bot_id=world.bot_id
        )
        async for line in wishes:
            wish = json.loads(line)
            _tell(**await _carry_out(world, wish))
        ending.cancel()


async def _end(wishes: asyncio.StreamReader, asked: asyncio.Event) -> None:
    """Take no more wishes once told to end, as `./hush run` is told."""
    await asked.wait()
    wishes.feed_eof()


async def _carry_out(world: World, wish: dict[str, Any]) -> dict[str, Any]:
    match wish.pop("do"):
        case "slash":
            name = wish.pop("name")
            result = await world.sitter.slash(world.text, name, **wish)
            return {"said": None if result.response is None else result.response.content}
        case "press":
            [panel] = panels_in(world, world.lantern)
            await world.sitter.click(panel, custom_id=press_id(wish["button"]))
        case "click":
            messages = [*world.lantern.history(viewer=world.sitter), *world.text.history(viewer=world.sitter)]
            message = next(m for m in messages if str(m.id) == wish["message"])
            await world.sitter.click(message, label=wish["label"])
        case "say":
            await world.sitter.send(world.text, wish["words"])
        case "settle":
            await world.env.settle()
        case "play everywhere":
            return {"volumes": await _play_everywhere(world, wish["volumes"])}
    return _state(world)


async def _play_everywhere(world: World, levels: list[int]) -> dict[int, int]:
    """Begin in every further server, at these volumes in turn; return them by server."""
    assert isinstance(world.bot, Hush)
    playback, volumes = world.bot.services.playback, {}

    async def play(n: int, guild_id: int) -> None:
        guild = world.bot.get_guild(guild_id)
        assert guild is not None
        volumes[guild_id] = levels[n % len(levels)]
        room = room_from(guild.voice_channels[0])
        wish, seat = Wish("rain", volumes[guild_id], 0), Seat(guild_id, room.channel_id)
        while True:
            try:
                await playback.play(room, wish, by=seat)
            except Refusal as refusal:
                if refusal.key != "play.refused.busy":
                    raise
                await asyncio.sleep(1.0)  # as the sentence asks of people
            else:
                return

    first, *others = ((n, guild.id) for n, guild in enumerate(world.further))
    await play(*first)  # so that there is a night that the others can join
    await asyncio.gather(*(play(*other) for other in others))
    return volumes


def _state(world: World) -> dict[str, Any]:
    assert isinstance(world.bot, Hush)
    now = world.bot.services.playback.now_playing(world.guild.id)
    return {
        "volume": None if now is None else now.volume,
        "paused": None if now is None else now.paused,
        "ends_at": None if now is None or now.ends_at is None else now.ends_at.timestamp(),
        "panels": {str(panel.id): text_of(world, panel) for panel in panels_in(world, world.lantern)},
        "sits_in": world.where_is(world.bot_id),
        "shown": {
            str(message.id): shown(world, message)
            for channel in (world.lantern, world.text)
            for message in channel.history(viewer=world.sitter)
        },
        "score": _score(world.bot),
        "messages": [message.content for message in world.text.history()],
        "commands": world.sitter.available_commands(world.text),
        "at": world.clock.now().timestamp(),
    }


def _score(bot: Hush) -> list[float]:
    """Return when from now on a guide's bells, breaths and lines are due, seconds."""
    [session] = bot.services.playback._sessions.all() or [None]
    if session is None:
        return []
    at_s = session.stream.position_s
    begins = [part.begin_s if isinstance(part, Breaths) else part.at_s for part in session.plan.score]
    return sorted(round(begin_s - at_s, 1) for begin_s in begins)


def _tell(**answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, default=list) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
