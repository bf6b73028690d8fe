"""/sounds: a recording comes into a server, is played there, is listed, and goes."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
import simcord

from bot.audio.importing.own import Offer
from bot.sandbox.world import World
from tests.cogs.room import refused, said


def recording(seconds=12.0, rate=16_000) -> bytes:
    noise = np.cumsum(np.random.default_rng(1).standard_normal(round(seconds * rate)))
    noise -= np.convolve(noise, np.ones(800) / 800, "same")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((noise / np.abs(noise).max() * 8_000).astype("<i2").tobytes())
    return file.getvalue()


async def test_an_empty_list_teaches(world: World) -> None:
    result = await world.moderator.slash(world.text, "sounds list")
    assert "no recordings of its own" in said(result)
    assert "/sounds import" in said(result)


async def test_removing_what_is_not_there_says_where_to_look(world: World) -> None:
    result = await world.moderator.slash(world.text, "sounds remove", name="thunder")
    assert "/sounds list" in refused(world, result)


async def test_a_recording_is_played_listed_and_taken_away_while_it_plays(
    world: World, tmp_path: Path
) -> None:
    source = tmp_path / "river.wav"
    source.write_bytes(recording())
    services = world.bot.services
    offer = Offer("Our river", "water", "Wren", "my own")
    await services.recordings.bring(world.guild.id, world.moderator.id, source, offer)
    await world.sitter.slash(world.text, "play", sound="our river")
    playing = services.playback.now_playing(world.guild.id)
    assert playing is not None
    assert playing.title == "Our river"
    shown = said(await world.moderator.slash(world.text, "sounds list"))
    assert "**Our river** · Wren · my own" in shown
    gone = await world.moderator.slash(world.text, "sounds remove", name="our river")
    assert "is gone" in said(gone)
    assert services.playback.now_playing(world.guild.id) is None
    assert "no recordings" in said(await world.moderator.slash(world.text, "sounds list"))


async def test_only_who_manages_the_server_sees_the_commands(world: World) -> None:
    with pytest.raises(simcord.backend.errors.SetupError, match="default-member-permissions"):
        await world.caller.slash(world.text, "sounds list")
