"""A world for a test, and what tests ask of it: what was said, what is denied, where Hush sits."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import simcord
from simcord.backend.models import Overwrite

from bot.app import create_bot
from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import CreateBot, World


@asynccontextmanager
async def opened_world(
    data_dir: Path, clock: SandboxClock | None = None, create: CreateBot = create_bot
) -> AsyncGenerator[World]:
    """Hold a world in a task of its own: pytest ends a fixture in another context than it began it in."""
    ready = asyncio.Event()
    over = asyncio.Event()
    world = World(create, data_dir=data_dir, clock=clock)

    async def hold() -> None:
        async with world:
            ready.set()
            await over.wait()

    holding = asyncio.create_task(hold())
    opening = asyncio.create_task(ready.wait())
    await asyncio.wait({holding, opening}, return_when=asyncio.FIRST_COMPLETED)
    opening.cancel()
    try:
        if ready.is_set():
            yield world
    finally:
        over.set()
        await holding


def said(result: simcord.InteractionResult) -> str:
    """Return the one answer, which only the asker sees."""
    assert result.response is not None
    assert result.response.ephemeral
    assert not result.followups
    return result.response.content


def words(message: discord.Message | simcord.ResponseMessage) -> str:
    """Return every text of a Components V2 message, a line each."""
    raw = [c if isinstance(c, dict) else c.to_dict() for c in message.components]

    def texts(components: list[dict[str, object]]) -> Iterator[str]:
        for component in components:
            if isinstance(content := component.get("content"), str):
                yield content
            if isinstance(inner := component.get("components"), list):
                yield from texts(inner)

    return "\n".join(texts(raw))


def refused(world: World, result: simcord.InteractionResult) -> str:
    """Return the sentence of a refusal: an answer, not a fault."""
    assert not world.env.errors
    return said(result)


def deny(world: World, channel: simcord.ChannelHandle, **permissions: bool) -> None:
    """Take permissions from Hush in one channel."""
    denied = discord.Permissions(**permissions).value
    world.env.backend.set_overwrite(channel.id, Overwrite(world.bot_id, 1, 0, denied))


def grant(world: World, channel: simcord.ChannelHandle, **permissions: bool) -> None:
    allowed = discord.Permissions(**permissions).value
    world.env.backend.set_overwrite(channel.id, Overwrite(world.bot_id, 1, allowed, 0))


def seat(world: World) -> discord.VoiceState | None:
    """Return how Hush sits in voice; None when it is in no channel."""
    voice = world.discord_guild.me.voice
    return voice if voice is not None and voice.channel is not None else None


def sits_in(world: World, channel: simcord.ChannelHandle) -> bool:
    voice = seat(world)
    return voice is not None and voice.channel is not None and voice.channel.id == channel.id


async def left(world: World) -> None:
    """Return once Hush sits in no voice channel."""
    if seat(world) is not None:
        await world.bot.wait_for(
            "voice_state_update",
            check=lambda member, _, after: member.id == world.bot_id and after.channel is None,
            timeout=30.0,
        )
    async with asyncio.timeout(10.0):  # the connection is put away right after
        while world.discord_guild.voice_client is not None:
            await world.env.settle()
