"""/layer, /mixer, /preset, /block, as people type and press them."""

from pathlib import Path

import pytest
import simcord

from bot.gateway.client import Hush
from bot.playback.layers import percent_of
from bot.sandbox.world import World
from tests.cogs.room import refused, said, words
from tests.gateway.panel_reading import until


def layers(world: World) -> list[str]:
    assert isinstance(world.bot, Hush)
    now = world.bot.services.playback.now_playing(world.guild.id)
    assert now is not None
    assert now.mix is not None
    return [layer.trigger for layer in now.mix.layers]


def shown(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    assert result.response is not None
    return result.response


async def test_layers_are_added_changed_and_taken_out(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    result = await world.sitter.slash(world.text, "layer add", sound="waves", volume=30, place="left")
    assert said(result).startswith("Now: **Rain")
    assert layers(world) == ["rain", "waves"]
    await world.sitter.slash(world.text, "layer volume", sound="rain", volume=20)
    await world.sitter.slash(world.text, "layer remove", sound="waves")
    assert layers(world) == ["rain"]
    assert "only sound" in refused(world, await world.sitter.slash(world.text, "layer remove", sound="rain"))
    assert "Only people in" in refused(world, await world.caller.slash(world.text, "layer add", sound="fan"))


async def test_the_mixer_moves_each_layer_by_its_own_buttons(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    for sound in ("waves", "fan", "wind", "fire"):
        await world.sitter.slash(world.text, "layer add", sound=sound)
    result = await world.sitter.slash(world.text, "mixer")
    assert result.response is not None
    assert result.response.ephemeral
    assert "Fan" in words(result.response)
    assert "Fire" not in words(result.response), "four a page"
    result = await world.sitter.click(shown(result), custom_id="mixer:softer:rain:0:v1")
    result = await world.sitter.click(shown(result), custom_id="mixer:page:later:1:v1")
    assert "fire" in words(shown(result)).casefold()
    result = await world.sitter.click(shown(result), custom_id="mixer:place:fire:1:v1")
    result = await world.sitter.click(shown(result), custom_id="mixer:at-left:fire:1:v1")
    assert "left" in words(shown(result))
    result = await world.sitter.click(shown(result), custom_id="mixer:remove:fire:1:v1")
    assert layers(world) == ["rain", "waves", "fan", "wind"]
    assert isinstance(world.bot, Hush)
    now = world.bot.services.playback.now_playing(world.guild.id)
    assert now is not None
    assert now.mix is not None
    assert percent_of(now.mix.layers[0].gain_db) < 100


async def test_a_mix_is_kept_shared_loaded_played_and_forgotten(world: World) -> None:
    assert "Nothing is playing" in refused(
        world, await world.sitter.slash(world.text, "preset save", name="X")
    )
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.sitter.slash(world.text, "layer add", sound="waves")
    assert "**My rain**" in said(await world.sitter.slash(world.text, "preset save", name="My  rain"))
    shared = said(await world.sitter.slash(world.text, "preset share", name="my rain"))
    code = shared.split("`")[1]
    assert code.startswith("HUSH1-")
    loaded = said(await world.caller.slash(world.text, "preset load", code=code))
    assert "Rain" in loaded
    listed = await world.sitter.slash(world.text, "preset list")
    assert listed.response is not None
    assert "My rain" in words(listed.response)
    assert "Barbershop" in words(listed.response)
    await world.sitter.slash(world.text, "play", sound="fan")
    await world.sitter.slash(world.text, "play", sound="My rain")
    assert layers(world) == ["rain", "waves"]
    await world.sitter.slash(world.text, "preset play", name="barbershop")
    assert "scissors" in layers(world)
    await world.sitter.slash(world.text, "play", sound=code)
    assert layers(world) == ["rain", "waves"]
    assert "forgotten" in said(await world.sitter.slash(world.text, "preset delete", name="my rain"))
    assert "no mix" in refused(world, await world.sitter.slash(world.text, "preset delete", name="my rain"))
    assert "not whole" in refused(world, await world.sitter.slash(world.text, "preset load", code=code[:-2]))


async def test_every_curated_mix_plays(world: World) -> None:
    assert isinstance(world.bot, Hush)
    for mix in world.bot.services.presets.curated:
        await world.advance(31.0)  # the cooldown
        result = await world.sitter.slash(world.text, "preset play", name=mix.name)
        assert "at volume" in said(result)
        assert layers(world) == [layer.trigger for layer in mix.mix.layers]


async def test_a_blocked_sound_leaves_when_its_person_comes(world: World) -> None:
    assert "Nobody is told" in said(await world.caller.slash(world.text, "block", sound="waves"))
    await world.sitter.slash(world.text, "play", sound="rain")
    assert "Now" in said(await world.sitter.slash(world.text, "layer add", sound="waves"))
    assert isinstance(world.bot, Hush)
    session = world.bot.services.playback._sessions.playing(world.guild.id)
    assert session is not None

    def heard() -> list[str]:
        return [layer.trigger for layer in session.stream.plan.mix.layers]

    assert heard() == ["rain", "waves"]
    await world.caller.join_voice(world.lantern)
    await until(world, lambda: heard() == ["rain"])
    assert "may play" in said(await world.caller.slash(world.text, "unblock", sound="waves"))
    await until(world, lambda: heard() == ["rain", "waves"])
    assert "not blocked" in refused(world, await world.caller.slash(world.text, "unblock", sound="waves"))


async def test_the_arc_is_told_and_a_flick_of_the_mute_lengthens_it(world: World, tmp_path: Path) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    told = said(await world.sitter.slash(world.text, "timer", minutes=30, arc=True))
    assert "Mute and unmute yourself" in told
    assert isinstance(world.bot, Hush)
    session = world.bot.services.playback._sessions.playing(world.guild.id)
    assert session is not None
    assert session.plan.arc is not None
    before = session.end.at
    at = round(session.stream.position_s * 48_000)
    session.set_arc(session.plan.arc.from_here(at, 0.95, 90 * 48_000))
    world.env.backend.set_voice_state(world.guild.id, world.sitter.id, world.lantern.id, self_mute=True)
    await world.env.settle()
    assert before is not None
    assert session.end.at is not None
    assert (session.end.at - before).total_seconds() == pytest.approx(900.0, abs=1.0)
