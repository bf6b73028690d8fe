"""What a panel shows to whoever looks, and how often it was written to."""

import asyncio
import random
from collections.abc import Callable, Sequence

import discord
import simcord
from simcord import interactions
from simcord.backend import serializers
from simcord.components import walk_components

from bot.gateway.client import Hush
from bot.playback.model import NowPlaying
from bot.sandbox.world import World

BUTTONS = ("pause", "resume", "quieter", "louder", "timer", "stop")


def press_id(button: str) -> str:
    return f"panel:{button}:v1"


def panels_in(world: World, channel: simcord.ChannelHandle) -> list[discord.Message]:
    return [m for m in channel.history() if m.author.id == world.bot_id and m.flags.components_v2]


def panel_in(world: World, channel: simcord.ChannelHandle) -> discord.Message:
    """Return the one panel there is in a channel."""
    [panel] = panels_in(world, channel)
    return panel


def text_of(world: World, message: discord.Message) -> str:
    """Return all the text a message shows now."""
    return "\n".join(part["content"] for part in _parts(world, message) if "content" in part)


def labels_of(world: World, message: discord.Message) -> list[str]:
    return [part["label"] for part in _parts(world, message) if "label" in part]


def edits(world: World) -> int:
    """Count the edits made with the bot's own token."""
    return sum(r.method == "PATCH" and r.path.startswith("/channels/") for r in world.env.http_requests)


def now(world: World) -> NowPlaying | None:
    assert isinstance(world.bot, Hush)
    return world.bot.services.playback.now_playing(world.guild.id)


def expected(playing: NowPlaying | None) -> str:
    """Return what a panel must show of a session, in the words of en-US.toml."""
    if playing is None:
        return "Quiet now. `/play` brings a sound back."
    volume = f"Volume {playing.volume}" if playing.volume else "Volume 0, so it is silent"
    state = f"Paused, volume {playing.volume}" if playing.paused else volume
    end = "Plays until the channel is empty"
    if playing.ends_at is not None:
        at = int(playing.ends_at.timestamp())
        end = f"Silent at <t:{at}:t>, <t:{at}:R>"
    return f"## {playing.title}\n{state}\n{end}"


async def until(world: World, condition: Callable[[], object]) -> None:
    """Return once something is so that no actor waits for."""
    async with asyncio.timeout(20.0):
        while not condition():
            await world.env.settle()


async def at_once(world: World, presses: Sequence[tuple[simcord.MemberActor, str]], seed: int = 0) -> None:
    """Let several people press buttons of the lantern's panel at one moment; Discord answers in any order."""
    env, panel = world.env, panel_in(world, world.lantern)
    chance, adapter = random.Random(seed), env._webhook_adapter
    request = adapter.request

    async def slowly(*args: object, **kwargs: object) -> object:
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        return await request(*args, **kwargs)

    adapter.request = slowly
    try:
        for member, button in presses:
            _press(world, member, panel, press_id(button))
        await env.settle()
    finally:
        adapter.request = request


def _press(world: World, member: simcord.MemberActor, panel: discord.Message, custom_id: str) -> None:
    backend = world.env.backend
    stored = backend.get_message(world.lantern.id, panel.id)
    record, payload = interactions.base_payload(
        backend,
        type=3,
        channel_id=world.lantern.id,
        guild_id=world.guild.id,
        user_id=member.id,
        data={"custom_id": custom_id, "component_type": 2},
    )
    payload["message"] = dict(serializers.message_payload(backend, stored))
    record.source_message_id = stored.id
    backend.emit("INTERACTION_CREATE", payload)


def _parts(world: World, message: discord.Message) -> list[dict[str, str]]:
    return list(walk_components(world.env.backend.get_message(message.channel.id, message.id).components))
