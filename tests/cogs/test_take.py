"""/take, as people use it: a file in their direct messages, else in the reply, or a clear no."""

import asyncio
import io
from pathlib import Path

import av
import discord
import numpy as np
import pytest
import simcord

from bot.audio import loudness
from bot.audio.importing.own import Offer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.gateway.client import Hush
from bot.gateway.take_desk import EDIT_EVERY_S, REPLY_FOR_S
from bot.playback.takes import Take
from bot.sandbox.world import World
from tests.cogs.room import refused, words
from tests.cogs.test_sounds import recording
from tests.gateway.panel_reading import until

pytestmark = pytest.mark.timeout(300)
"""What renders gives way to all other work on the machine: on a busy one it may take long."""
CANCEL = "take:cancel:v1"


def takes(world: World) -> list[Take]:
    assert isinstance(world.bot, Hush)
    return list(world.bot.services.takes._takes.values())


def files(world: World) -> list[discord.Message]:
    """Return the messages with a file in the caller's direct messages."""
    return [m for m in world.dm.history() if m.attachments]


async def told(world: World) -> None:
    """Return once nothing is on its way and everything was said. Rendering gives way to all other work."""
    assert isinstance(world.bot, Hush)
    running = world.bot.services.tasks._tasks
    async with asyncio.timeout(250.0):
        while left := [task for task in running if task.get_name() in ("take", "take-reply")]:
            await asyncio.wait(left)
    await world.env.settle()


def shown(result: simcord.InteractionResult) -> str:
    """Return what the reply shows by now; only its asker sees it."""
    assert result.response is not None
    assert result.response.ephemeral
    return words(result.response)


def heard(file: bytes) -> Pcm:
    with av.open(io.BytesIO(file)) as container:
        to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        blocks = [out.to_ndarray() for f in container.decode(audio=0) for out in to_floats.resample(f)]
    return np.concatenate(blocks, axis=1).T


async def test_a_mix_arrives_as_a_file_in_direct_messages(world: World) -> None:
    result = await world.caller.slash(world.text, "take", preset="Rain night", minutes=1)
    assert not world.env.errors
    assert shown(result).startswith("**Rain night**, 1 minute.\nI'm making it: ")
    await told(world)
    [message] = files(world)
    assert message.attachments[0].filename == "rain-night.ogg"
    assert message.flags.silent
    assert message.content.startswith("**Rain night**, 1 minute.")
    pcm = heard(await message.attachments[0].read())
    assert len(pcm) == 60 * SAMPLE_RATE
    assert -32.0 < loudness.integrated_lufs(pcm) < -24.0
    assert loudness.true_peak_dbtp(pcm) <= -3.0
    assert shown(result).startswith("**Rain night** is in your direct messages: 1 minute, 0.7 MB.")


async def test_with_closed_direct_messages_it_comes_in_the_reply(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=1, format="m4a")
    await told(world)
    assert not files(world)
    [reply] = result.followups
    assert reply.ephemeral
    assert reply.attachments[0].filename == "rain.m4a"
    assert "iPhones" in reply.content
    assert len(heard(await reply.attachments[0].read())) >= 60 * SAMPLE_RATE
    assert "I can't write to you directly, so **Rain** is below" in shown(result)


async def test_it_takes_what_plays_here_or_says_that_nothing_does(world: World) -> None:
    nothing = refused(world, await world.caller.slash(world.text, "take"))
    assert nothing.startswith("Nothing is playing here to take along.")
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.sitter.slash(world.text, "layer add", sound="waves")
    result = await world.caller.slash(world.text, "take")
    assert "**Rain · Ocean waves**, 20 minutes" in shown(result)
    [take] = takes(world)
    assert [layer.trigger for layer in take.order.mix.layers] == ["rain", "waves"]
    await world.caller.click(result.response, custom_id=CANCEL)
    await told(world)


async def test_it_works_in_direct_messages_and_takes_codes(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.sitter.slash(world.text, "preset save", name="Mine")
    shared = await world.sitter.slash(world.text, "preset share", name="Mine")
    assert shared.response is not None
    code = shared.response.content.split("`")[1]
    result = await world.caller.user.slash("take", preset=code, minutes=1)
    await told(world)
    assert "is in your direct messages" in shown(result)
    assert files(world)[0].attachments[0].filename == "rain.ogg"


async def test_one_is_cancelled_another_waits_and_a_third_is_too_much(world: World) -> None:
    first = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
    other = await world.sitter.slash(world.text, "take", preset="waves", minutes=27)
    assert "One file is made before yours." in shown(other)
    again = await world.caller.slash(world.text, "take", preset="rain", minutes=1)
    assert refused(world, again).startswith("I'm making a file for you already.")
    cancelled = takes(world)[0]
    await world.caller.click(first.response, custom_id=CANCEL)
    await cancelled.told.wait()
    assert shown(first) == "Stopped. Nothing of it is kept."
    await world.advance(EDIT_EVERY_S)
    assert "I'm making it" in shown(other)
    await world.sitter.click(other.response, custom_id=CANCEL)
    await told(world)
    assert not files(world)


async def test_a_button_of_an_earlier_process_says_that_it_is_over(world: World) -> None:
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
    assert isinstance(world.bot, Hush)
    known = world.bot.services.takes._takes
    earlier = dict(known)
    known.clear()
    pressed = await world.caller.click(result.response, custom_id=CANCEL)
    assert shown(pressed).startswith("That file is not being made any more.")
    known.update(earlier)


async def test_what_cannot_be_taken_is_refused_with_a_sentence(world: World, tmp_path: Path) -> None:
    long = await world.caller.slash(world.text, "take", preset="rain", minutes=60)
    assert "27 minutes fit" in refused(world, long)
    long = await world.caller.slash(world.text, "take", preset="rain", minutes=25, format="m4a")
    assert "As m4a 20 minutes fit, as ogg 27 minutes" in refused(world, long)
    assert "Did you mean Rain" in refused(
        world, await world.caller.slash(world.text, "take", preset="rainn", minutes=1)
    )
    source = tmp_path / "river.wav"
    source.write_bytes(recording())
    assert isinstance(world.bot, Hush)
    recordings = world.bot.services.recordings
    await recordings.bring(
        world.guild.id, world.moderator.id, source, Offer("Our river", "water", "W", "mine")
    )
    own = await world.caller.slash(world.text, "take", preset="Our river", minutes=1)
    assert refused(world, own).startswith("That mix has a recording that belongs to a server")
    assert not takes(world)


async def test_so_many_in_ten_minutes(world: World) -> None:
    for _ in range(3):
        result = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
        await world.caller.click(result.response, custom_id=CANCEL)
        await told(world)
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=1)
    assert "again <t:" in refused(world, result)
    await told(world)
    assert not files(world)


async def test_a_reply_too_old_to_edit_says_so_in_time(world: World) -> None:
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
    await world.advance(REPLY_FOR_S + EDIT_EVERY_S)
    await until(world, lambda: "comes to your direct messages" in shown(result))
    assert takes(world)
    assert isinstance(world.bot, Hush)
    services = world.bot.services
    services.takes.cancel(world.caller.id)
    await told(world)
    await services.evenings.channels.closed(world.caller.id, services.clock.now())
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
    await world.advance(REPLY_FOR_S + EDIT_EVERY_S)
    await told(world)
    assert "so I stopped" in shown(result)


async def test_going_down_says_so(world: World) -> None:
    result = await world.caller.slash(world.text, "take", preset="rain", minutes=27)
    await world.bot.close()
    assert shown(result).startswith("I'm restarting, so the file is not finished.")
